"""Put an announced year in place of the one that counts: which days and deadlines change, and then the file itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from bot.calendars import put_together, read_year, read_years
from bot.core.errors import ContentError
from bot.core.obligations.moving import MovedDuty, find_moved
from bot.core.working_days import SpecialDay, WorkCalendar
from bot.register import Register
from gateway.deployment import DATA
from gateway.settings import Settings

AHEAD = timedelta(days=425)
"""Fourteen months: for whatever is due until then somebody may have been told a date."""
BEHIND = timedelta(days=31)
"""What was due nominally before today may still be open until its legal date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDay:
    """A day that is off, or by a status, as it was not ``before``. ``special`` is its new row, if it has one."""

    day: date
    before: bool
    after: bool
    special: SpecialDay | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A file that may count from now on: its ``year``, the whole ``calendar`` with it, and what it changes."""

    year: int
    calendar: WorkCalendar
    days: tuple[ChangedDay, ...]


def prepare(settings: Settings, file: Path) -> Replacement:
    """What ``file`` changes of the calendar that counts. Raises ContentError with file, line, key and reason."""
    years = read_years(DATA, settings.calendar_folder)
    new = read_year(file)
    old, calendar = put_together(years), put_together({**years, new.year: new})
    return Replacement(year=new.year, calendar=calendar, days=tuple(_changed(old, calendar, new.year)))


def find_moved_duties(register: Register, calendar: WorkCalendar, *, today: date) -> list[MovedDuty]:
    """Which duties of the next fourteen months get other dates by ``calendar`` than by that of ``register``."""
    first, last = today - BEHIND, today + AHEAD
    new = replace(register, calendar=calendar)
    moved = find_moved(register.between(first - BEHIND, last + BEHIND), new.between(first - BEHIND, last + BEHIND))
    return [
        each for each in moved if first <= each.before.nominal_due <= last or first <= each.after.nominal_due <= last
    ]


def install(settings: Settings, file: Path, year: int) -> Path:
    """Copy ``file`` to where the operator's calendars are, whole or not at all. Raises ContentError when that fails."""
    folder = settings.calendar_folder
    target, fresh = folder / f"{year}.toml", folder / f".{year}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(file.read_bytes())
        fresh.replace(target)
    except OSError as error:
        raise ContentError(str(folder), target.name, f"cannot be written ({error.strerror})") from error
    return target


def _changed(old: WorkCalendar, new: WorkCalendar, year: int) -> Iterator[ChangedDay]:
    day = date(year, 1, 1)
    while day.year == year:
        before, after = old.is_day_off(day), new.is_day_off(day)
        was, special = old.days.get(day), new.days.get(day)
        if before != after or (was and was.status) != (special and special.status):
            yield ChangedDay(day=day, before=before, after=after, special=special)
        day += timedelta(days=1)
