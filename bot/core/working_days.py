"""The calendar of days off: which days are worked, and how certain that is."""

from collections.abc import Mapping
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
    """A day that is not as its weekday: ``off``, or a Saturday that is worked in exchange. ``source`` says by what."""

    day: date
    off: bool
    name: str
    status: DayStatus
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are off in Việt Nam.

    ``days`` are the special ones of the years ``known`` (empty where a year has none written down). In any other year
    weekends and the holidays on fixed days are off, and whatever is computed there is provisional.
    """

    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    known: frozenset[int] = frozenset()

    def is_day_off(self, day: date) -> bool:
        """Whether nobody works on ``day``."""
        if day.year not in self.known:
            return known_day_off(day)
        special = self.days.get(day)
        return special.off if special else weekend(day)

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether it is not certain which of the days from ``first`` to ``last`` (both included) are off."""
        if any(year not in self.known for year in range(first.year, last.year + 1)):
            return True
        unsure = (day for day, special in self.days.items() if special.status is DayStatus.PROVISIONAL)
        return any(first <= day <= last for day in unsure)

    def add(self, day: date, working_days: int) -> date:
        """The day that lies so many working days behind ``day`` (before it if negative); ``day`` itself is not
        counted. 0 = ``day``, whatever it is."""
        step = _DAY if working_days > 0 else -_DAY
        for _ in range(abs(working_days)):
            day += step
            while self.is_day_off(day):
                day += step
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days lie behind ``first`` up to ``last``, that one included."""
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
