"""Find the table in a sheet: titles above, headings in one or several rows, the rows, notes and signatures below."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.text import clean, tokens
from gateway.tables.header import count_header, is_figure, is_numbering, join_header
from gateway.tables.sheet import Record, Sheet, SheetError
from gateway.tables.unit import read_unit, unit_in

_SEARCHED = 40
_SHORT = 30
_LONG = 60
_LETTERHEAD = ("cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc")
_CAPTION = re.compile(r"(?:bảng|biểu|phụ lục|table)\b", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:\(?\*+\)?|\(\d\)|\[\d\]|ghi chú|chú thích|chú ý|nguồn|notes?\b|source)", re.IGNORECASE
)
_SIGNED = re.compile(
    r"người lập|thủ trưởng|giám đốc|chủ tịch|kế toán trưởng|nơi nhận|ngày\s.*tháng\s.*năm|\btm\.|\bkt\.", re.IGNORECASE
)


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
    width = _width(sheet, records[start:])
    height = count_header(records[start:], width, merged=sheet.merged)
    header = records[start : start + height]
    if sheet.ragged:
        width = max(len(row.cells) for row in header)
    body, notes = _split_notes(_without_repeats(header, records[start + height :]), width)
    above = [*sheet.above, *(line for record in records[:start] if not _is_letterhead(record) for line in _lines(record))]
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


def _find_start(records: Sequence[Record]) -> int:
    """Where the headings begin: the first record that is no title; in a table of one column the first of all."""
    if all(record.filled < 2 for record in records):
        return 0
    typical = sorted(record.filled for record in records)[len(records) // 2]
    found = (at for at in range(min(_SEARCHED, len(records))) if not _is_title(records, at, typical))
    return next(found, 0)


def _is_title(records: Sequence[Record], at: int, typical: int) -> bool:
    record = records[at]
    if record.filled == 1:
        return not _is_group(record, records[at + 1 : at + 2])
    if _is_letterhead(record):
        return True
    return record.filled * 2 < typical and _is_above_title(records[at + 1 : at + 6], typical)


def _is_letterhead(record: Record) -> bool:
    """The state's name and motto, and whatever agency stands on the same lines."""
    folded = [" ".join(tokens(cell)) for cell in record.cells if cell]
    return any(phrase in cell for cell in folded for phrase in _LETTERHEAD)


def _is_group(record: Record, below: Sequence[Record]) -> bool:
    """Whether the only text stands above several headings: a single year over its figures."""
    at = next(position for position, cell in enumerate(record.cells) if cell)
    text = record.cells[at]
    if at == 0 or len(text) > _SHORT or read_unit(text) or _CAPTION.match(text) or not below:
        return False
    return not below[0].cells[0] and below[0].filled > 1 and not any(map(is_figure, below[0].cells))


def _is_above_title(records: Sequence[Record], typical: int) -> bool:
    """Whether a line of text comes before the first row that is as full as the others."""
    for record in records:
        if record.filled * 2 >= typical:
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


def _split_notes(rows: Sequence[Record], width: int) -> tuple[Sequence[Record], list[str]]:
    """Rows, and the lines of the notes and signatures below them."""
    end = len(rows)
    while end and width > 1 and _may_be_note(rows[end - 1]):
        end -= 1
    first = next((at for at in range(end, len(rows)) if _begins_notes(rows, at)), len(rows))
    return rows[:first], [line for row in rows[first:] for line in _lines(row)]


def _may_be_note(row: Record) -> bool:
    return row.filled == 1 or (_is_signed(row) and not any(map(is_figure, row.cells)))


def _begins_notes(rows: Sequence[Record], at: int) -> bool:
    row = rows[at]
    text = next(filter(None, row.cells))
    apart = at > 0 and row.line > rows[at - 1].line + 1
    marked = bool(_NOTE.match(text)) or _is_signed(row) or len(text) > _LONG
    return marked or apart or len(row.cells) == 1 or bool(row.spread) or not row.cells[0]


def _is_signed(row: Record) -> bool:
    return any(map(_SIGNED.search, row.cells))


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
