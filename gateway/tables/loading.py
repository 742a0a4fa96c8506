"""Load the tables of a file: format found out, old letters repaired, titles, units and notes kept beside the rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.catalogue import Table
from bot.core.figures import is_missing, parse_number
from bot.core.text import tokens
from bot.store.table import make_table
from gateway.tables.format import read_book
from gateway.tables.grid import Grid, read_grid
from gateway.tables.repair import repair
from gateway.tables.sheet import LIMITS, Book, Limits, NoTableError, Sheet, SheetError
from gateway.tables.splitting import split_sheet

_SAMPLED = 200
_COUNTING = frozenset({("stt",), ("tt",), ("so", "tt"), ("so", "thu", "tu"), ("no",), ("year",), ("ma",), ("id",)})
_YEAR = re.compile(r"(?:19|20)\d\d")
_RELATIVE = ("ty le", "ty trong", "toc do", "chi so", "co cau", "so voi", "so sanh", "he so", "mat do", "binh quan")
_STATUS = re.compile(r"\((?:sơ bộ|ước tính|ước|sb|prel\.?|\d{1,2})\)$", re.IGNORECASE)
"""What stands in brackets behind a year without being its unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTable:
    """A table with what is printed around it: ``title`` above (or the name of its sheet), ``notes`` below."""

    table: Table
    title: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """The tables of one file, at least one, in its order; ``notices`` say what was guessed or left out."""

    tables: tuple[LoadedTable, ...]
    notices: tuple[str, ...] = ()


def load_tables(file: Path, *, limits: Limits = LIMITS) -> Loading:
    """The tables of ``file``. Reads and computes: keep it off the event loop.

    Raises SheetError, and nothing else, when it is unreadable or too large, NoTableError when it holds no table.
    """
    book = load_book(file, limits=limits)
    sheets = [part for sheet in book.sheets for part in split_sheet(sheet)]
    tables = tuple(filter(None, (_load(sheet, alone=len(sheets) == 1) for sheet in sheets)))
    if not tables:
        raise NoTableError("the file holds no table")
    return Loading(tables=tables, notices=book.notices)


def load_book(file: Path, *, limits: Limits = LIMITS) -> Book:
    """The sheets of ``file`` in Unicode, as records. Raises SheetError when it is unreadable or too large."""
    return repair(read_book(file, limits))


def _load(sheet: Sheet, *, alone: bool) -> LoadedTable | None:
    try:
        grid = read_grid(sheet)
    except SheetError as error:
        raise SheetError(f"{sheet.name}: {error}" if sheet.name else str(error)) from error
    if grid is None or not (grid.rows or alone):
        return None
    columns = _with_unit(grid) if grid.unit else grid.columns
    title = grid.title if alone else grid.title or sheet.name
    return LoadedTable(table=make_table(columns, grid.rows), title=title, notes=grid.notes)


def _with_unit(grid: Grid) -> tuple[str, ...]:
    """The headings, those of figures with the unit of the whole table where they name none of their own."""
    return tuple(
        f"{heading} ({grid.unit})".strip()
        if _lacks_unit(heading, [row[at] for row in grid.rows[:_SAMPLED]])
        else heading
        for at, heading in enumerate(grid.columns)
    )


def _lacks_unit(heading: str, cells: Sequence[str]) -> bool:
    words = tokens(heading)
    relative = "%" in heading or any(phrase in " ".join(words) for phrase in _RELATIVE)
    named = heading.endswith(")") and not _STATUS.search(heading)
    if named or relative or words in _COUNTING or words[:1] == ("ma",):
        return False
    known = [cell for cell in cells if not is_missing(cell)]
    if words == ("nam",) and all(map(_YEAR.fullmatch, known)):  # "Năm", not "Nam"
        return False
    return bool(known) and all(parse_number(cell) is not None for cell in known)
