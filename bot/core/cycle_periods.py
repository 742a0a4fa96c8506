"""The periods of an update cycle: which there are, where they begin and end, and what they are called."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.cycle import UpdateCycle

_DAY = timedelta(days=1)
_MONDAY = date(1970, 1, 5)
_THIRDS_OF_A_MONTH = (10, 20)
_HALVES_OF_A_MONTH = (15,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of days, both counted, for which data are due once: ``2026-11``, ``2026-Q3``, ``2026-H2``, ``2026``.

    Days are ``2026-11-22``, weeks ISO's ``2026-W47``, two weeks ``2026-W47/W48``, halves and thirds of a month
    ``2026-11/1``, several months ``2026-01/04``, several years ``2026/2030``.
    """

    label: str
    start: date
    end: date


def period_of(code: UpdateCycle, day: date) -> Period | None:
    """The period of ``code`` that ``day`` is in, None for a cycle without periods.

    Those without are driven by events, continuous, finished or unknown. What is renewed several times a day is
    watched by the day, several times a week by the week: evidence is no finer. Periods of several years end in a year
    that their number divides (five years: 2026 to 2030, as plans do); two weeks are counted from 5 January 1970.
    """
    find = _FINDERS.get(code)
    return find(day) if find else None


def periods_between(code: UpdateCycle, first: date, last: date) -> tuple[Period, ...]:
    """Every period of ``code`` that has a day from ``first`` to ``last``, in order; none for a cycle without."""
    found: list[Period] = []
    period = period_of(code, first) if first <= last else None
    while period is not None and period.start <= last:
        found.append(period)
        period = next_period(code, period)
    return tuple(found)


def next_period(code: UpdateCycle, period: Period) -> Period | None:
    """The period of ``code`` behind ``period``; None for a cycle without, and at the end of the calendar."""
    return period_of(code, period.end + _DAY) if period.end < date.max - 40 * 366 * _DAY else None


def previous_period(code: UpdateCycle, period: Period) -> Period | None:
    """The period of ``code`` before ``period``; None for a cycle without, and at the beginning of the calendar."""
    return period_of(code, period.start - _DAY) if period.start > date.min + 40 * 366 * _DAY else None


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def _day(day: date) -> Period:
    return Period(label=day.isoformat(), start=day, end=day)


def _week(day: date) -> Period:
    start = day - timedelta(days=day.weekday())
    return Period(label=_week_label(start), start=start, end=start + 6 * _DAY)


def _two_weeks(day: date) -> Period:
    start = day - timedelta(days=(day - _MONDAY).days % 14)
    second = _week_label(start + 7 * _DAY)
    return Period(label=f"{_week_label(start)}/{second[5:]}", start=start, end=start + 13 * _DAY)


def _week_label(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def _part_of_a_month(cuts: tuple[int, ...]) -> Callable[[date], Period]:
    def find(day: date) -> Period:
        begins = (1, *(cut + 1 for cut in cuts))
        number = sum(begin <= day.day for begin in begins)
        ends = (*(day.replace(day=cut) for cut in cuts), last_day(day.year, day.month))
        label = f"{day.year}-{day.month:02}/{number}"
        return Period(label=label, start=day.replace(day=begins[number - 1]), end=ends[number - 1])

    return find


def _months(length: int, name: Callable[[int, int], str]) -> Callable[[date], Period]:
    """Periods of ``length`` months, from January on; ``name`` makes the label of the year and the number in it."""

    def find(day: date) -> Period:
        number = (day.month - 1) // length
        end = last_day(day.year, (number + 1) * length)
        return Period(label=name(day.year, number + 1), start=date(day.year, number * length + 1, 1), end=end)

    return find


def _span_of_months(length: int) -> Callable[[date], Period]:
    return _months(length, lambda year, number: f"{year}-{(number - 1) * length + 1:02}/{number * length:02}")


def _years(length: int) -> Callable[[date], Period]:
    def find(day: date) -> Period:
        last = -(-day.year // length) * length
        return Period(label=f"{last - length + 1}/{last}", start=date(last - length + 1, 1, 1), end=date(last, 12, 31))

    return find


_FINDERS: dict[UpdateCycle, Callable[[date], Period]] = {
    **dict.fromkeys(
        (
            UpdateCycle.MIN_1, UpdateCycle.MIN_5, UpdateCycle.MIN_10, UpdateCycle.MIN_15, UpdateCycle.MIN_30,
            UpdateCycle.HOURLY, UpdateCycle.BIHOURLY, UpdateCycle.TRIHOURLY, UpdateCycle.HOURS_12,
            UpdateCycle.DAILY_2, UpdateCycle.DAILY,
        ),
        _day,
    ),
    **dict.fromkeys((UpdateCycle.WEEKLY_3, UpdateCycle.WEEKLY_2, UpdateCycle.WEEKLY), _week),
    UpdateCycle.BIWEEKLY: _two_weeks,
    UpdateCycle.MONTHLY_3: _part_of_a_month(_THIRDS_OF_A_MONTH),
    UpdateCycle.MONTHLY_2: _part_of_a_month(_HALVES_OF_A_MONTH),
    UpdateCycle.MONTHLY: _months(1, lambda year, number: f"{year}-{number:02}"),
    UpdateCycle.BIMONTHLY: _span_of_months(2),
    UpdateCycle.QUARTERLY: _months(3, lambda year, number: f"{year}-Q{number}"),
    UpdateCycle.ANNUAL_3: _span_of_months(4),
    UpdateCycle.ANNUAL_2: _months(6, lambda year, number: f"{year}-H{number}"),
    UpdateCycle.ANNUAL: _months(12, lambda year, _: str(year)),
    UpdateCycle.BIENNIAL: _years(2),
    UpdateCycle.TRIENNIAL: _years(3),
    UpdateCycle.QUADRENNIAL: _years(4),
    UpdateCycle.QUINQUENNIAL: _years(5),
    UpdateCycle.DECENNIAL: _years(10),
    UpdateCycle.BIDECENNIAL: _years(20),
    UpdateCycle.TRIDECENNIAL: _years(30),
}  # fmt: skip
