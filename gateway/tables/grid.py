"""Find the table in a sheet: its headings, its rows, and the notes and signatures below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.figures import is_missing
from bot.core.text import clean
from gateway.tables.above import find_start, read_above
from gateway.tables.header import count_header, is_figure, is_numbering, join_header
from gateway.tables.sheet import Record, Sheet, SheetError
from gateway.tables.splitting import stands_apart, without_margin
from gateway.tables.surroundings import is_note, is_signature
from gateway.tables.unit import read_unit

_LONG = 60
_LONGEST_CLOSING = 15  # rows
_YEAR = re.compile(r"(?:19|20)\d\d")


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
    sheet = replace(sheet, records=without_margin(sheet.records))
    start = find_start(sheet)
    if start is None:
        return None
    titles, records = sheet.records[:start], without_margin(sheet.records[start:])
    width = len(records[0].cells) if sheet.ragged else max(record.extent for record in records)
    height = count_header(records, width, merged=sheet.merged)
    header = records[:height]
    if sheet.ragged:
        width = max(len(row.cells) for row in header)
    body, notes = _split_notes(_without_repeats(header, records[height:]), width, ragged=sheet.ragged)
    columns, corner = _without_corner(join_header(header, width, merged=sheet.merged))
    fitting = _Fitting(width)
    columns, rows = _without_empty(columns, [fitting.fit(row) for row in body])
    title, unit = read_above(sheet.above, titles)
    return Grid(
        columns=tuple(map(clean, columns)),
        rows=tuple(rows),
        title=title,
        unit=corner or unit,
        notes=tuple(map(clean, (*notes, *sheet.below))),
    )


def _without_repeats(header: Sequence[Record], records: Sequence[Record]) -> list[Record]:
    """The records without the headings that every page repeats and without a row that numbers the columns."""
    headings = {row.cells for row in header}
    body = [record for record in records if record.cells not in headings]
    return body[1:] if body and is_numbering(body[0]) and _is_unlike(body[0], body[1:]) else body


def _is_unlike(numbering: Record, rows: Sequence[Record]) -> bool:
    """Whether ``numbering`` is none of the ``rows`` below: "1, 2, 3" may well be figures, "A, 1, 2" a row called A."""
    own = [cell for cell in numbering.cells if cell]
    if any(cell.startswith("(") or "=" in cell for cell in own):
        return True
    if own[0].isalpha():
        return bool(rows) and (own[1].isalpha() or not any(row.cells[0] == "B" for row in rows))
    shown = [cell for row in rows for number, cell in zip(numbering.cells, row.cells, strict=False) if number]
    return any(cell and not is_figure(cell) and not is_missing(cell) and not _YEAR.fullmatch(cell) for cell in shown)


def _split_notes(rows: Sequence[Record], width: int, *, ragged: bool) -> tuple[Sequence[Record], list[str]]:
    """Rows, and the lines of the notes and signatures below them."""
    end = len(rows)
    while end and width > 1 and _may_be_note(rows, end - 1, width):
        end -= 1
    first = next((at for at in range(end, len(rows)) if _begins_notes(rows, at, ragged=ragged)), len(rows))
    first = min(first, _find_closing(rows, width, ragged=ragged))
    return rows[:first], [line for row in rows[first:] for line in row.lines()]


def _may_be_note(rows: Sequence[Record], at: int, width: int) -> bool:
    """A line of text, or the offices and names that sign: most of the row is empty, and no figure is in it."""
    row = rows[at]
    if row.filled == 1:
        return True
    beside = row.filled * 2 < width and (not row.cells[0] or stands_apart(rows, at))
    return beside and not any(map(is_figure, row.cells))


def _find_closing(rows: Sequence[Record], width: int, *, ragged: bool) -> int:
    """Where the last lines begin when each tells by its words that it closes a table, or stands apart behind such."""
    first = end = len(rows)
    while width > 1 and end > max(1, len(rows) - _LONGEST_CLOSING):
        end -= 1
        row = rows[end]
        cells = [cell for at, cell in enumerate(row.cells) if cell and at not in row.copied]
        told = _is_signed(rows, end, ragged=ragged) or (row.filled == 1 and any(map(is_note, cells)))
        aside = row.filled == 1 or row.filled * 2 < width or stands_apart(rows, end)
        if any(map(is_figure, cells)) or not (told or aside):
            break
        first = end if told else first
    return first


def _is_signed(rows: Sequence[Record], at: int, *, ragged: bool) -> bool:
    """Whether all cells are offices that sign. One alone under the first heading may be a row of a list of offices."""
    row = rows[at]
    told = all(is_signature(cell) for number, cell in enumerate(row.cells) if cell and number not in row.copied)
    line = row.spread or (ragged and len(row.cells) == 1) or stands_apart(rows, at)
    return told and bool(row.filled > 1 or not row.cells[0] or line)


def _begins_notes(rows: Sequence[Record], at: int, *, ragged: bool) -> bool:
    row = rows[at]
    text = next(filter(None, row.cells))
    signed = (row.filled > 1 and any(map(is_signature, row.cells))) or _is_signed(rows, at, ragged=ragged)
    marked = is_note(text) or len(text) > _LONG or signed
    alone = row.filled == 1 and (bool(row.spread) or (ragged and len(row.cells) == 1))
    return marked or alone or stands_apart(rows, at)


def _without_corner(columns: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The unit may stand in the corner, where the heading of the names would be."""
    unit = read_unit(columns[0])
    return (("", *columns[1:]), unit) if unit else (columns, "")


class _Cleaned(dict[str, str]):
    """Texts and what is left of them without what cannot be seen; a table repeats itself, so each is kept once."""

    def __missing__(self, text: str) -> str:
        cleaned = self[text] = clean(text)
        return cleaned


class _Fitting:
    """Makes rows of one width."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._cleaned = _Cleaned()

    def fit(self, row: Record) -> tuple[str, ...]:
        """Trailing empty cells may be missing or too many; anything else means that the row was torn apart."""
        cells, width = row.cells, self._width
        if row.spread and row.filled == 1:  # a line of text over the whole row
            cells = tuple("" if at in row.spread else cell for at, cell in enumerate(cells))
        if len(cells) > width and any(cells[width:]):
            raise SheetError(f"line {row.line} has {len(row.cells)} cells, the header has {width}")
        if len(cells) != width:
            cells = (*cells[:width], *[""] * (width - len(cells)))
        return tuple(map(self._cleaned.__getitem__, cells))


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
