"""The tables of a catalogue in an annex: below letterhead and title, with headings of one row or several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import TracuuError
from gateway.heading import Headings
from gateway.items.columns import ColumnReading, Heading, Why, read_columns
from gateway.tables.header import count_header, is_numbering, join_header
from gateway.tables.loading import load_book
from gateway.tables.sheet import Record, Sheet, SheetError

_SEARCHED = 40  # records of a sheet that may stand above the headings
_FEWEST = (2, 1)
"""Known headings of a heading row: a line of title may read like one ("Danh mục dữ liệu mở"), so several first."""


class AnnexError(TracuuError):
    """The file is no annex that can be read, or not as told; nothing was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexSheet:
    """A table of a catalogue: how its columns are understood, and the rows below its headings in line ``line``.

    ``values`` are the cells of its rows, column by column, without lines of text over the whole row.
    ``ragged`` tells that it is a text file, in which a merged cell is blank but where it begins.
    """

    name: str
    line: int
    columns: tuple[ColumnReading, ...]
    records: tuple[Record, ...]
    values: tuple[tuple[str, ...], ...]
    ragged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """The tables of a file, and what the operator should know about the rest of it."""

    sheets: tuple[AnnexSheet, ...]
    notices: tuple[str, ...]


def open_annex(file: Path, headings: Headings, told: Mapping[str, str], *, sheet: str = "") -> Annex:
    """The tables of ``file`` that have a heading for the title, of all its sheets or only ``sheet``.

    ``told`` are the columns of headings that the operator named. Raises AnnexError.
    """
    try:
        book = load_book(file)
    except SheetError as error:
        raise AnnexError(f"{file.name}: {error}") from error
    names = [each.name for each in book.sheets]
    if sheet and sheet not in names:
        raise AnnexError(f"{file.name} has no sheet {sheet}; it has {', '.join(filter(None, names)) or 'only one'}")
    chosen = [each for each in book.sheets if sheet in {"", each.name}]
    found = [(each, _read_sheet(each, headings, told)) for each in chosen]
    sheets = tuple(read for _, read in found if read)
    if not sheets:
        raise AnnexError(
            f'{file.name}: no row names a column for the title, such as "Tên tập dữ liệu"; say which one it is with '
            "--map title=HEADING"
        )
    _check_told(sheets, told)
    passed_over = [each.name or f"table {at}" for at, (each, read) in enumerate(found, 1) if read is None]
    without = [f"without a heading for the title, not read: {', '.join(passed_over)}"] if passed_over else []
    return Annex(sheets=sheets, notices=(*book.notices, *without))


def _check_told(sheets: Sequence[AnnexSheet], told: Mapping[str, str]) -> None:
    met = {each.column for sheet in sheets for each in sheet.columns if each.why is Why.TOLD}
    for heading, column in told.items():
        if column not in met:
            there = ", ".join(dict.fromkeys(each.heading for sheet in sheets for each in sheet.columns if each.heading))
            raise AnnexError(f"--map {column}={heading}: no column has that heading; there are {there}")


def _read_sheet(sheet: Sheet, headings: Headings, told: Mapping[str, str]) -> AnnexSheet | None:
    """The table of ``sheet``, None when no row of it names a column for the title."""
    widest = max((len(each.cells) for each in sheet.records), default=0)
    for fewest in _FEWEST:
        for at in range(min(_SEARCHED, len(sheet.records))):
            width = len(sheet.records[at].cells) if sheet.ragged else widest
            for height in _heights(sheet, at):
                printed = _print_headings(sheet.records[at : at + height], width, merged=sheet.merged)
                read = read_columns(printed, headings, told)
                named = {each.column for each in read if each.column}
                if "title" in named and len(named) >= fewest:
                    return _take(sheet, at, height, read)
    return None


def _heights(sheet: Sheet, at: int) -> Iterator[int]:
    """How many rows the headings from ``at`` on may take, the likelier first."""
    height = count_header(sheet.records[at:], len(sheet.records[at].cells), merged=sheet.merged)
    yield from dict.fromkeys((height, 1))


def _take(sheet: Sheet, at: int, height: int, read: Sequence[ColumnReading]) -> AnnexSheet:
    header = {record.cells for record in sheet.records[at : at + height]}
    below = [r for r in sheet.records[at + height :] if r.cells not in header and not is_numbering(r)]
    told = [record for record in below if record.filled > 1]  # not lines of text over the whole row
    rows = [[*record.cells, *[""] * len(read)][: len(read)] for record in told]
    return AnnexSheet(
        name=sheet.name,
        line=sheet.records[at].line,
        columns=tuple(read),
        records=tuple(below),
        values=tuple(zip(*rows, strict=True)) if rows else ((),) * len(read),
        ragged=sheet.ragged,
    )


def _print_headings(header: Sequence[Record], width: int, *, merged: bool) -> tuple[Heading, ...]:
    """The heading of each column. A text that one row spreads over several columns names none of them alone."""
    if len(header) == 1:
        return tuple(Heading(text=text, lines=(text,)) for text in [*_own(header[0]), *[""] * width][:width])
    joined = join_header(header, width, merged=merged)
    lines = [[*record.cells, *[""] * width][:width] for record in header]
    return tuple(
        Heading(text=text, lines=tuple(dict.fromkeys(" ".join(line[at].split()) for line in lines if line[at])))
        for at, text in enumerate(joined)
    )


def _own(record: Record) -> list[str]:
    """The cells of a row, a text that is merged over several of them once."""
    return ["" if at in record.spread else " ".join(cell.split()) for at, cell in enumerate(record.cells)]
