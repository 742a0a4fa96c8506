"""Compare the calendar of days off with what the package ``holidays`` believes. Differences are news, not errors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version

from bot.core.working_days import SpecialDay, WorkCalendar

_DAY = timedelta(days=1)
_COUNTRY = "VN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the package says of a day; ``name`` is empty where it names nothing."""

    off: bool
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A day of which calendar and package do not say the same. ``special`` is its row, None for one without."""

    day: date
    off: bool
    special: SpecialDay | None
    package: Opinion

    @property
    def explained(self) -> str:
        """Why the package is known to say something else, empty where nobody has looked into it."""
        return self.special.package if self.special else ""


def package_version() -> str:
    """Which one is installed."""
    return version("holidays")


def compare(calendar: WorkCalendar) -> Iterator[Difference]:
    """Each day of the known years on which somebody is wrong about who works, in order."""
    import holidays  # noqa: PLC0415 – a tenth of a second that only this command pays

    package = holidays.country_holidays(_COUNTRY, years=sorted(calendar.known), language="vi")
    for day in _known_days(calendar):
        off, opinion = calendar.is_day_off(day), Opinion(off=not package.is_working_day(day), name=package.get(day, ""))
        if off != opinion.off:
            yield Difference(day=day, off=off, special=calendar.days.get(day), package=opinion)


def _known_days(calendar: WorkCalendar) -> Iterator[date]:
    for year in sorted(calendar.known):
        day = max(date(year, 1, 1), calendar.since)
        while day.year == year:
            yield day
            day += _DAY
