"""Find the table in a sheet: titles above, headings in one or several rows, the rows, notes and signatures below."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.text import clean, tokens
from gateway.tables.header import count_header, is_figure, is_numbering, join_header
from gateway.tables.sheet import Record, Sheet, SheetError
from gateway.tables.surroundings import is_caption, is_note, is_signature
from gateway.tables.unit import read_unit, unit_in

_SEARCHED = 40
_YEAR = re.compile(r"(?:năm\s+)?(?:19|20)\d\d", re.IGNORECASE)
_MOST_TITLES = 5
_SHORT = 30
_LONG = 60
_RECIPIENTS = ("noi", "nhan")  # opens the list of recipients beside the signature of a letter
_LETTERHEAD = ("cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table as found: one heading a column (top-down when they are stacked), rows as wide as the headings.

    ``title`` and ``notes`` are what is printed above and below, ``unit`` is that of the whole table where one is given.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()


def read_grid(sheet: Sheet) -> Grid | None:
    """The table in ``sheet``, None when it holds none. Raises SheetError when a row is longer than the header."""
    if not sheet.records:
        return None
    records = sheet.records
    start = _find_start(records)
    if start == 0 and sheet.ragged:
        start = _count_torn_titles(records)
    if start is None:
        return None
    width = _width(sheet, records[start:])
    height = count_header(records[start:], width, merged=sheet.merged)
    header = records[start : start + height]
    if sheet.ragged:
        width = max(len(row.cells) for row in header)
    body, notes = _split_notes(_without_repeats(header, records[start + height :]), width, ragged=sheet.ragged)
    above = [
        *sheet.above,
        *(line for record in records[:start] if not _is_letterhead(record) for line in _lines(record)),
    ]
    columns, corner = _without_corner(join_header(header, width, merged=sheet.merged))
    fit = _Fitting(width)
    columns, rows = _without_empty(columns, [fit.fit(row) for row in body])
    return Grid(
        columns=tuple(map(clean, columns)),
        rows=tuple(rows),
        title=_title(above),
        unit=corner or unit_in(above),
        notes=tuple(clean(note) for note in (*notes, *sheet.below)),
    )


def _find_start(records: Sequence[Record]) -> int | None:
    """Where the headings begin: the first record that is no title; in a table of one column the first of all.

    None for the table without lines that arranges the head or the signatures of a letter.
    """
    if all(record.filled < 2 for record in records):
        return 0
    typical = sorted(record.filled for record in records)[len(records) * 3 // 4]
    found = (at for at in range(min(_SEARCHED, len(records))) if not _is_title(records, at, typical))
    start = next(found, None)
    if start is None:
        return None if any(map(_is_letterhead, records)) else 0
    return None if any(tokens(cell) == _RECIPIENTS for cell in records[start].cells) else start


def _count_torn_titles(records: Sequence[Record]) -> int:
    """How many first records are titles that their own commas tore apart: shorter than nearly all others.

    A header that lacks a heading is shorter, too; so what follows must look like headings above figures.
    """
    typical, count = Counter(len(record.cells) for record in records).most_common(1)[0]
    start = next(at for at, record in enumerate(records) if len(record.cells) == typical)
    titles, header, body = records[:start], records[start], records[start + 1 :]
    torn = all(len(record.cells) < typical and record.cells[0] for record in titles) and start <= _MOST_TITLES
    convincing = count * 5 >= len(records) * 3 and not any(map(is_figure, header.cells))
    return start if torn and convincing and any(is_figure(cell) for record in body for cell in record.cells) else 0


def _is_title(records: Sequence[Record], at: int, typical: int) -> bool:
    record = records[at]
    if record.filled == 1:
        return not _is_group(record, records[at + 1 : at + 2])
    if _is_letterhead(record):
        return True
    return record.filled * 2 <= typical and _is_above_title(records[at + 1 : at + 6], typical)


def _is_letterhead(record: Record) -> bool:
    """The state's name and motto, and whatever agency stands on the same lines."""
    folded = [" ".join(tokens(cell)) for cell in record.cells if cell]
    return any(phrase in cell for cell in folded for phrase in _LETTERHEAD)


