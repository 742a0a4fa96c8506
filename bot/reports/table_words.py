"""The words of the table by agency, from ``data/reports/agency_table.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError
from bot.core.obligations.profile import ProfileStatus
from bot.toml_file import read_toml

FILE = "agency_table.toml"
COLUMNS = ("due", "verified", "seen", "reported", "missing", "unmet", "open", "late", "unchanged", "down")
"""The columns in their order: all but the last two groups add up to the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What heads a column, and what that means."""

    short: str
    long: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWords:
    """Every word of the table in one language. ``columns`` by name, ``statuses`` of decisions; those with braces are
    filled in: ``title`` with name, first, last and today, ``status`` with status, the notes with count or days."""

    title: str
    status: str
    unconfirmed: str
    agency: str
    total: str
    nobody: str
    vacant: str
    vacant_note: str
    no_rows: str
    down_note: str
    provisional_note: str
    outside_note: str
    columns: Mapping[str, Column]
    statuses: Mapping[ProfileStatus, str]


def load_table_words(folder: Path, language: str) -> TableWords:
    """The words of ``language`` in the folder ``data/reports``. Raises ContentError with file, key and reason."""
    table = read_toml(folder / FILE).get(language)
    if not isinstance(table, dict):
        raise ContentError(FILE, language, "is missing or no section")
    _check(language, table, {field.name for field in fields(TableWords)})
    _check(f"{language}.columns", table["columns"], set(COLUMNS))
    _check(f"{language}.statuses", table["statuses"], set(ProfileStatus))
    for name, column in table["columns"].items():
        _check(f"{language}.columns.{name}", column, {"short", "long"})
    columns = {name: Column(**table["columns"][name]) for name in COLUMNS}
    statuses = {ProfileStatus(name): text for name, text in table["statuses"].items()}
    return TableWords(**{**table, "columns": columns, "statuses": statuses})


def _check(place: str, table: Mapping[str, Any], wanted: set[str]) -> None:
    for name in sorted(wanted ^ set(table)):
        raise ContentError(FILE, f"{place}.{name}", "is missing" if name in wanted else "unknown key")
