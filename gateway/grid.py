"""Make a table of a sheet: find its header among titles and stacked headings, leave out footnotes, check its shape.

Statistics offices print a title above the header, stack two heading rows (year above figure) and put notes below.
"""

from collections.abc import Sequence

from bot.core.catalogue import Table
from bot.store.table import make_table
from gateway.sheet import Record, SheetError


def to_table(records: Sequence[Record]) -> Table:
    """The table in ``records`` (at least one). Raises SheetError when a row is longer than the header."""
    columns, rows = _split_header(_without_title(records))
    return make_table(columns, [_fit(row, len(columns)) for row in _without_footnotes(rows, len(columns))])


def _without_title(records: Sequence[Record]) -> Sequence[Record]:
    """A title fills the first cell alone; so do all rows of a table with one column."""
    header = next((at for at, record in enumerate(records) if record.filled > 1 or not record.cells[0]), 0)
    return records[header:]


def _split_header(records: Sequence[Record]) -> tuple[tuple[str, ...], Sequence[Record]]:
    upper, *rest = records
    if rest and _is_stacked(upper.cells, rest[0].cells):
        return _join(upper.cells, rest[0].cells), rest[1:]
    return upper.cells, rest


def _is_stacked(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Merged cells leave blanks in the upper heading row; below them every column but the first has a heading."""
    fits = len(upper) == len(lower) and not upper[0] and not lower[0]
    return fits and not all(upper[1:]) and all(lower[1:])


def _join(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    columns, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above or group
        columns.append(f"{group} {below}".strip())
    return tuple(columns)


def _without_footnotes(rows: Sequence[Record], width: int) -> Sequence[Record]:
    end = len(rows)
    while end and width > 1 and len(rows[end - 1].cells) == 1:
        end -= 1
    return rows[:end]


def _fit(row: Record, width: int) -> tuple[str, ...]:
    """Trailing empty cells may be missing or too many; anything else means that the row was torn apart."""
    if any(row.cells[width:]):
        raise SheetError(f"line {row.line} has {len(row.cells)} cells, the header has {width}")
    short = width - len(row.cells)
    return row.cells + ("",) * short if short >= 0 else row.cells[:width]