def _is_group(record: Record, below: Sequence[Record]) -> bool:
    """Whether the only text stands above several headings: a single year over its figures."""
    at = next(position for position, cell in enumerate(record.cells) if cell)
    text = record.cells[at]
    if at > 0 and _YEAR.fullmatch(text):
        return True
    if at == 0 or len(text) > _SHORT or read_unit(text) or is_caption(text) or not below:
        return False
    return not below[0].cells[0] and below[0].filled > 1 and not any(map(is_figure, below[0].cells))


def _is_above_title(records: Sequence[Record], typical: int) -> bool:
    """Whether a line of text comes before the first row that is as full as the others."""
    for record in records:
        if record.filled * 2 > typical:
            return False
        if record.filled == 1 and record.cells[0]:
            return True
    return False


def _width(sheet: Sheet, records: Sequence[Record]) -> int:
    return len(records[0].cells) if sheet.ragged else max(record.extent for record in records)


def _without_repeats(header: Sequence[Record], records: Sequence[Record]) -> list[Record]:
    """The records without the headings that every page repeats and without a row that numbers the columns."""
    headings = {row.cells for row in header}
    body = [record for record in records if record.cells not in headings]
    return body[1:] if body and is_numbering(body[0]) else body


def _split_notes(rows: Sequence[Record], width: int, *, ragged: bool) -> tuple[Sequence[Record], list[str]]:
    """Rows, and the lines of the notes and signatures below them."""
    end = len(rows)
    while end and width > 1 and _may_be_note(rows, end - 1, width):
        end -= 1
    first = next((at for at in range(end, len(rows)) if _begins_notes(rows, at, ragged=ragged)), len(rows))
    return rows[:first], [line for row in rows[first:] for line in _lines(row)]


def _may_be_note(rows: Sequence[Record], at: int, width: int) -> bool:
    """A line of text, or the offices and names that sign: most of the row is empty, and no figure is in it."""
    row = rows[at]
    if row.filled == 1:
        return True
    beside = row.filled * 2 < width and (not row.cells[0] or _stands_apart(rows, at))
    return beside and not any(map(is_figure, row.cells))


def _begins_notes(rows: Sequence[Record], at: int, *, ragged: bool) -> bool:
    row = rows[at]
    text = next(filter(None, row.cells))
    marked = is_note(text) or len(text) > _LONG or any(map(is_signature, row.cells))
    alone = row.filled == 1 and (bool(row.spread) or not row.cells[0] or (ragged and len(row.cells) == 1))
    return marked or alone or _stands_apart(rows, at)


def _stands_apart(rows: Sequence[Record], at: int) -> bool:
    return at > 0 and rows[at].line > rows[at - 1].line + 1


def _lines(record: Record) -> Iterator[str]:
    yield from (" ".join(cell.split()) for at, cell in enumerate(record.cells) if cell and at not in record.copied)


def _without_corner(columns: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The unit may stand in the corner, where the heading of the names would be."""
    unit = read_unit(columns[0])
    return (("", *columns[1:]), unit) if unit else (columns, "")


def _title(lines: Sequence[str]) -> str:
    return clean(" ".join(line for line in lines if not read_unit(line)))


class _Fitting:
    """Makes rows of one width; the texts that a table repeats are kept once."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._known: dict[str, str] = {}

    def fit(self, row: Record) -> tuple[str, ...]:
        """Trailing empty cells may be missing or too many; anything else means that the row was torn apart."""
        if any(row.cells[self._width :]):
            raise SheetError(f"line {row.line} has {len(row.cells)} cells, the header has {self._width}")
        only = row.spread and row.filled == 1  # a line of text over the whole row
        cells = ["" if only and at in row.spread else self._clean(cell) for at, cell in enumerate(row.cells)]
        return tuple([*cells, *[""] * (self._width - len(cells))][: self._width])

    def _clean(self, cell: str) -> str:
        cleaned = self._known.get(cell)
        if cleaned is None:
            cleaned = self._known[cell] = clean(cell)
        return cleaned


def _without_empty(
    columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Spreadsheets leave columns empty to look tidy: no heading, and nothing below."""
    if not rows or all(columns):
        return columns, rows
    kept = [at for at, heading in enumerate(columns) if heading or any(row[at] for row in rows)]
    if len(kept) == len(columns):
        return columns, rows
    return tuple(columns[at] for at in kept), [tuple(row[at] for at in kept) for row in rows]
