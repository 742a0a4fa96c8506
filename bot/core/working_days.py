"""The calendar of days off: which days are worked, and how certain that is."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.core.due import known_day_off, weekend

_DAY = timedelta(days=1)


class DayStatus(StrEnum):
    """By what a day is off, or worked: an announcement, the law itself, or only what is likely."""

    OFFICIAL = "official"
    LAW = "law"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A day that is not as its weekday: ``off``, or a Saturday that is worked in exchange. ``source`` says by what.

    ``package`` says why the package ``holidays`` is known to differ, empty where it should not.
    """

    day: date
    off: bool
    name: str
    status: DayStatus
    source: str
    package: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are off in Việt Nam.

    ``days`` are the special ones of the years ``known`` (empty where a year has none written down), none of which is
    known before the day ``since``. On any other day weekends and the holidays on fixed days are off, and whatever is
    computed there is provisional.
    """

    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    known: frozenset[int] = frozenset()
    since: date = date.min
    _off: Mapping[date, bool] = field(init=False, repr=False, compare=False)
    _worked: Sequence[int] = field(init=False, repr=False, compare=False)
    _provisional: Sequence[date] = field(init=False, repr=False, compare=False)
    _unsure: Sequence[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look at each day of the known years once: whoever asks, asks for the same ones a million times."""
        off = {day: self._judge(day) for day in _days_of(self.known)}
        provisional = sorted(day for day, special in self.days.items() if special.status is DayStatus.PROVISIONAL)
        object.__setattr__(self, "_off", off)
        object.__setattr__(self, "_worked", [day.toordinal() for day, free in off.items() if not free])
        object.__setattr__(self, "_provisional", provisional)
        object.__setattr__(self, "_unsure", sorted({day for each in provisional for day in self._about(each)}))

    def is_day_off(self, day: date) -> bool:
        """Whether nobody works on ``day``."""
        off = self._off.get(day)
        return known_day_off(day) if off is None else off

    def is_known(self, day: date) -> bool:
        """Whether it is written down which days of that time are off, be it provisionally."""
        return day.year in self.known and day >= self.since

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether it is not certain which of the days from ``first`` to ``last`` (both included) are off.

        Where a day off is provisional, so are the working days next to it: the announcement may shift all by one.
        """
        if first > last:
            return False
        if first < self.since or any(year not in self.known for year in range(first.year, last.year + 1)):
            return True
        return bisect_right(self._unsure, last) > bisect_left(self._unsure, first)

    @property
    def provisional_days(self) -> Sequence[date]:
        """The days that are written down but not certain, in order."""
        return self._provisional

    def known_until(self, day: date) -> date | None:
        """The last day up to which, from ``day`` on, every day is known; None when ``day`` itself is not."""
        if not self.is_known(day):
            return None
        year = day.year
        while year + 1 in self.known:
            year += 1
        return date(year, 12, 31)

    def add(self, day: date, working_days: int) -> date:
        """The day that lies so many working days behind ``day`` (before it if negative); ``day`` itself is not
        counted. 0 = ``day``, whatever it is."""
        if not working_days:
            return day
        place = self._place(day, working_days)
        if place is not None:
            return date.fromordinal(self._worked[place])
        step = _DAY if working_days > 0 else -_DAY
        for _ in range(abs(working_days)):
            day += step
            while self.is_day_off(day):
                day += step
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days lie behind ``first`` up to ``last``, that one included; 0 when it is no later."""
        if first in self._off and last in self._off and self._is_gapless(first, last):
            behind = bisect_right(self._worked, last.toordinal()) - bisect_right(self._worked, first.toordinal())
            return max(behind, 0)
        return sum(not self.is_day_off(first + number * _DAY) for number in range(1, (last - first).days + 1))

    def working_day_on_or_before(self, day: date) -> date:
        """``day``, or the last working day before it when it is off."""
        while self.is_day_off(day):
            day -= _DAY
        return day

    def working_day_on_or_after(self, day: date) -> date:
        """``day``, or the next working day when it is off."""
        while self.is_day_off(day):
            day += _DAY
        return day

    def _about(self, day: date) -> tuple[date, date, date]:
        return self.working_day_on_or_before(day - _DAY), day, self.working_day_on_or_after(day + _DAY)

    def _judge(self, day: date) -> bool:
        if day < self.since:
            return known_day_off(day)
        special = self.days.get(day)
        return special.off if special else weekend(day)

    def _place(self, day: date, working_days: int) -> int | None:
        """Where the day that is sought stands among the known working days, None where that is not enough to say."""
        if day not in self._off:
            return None
        ordinal = day.toordinal()
        behind = bisect_right(self._worked, ordinal) - 1 if working_days > 0 else bisect_left(self._worked, ordinal)
        place = behind + working_days
        if not 0 <= place < len(self._worked):
            return None
        return place if self._is_gapless(day, date.fromordinal(self._worked[place])) else None

    def _is_gapless(self, one: date, other: date) -> bool:
        low, high = sorted((one.year, other.year))
        return all(year in self.known for year in range(low, high + 1))


def _days_of(years: frozenset[int]) -> list[date]:
    return [
        date.fromordinal(number)
        for year in sorted(years)
        for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    ]
