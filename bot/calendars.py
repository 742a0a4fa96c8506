"""Read ``data/calendars/``: the days off of each year, and those that the operator puts in their place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.core.due import weekend
from bot.core.errors import ContentError
from bot.core.text import clean
from bot.core.working_days import DayStatus, SpecialDay, WorkCalendar
from bot.toml_file import read_toml

FOLDER = "calendars"
_KEYS = frozenset({"year", "known_from", "days"})
_DAY_KEYS = frozenset({"date", "kind", "name", "status", "source", "package"})
_OFF = {"off": True, "working": False}
_YEARS = range(2000, 2101)
_FIXED = ((1, 1), (4, 30), (5, 1), (9, 2))
_STATUTORY = 11
"""How many holidays a year has by the Labour Code 2019, Điều 112."""
_CULTURE_DAY, _CULTURE_SINCE = (11, 24), 2026
"""The holiday that Nghị quyết 28/2026/QH16 added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """One file: the special days of ``year``, complete from the day ``known_from`` on."""

    year: int
    known_from: date
    days: tuple[SpecialDay, ...]


def load_calendar(data: Path, own: Path | None = None) -> WorkCalendar:
    """What the folder ``calendars`` of ``data`` says, with the years of the folder ``own`` (may be missing) in place
    of the same ones.

    Raises ContentError with file, key and reason.
    """
    return put_together(find_files(data, own).values())


def find_files(data: Path, own: Path | None = None) -> dict[str, Path]:
    """The file of each year by its name, ``own`` ones before those of ``data``."""
    folders = [data / FOLDER, *([own] if own else [])]
    return dict(sorted((file.name, file) for folder in folders for file in sorted(folder.glob("*.toml"))))


def put_together(files: Iterable[Path]) -> WorkCalendar:
    """The calendar of several years, a file each. Raises ContentError."""
    years = [read_year(file) for file in files]
    late = [each for each in years if each.known_from != date(each.year, 1, 1)]
    for each in late:
        if each.year != min(other.year for other in years):
            raise ContentError(f"{each.year}.toml", "known_from", "only the first year may begin in its course")
    return WorkCalendar(
        days={special.day: special for each in years for special in each.days},
        known=frozenset(each.year for each in years),
        since=late[0].known_from if late else date.min,
    )


def read_year(file: Path, *, year: int | None = None) -> CalendarYear:
    """One file. It must be named after its year, unless that is given. Raises ContentError with place and reason."""
    name, table = file.name, read_toml(file)
    _refuse_unknown(name, "", table, _KEYS)
    said = table.get("year")
    if not isinstance(said, int) or said not in _YEARS:
        raise ContentError(name, "year", f"must be a number from {_YEARS.start} to {_YEARS.stop - 1}")
    if (year is None and file.stem != str(said)) or year not in {None, said}:
        raise ContentError(name, "year", f"is {said}, but the file is that of another year")
    rows = table.get("days", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ContentError(name, "days", "must be sections [[days]]")
    start = _date(name, "known_from", table.get("known_from", date(said, 1, 1)), said)
    days = tuple(_days(name, rows, said, start))
    _refuse_incomplete(name, said, start, days)
    return CalendarYear(year=said, known_from=start, days=days)


def _days(file: str, rows: Iterable[Mapping[str, Any]], year: int, start: date) -> Iterator[SpecialDay]:
    seen: set[date] = set()
    for number, row in enumerate(rows, 1):
        place = f"days[{number}]"
        _refuse_unknown(file, f"{place}.", row, _DAY_KEYS)
        special = _day(file, place, row, year)
        if special.day in seen:
            raise ContentError(file, f"{place}.date", f"{special.day} is there twice")
        if special.day < start:
            raise ContentError(file, f"{place}.date", f"{special.day} lies before known_from")
        seen.add(special.day)
        yield special


def _day(file: str, place: str, row: Mapping[str, Any], year: int) -> SpecialDay:
    day = _date(file, f"{place}.date", row.get("date"), year)
    kind, status = row.get("kind"), row.get("status")
    if not isinstance(kind, str) or kind not in _OFF:
        raise ContentError(file, f"{place}.kind", f"{day} is not one of {', '.join(_OFF)}")
    if status not in tuple(DayStatus):
        raise ContentError(file, f"{place}.status", f"{day} is not one of {', '.join(DayStatus)}")
    if kind == "working" and not weekend(day):
        raise ContentError(file, f"{place}.kind", f"{day} is no Saturday or Sunday: it is worked anyway")
    return SpecialDay(
        day=day,
        off=_OFF[kind],
        name=_text(file, f"{place}.name", row.get("name")),
        status=DayStatus(status),
        source=_text(file, f"{place}.source", row.get("source")),
        package=_text(file, f"{place}.package", row["package"]) if "package" in row else "",
    )


def _refuse_incomplete(file: str, year: int, start: date, days: Iterable[SpecialDay]) -> None:
    """A holiday that was forgotten would be taken for a working day, and somebody accused too early."""
    off = {special.day for special in days if special.off}
    cultured = year >= _CULTURE_SINCE
    for month, number in (*_FIXED, *([_CULTURE_DAY] if cultured else [])):
        fixed = date(year, month, number)
        if fixed >= start and fixed not in off:
            raise ContentError(file, "days", f"{fixed} is missing, which is a holiday by law")
    free = len(off) - sum(not special.off for special in days)
    if start == date(year, 1, 1) and free < _STATUTORY + cultured:
        raise ContentError(
            file, "days", f"are {free} holidays (swapped ones apart), but the law has {_STATUTORY + cultured}"
        )


def _refuse_unknown(file: str, section: str, table: Iterable[str], known: frozenset[str]) -> None:
    for key in sorted(set(table) - known):
        raise ContentError(file, f"{section}{key}", "unknown key")


def _date(file: str, key: str, value: object, year: int) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ContentError(file, key, f"must be a day such as {year}-01-02, without quotes")
    if value.year != year:
        raise ContentError(file, key, f"{value} is no day of {year}")
    return value


def _text(file: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ContentError(file, key, "is missing")
    if clean(value) != value or "\n" in value:
        raise ContentError(file, key, "must be one line in NFC without control characters")
    return value
