"""Until when data are to be renewed: what the wording of a deadline says, and the dates that follow from it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.core.cycle_periods import Period, last_day

_DAY = timedelta(days=1)
_SATURDAY = 5
_EVERY_YEAR = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})


class DueUnit(StrEnum):
    """What an offset counts."""

    CALENDAR = "calendar"
    WORKING = "working"
    MONTH = "month"


class DueAnchor(StrEnum):
    """What a deadline is counted from. UNSTATED: the wording does not say it, as in "15 ngày"."""

    PERIOD_END = "period_end"
    CHANGE = "change"
    PUBLICATION = "publication"
    DAY = "day"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWording:
    """What the wording of a deadline says; ``printed`` is the wording.

    With the anchor DAY it names a ``day`` (one that the month has not is its last): of the month ``month``, or if that
    is None of the month that comes ``months_after`` the one in which the period ends, or if that is None as well of
    any month. ``strictly_before``: that day is too late already. With any other anchor the deadline is ``offset_days``
    of ``unit`` (months, if that is their unit) after the anchor; the day of the anchor is not counted, the last one is.
    """

    anchor: DueAnchor
    offset_days: int = 0
    unit: DueUnit = DueUnit.CALENDAR
    strictly_before: bool = False
    day: int = 0
    month: int | None = None
    months_after: int | None = None
    printed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """The last good day: ``nominal`` by the calendar; ``legal`` moved off days off: forward, but where a wording
    excludes the next day backward (ruling R3).

    Whoever reminds goes by the earlier of the two (:attr:`remind_by`), whoever says "quá hạn" by the later one
    (:attr:`late_after`).
    """

    nominal: date
    legal: date

    @property
    def remind_by(self) -> date:
        """The earlier of the two days."""
        return min(self.nominal, self.legal)

    @property
    def late_after(self) -> date:
        """The later of the two days: nobody is late on it."""
        return max(self.nominal, self.legal)


DaysOff = Callable[[date], bool]
"""Whether a day is no working day."""


def weekend(day: date) -> bool:
    """Whether ``day`` is a Saturday or Sunday."""
    return day.weekday() >= _SATURDAY


def known_day_off(day: date) -> bool:
    """Whether ``day`` is off by what every year has: weekends and the public holidays on fixed days.

    Those that follow the moon, are announced, or came later (24 November) are for a calendar to know.
    """
    return weekend(day) or (day.month, day.day) in _EVERY_YEAR


def due_of_period(due: DueWording, period: Period, *, days_off: DaysOff = weekend) -> DueDate | None:
    """When the data of ``period`` are due at the latest, None when ``due`` is counted from something else.

    A deadline that names no anchor counts from the end of the period. Of the days that a wording names, the first on
    or after the end of the period is meant, unless it names the month.
    """
    if due.anchor is DueAnchor.DAY:
        return _named(due, period, days_off)
    if due.anchor in {DueAnchor.PERIOD_END, DueAnchor.UNSTATED}:
        return due_after(due, period.end, days_off=days_off)
    return None


def due_after(due: DueWording, anchor: date, *, days_off: DaysOff = weekend) -> DueDate:
    """When that is which ``due`` allows from ``anchor`` on. ``due`` must not name a day (anchor DAY)."""
    match due.unit:
        case DueUnit.WORKING:
            nominal = anchor
            for _ in range(due.offset_days):
                nominal = _working(nominal + _DAY, days_off)
        case DueUnit.MONTH:
            nominal = add_months(anchor, due.offset_days)
        case DueUnit.CALENDAR:
            nominal = anchor + due.offset_days * _DAY
    return _rolled(nominal, due, days_off)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later; the last of that month where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    end = last_day(count // 12, count % 12 + 1)
    return min(end, end.replace(day=min(day.day, end.day)))


def _named(due: DueWording, period: Period, days_off: DaysOff) -> DueDate:
    if due.months_after is not None:
        named = _in_month(add_months(period.end.replace(day=1), due.months_after), due.day)
    else:
        months = (add_months(period.end.replace(day=1), ahead) for ahead in range(13))
        candidates = (_in_month(month, due.day) for month in months if due.month in {None, month.month})
        named = next(day for day in candidates if day >= period.end)
    return _rolled(named, due, days_off)


def _rolled(last: date, due: DueWording, days_off: DaysOff) -> DueDate:
    """``last`` with the day that counts by the law. "Before the 25th" excludes the 25th: later would be what the
    wording forbids, so a day off moves it back."""
    if due.strictly_before:
        return DueDate(nominal=last - _DAY, legal=_working(last - _DAY, days_off, step=-_DAY))
    return DueDate(nominal=last, legal=_working(last, days_off))


def _in_month(month: date, day: int) -> date:
    return month.replace(day=min(day, last_day(month.year, month.month).day))


def _working(day: date, days_off: DaysOff, *, step: timedelta = _DAY) -> date:
    while days_off(day):
        day += step
    return day
