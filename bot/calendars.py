"""Read ``data/calendars/``: the days off of each year, and those that the operator puts in their place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from bot.core.due import weekend
from bot.core.errors import ContentError
from bot.core.working_days import DayStatus, SpecialDay, WorkCalendar
from bot.profiles.section import Section
from bot.toml_file import read_toml
from bot.toml_lines import key_lines

FOLDER = "calendars"
_FIRST, _LAST = 2000, 2100
_FIXED = ((1, 1), (4, 30), (5, 1), (9, 2))
_STATUTORY = 11
"""How many holidays a year has by the Labour Code 2019, Điều 112."""
_CULTURE_DAY, _CULTURE_SINCE = (11, 24), 2026
"""The holiday that Nghị quyết 28/2026/QH16 added."""


class DayKind(StrEnum):
    """What a day is: off, or a Saturday or Sunday that is worked in exchange."""

    OFF = "off"
    WORKING = "working"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """One file: the special days of ``year``, complete from the day ``known_from`` on."""

    year: int
    known_from: date
    days: tuple[SpecialDay, ...]


def load_calendar(data: Path, own: Path | None = None) -> WorkCalendar:
    """What the folder ``calendars`` of ``data`` says, with the years of the folder ``own`` (may be missing) in place
    of the same ones.

    Raises ContentError with file, line, key and reason.
    """
    return put_together(read_years(data, own))


def read_years(data: Path, own: Path | None = None) -> Mapping[int, CalendarYear]:
    """Each year that has a file, from ``own`` before the one from ``data``. Raises ContentError."""
    folders = [data / FOLDER, *([own] if own else [])]
    files = {file.name: file for folder in folders for file in sorted(folder.glob("*.toml"))}
    found: dict[int, CalendarYear] = {}
    for name, file in sorted(files.items()):
        each = read_year(file)
        if name != f"{each.year}.toml":
            raise ContentError(name, "year", f"is {each.year}: then the file must be called {each.year}.toml")
        found[each.year] = each
    return found


def put_together(years: Mapping[int, CalendarYear]) -> WorkCalendar:
    """The calendar of several years. Raises ContentError when one that is not the first begins in its course."""
    late = [each for each in years.values() if each.known_from != date(each.year, 1, 1)]
    for each in late:
        if each.year != min(years):
            raise ContentError(f"{each.year}.toml", "known_from", "only the first year may begin in its course")
    return WorkCalendar(
        days={special.day: special for each in years.values() for special in each.days},
        known=frozenset(years),
        since=late[0].known_from if late else date.min,
    )


def read_year(file: Path) -> CalendarYear:
    """One file, whatever it is called. Raises ContentError with file, line, key and reason."""
    table = read_toml(file)
    section = Section(file=file.name, table=table, lines=key_lines(file.read_text(encoding="utf-8-sig")))
    section.only("year", "known_from", "days")
    year = section.number("year", least=_FIRST, most=_LAST)
    start = _day(section, "known_from", year) if "known_from" in table else date(year, 1, 1)
    days = tuple(_days(section, year, start))
    _refuse_incomplete(section, year, start, days)
    return CalendarYear(year=year, known_from=start, days=days)


def _days(file: Section, year: int, start: date) -> Iterator[SpecialDay]:
    seen: set[date] = set()
    for section in file.sections("days"):
        special = _special(section, year)
        if special.day in seen:
            section.refuse("date", f"{special.day} is there twice")
        if special.day < start:
            section.refuse("date", f"{special.day} lies before known_from")
        seen.add(special.day)
        yield special


def _special(section: Section, year: int) -> SpecialDay:
    section.only("date", "kind", "name", "status", "source", "package")
    day, kind = _day(section, "date", year), section.choice("kind", DayKind)
    if kind is DayKind.WORKING and not weekend(day):
        section.refuse("kind", f"{day} is no Saturday or Sunday: it is worked anyway")
    return SpecialDay(
        day=day,
        off=kind is DayKind.OFF,
        name=section.text("name"),
        status=section.choice("status", DayStatus),
        source=section.text("source"),
        package=section.text("package", default=""),
    )


def _day(section: Section, key: str, year: int) -> date:
    day = section.day(key)
    if day is None:
        section.refuse(key, "is missing")
    if day.year != year:
        section.refuse(key, f"{day} is no day of {year}")
    return day


def _refuse_incomplete(file: Section, year: int, start: date, days: Sequence[SpecialDay]) -> None:
    """A holiday that was forgotten would be taken for a working day, and somebody called late too early."""
    off = {special.day for special in days if special.off}
    cultured = year >= _CULTURE_SINCE
    for month, number in (*_FIXED, *([_CULTURE_DAY] if cultured else [])):
        fixed = date(year, month, number)
        if fixed >= start and fixed not in off:
            file.refuse("year", f"{fixed} is missing, which is a holiday by law")
    holidays, needed = 2 * len(off) - len(days), _STATUTORY + cultured
    if start == date(year, 1, 1) and holidays < needed:
        file.refuse("year", f"has {holidays} days off, swapped ones apart, but the law has {needed} holidays")
