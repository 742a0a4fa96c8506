"""The heading rows of a sheet: how many there are, and the one heading that they give each column.

Offices merge cells in headings. Where a format tells which cells are merged, that decides; a CSV file only shows blanks
where the merged text does not begin, so there a row of headings is taken for one of several when the rows below fill
its blanks without holding figures.
"""

import re
from collections.abc import Sequence

from bot.core.figures import is_missing, parse_number
from gateway.tables.sheet import Record

HIGHEST = 4
"""Heading rows that are looked for."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_MARK = re.compile(r"\s*(?:\(\*+\)|\[\*+\]|\*+)")
_NUMBERING = re.compile(r"\(?(?P<number>\d{1,2}|[A-Z])\)?(?:\s*=.*)?")
_IN_BRACKETS = re.compile(r"\(.*\)|%|-|")


def count_header(records: Sequence[Record], width: int, *, merged: bool) -> int:
    """How many of the first ``records`` are headings of a table with ``width`` columns; at least one."""
    height = _height_by_merges(records) if merged else 1
    if height == 1:
        height = _height_by_blanks(records, width)
    while height < min(HIGHEST, len(records) - 1):
        if not _is_second_line(records[height], records[height - 1], records[height + 1 :]):
            break
        height += 1
    return height


def is_numbering(record: Record) -> bool:
    """Whether the cells only count the columns: "A, B, 1, 2, 3" or "(1), (2), (3) = (1) + (2)"."""
    cells = [_NUMBERING.fullmatch(cell) for cell in record.cells if cell]
    if len(cells) < 3 or not all(cells) or len(cells) < record.extent:
        return False
    labels = [cell["number"] for cell in cells if cell]
    numbers = [int(label) for label in labels if label.isdigit()]
    letters = labels[: len(labels) - len(numbers)]
    return numbers == list(range(1, len(numbers) + 1)) and letters == [chr(ord("A") + n) for n in range(len(letters))]


def join_header(rows: Sequence[Record], width: int, *, merged: bool) -> tuple[str, ...]:
    """One heading a column: what stands above it, top-down, each text once and without marks of notes ("(*)")."""
    lines = [_padded(row, width) for row in rows]
    if not merged or not any(row.copied for row in rows):
        lines = _spread(lines)
    return tuple(_join(parts) for parts in zip(*lines, strict=True))


def is_figure(cell: str) -> bool:
    """Whether the cell holds a number that no heading would be: neither a year nor missing."""
    return not is_missing(cell) and not _YEAR.fullmatch(cell) and parse_number(cell) is not None


def _height_by_merges(records: Sequence[Record]) -> int:
    """A cell merged downwards belongs to all its rows; below a cell merged sideways stand the headings of its parts."""
    height = 1
    for number, record in enumerate(records[:HIGHEST]):
        if number >= height:
            break
        below = records[number + 1] if number + 1 < len(records) else None
        downwards = below is not None and bool(below.copied - below.spread)
        sideways = bool(record.spread) and record.filled > 1 and (below is None or not _begins_rows(record, below))
        if below is not None and (downwards or sideways) and not any(map(is_figure, _own(below))):
            height = number + 2
    return height


def _begins_rows(header: Record, row: Record) -> bool:
    """Whether ``row`` has a text of its own under the first heading, which is not one of several columns."""
    return bool(header.cells[0] and row.cells[0]) and 0 not in row.copied and 1 not in header.spread


def _own(record: Record) -> list[str]:
    return [cell for at, cell in enumerate(record.cells) if cell and at not in record.copied]


def _height_by_blanks(records: Sequence[Record], width: int) -> int:
    """The fewest rows that together give every column but the first a heading, if they can be headings at all."""
    covered = [bool(cell) for cell in _padded(records[0], width)]
    for height in range(1, min(HIGHEST, len(records) - 1) + 1):
        if all(covered[1:]):
            return height
        row = records[height] if height < len(records) else None
        if row is None or not _continues(row, records[height + 1 :], records[0]):
            return 1
        covered = [before or bool(cell) for before, cell in zip(covered, _padded(row, width), strict=True)]
    return 1


def _continues(row: Record, below: Sequence[Record], first: Record) -> bool:
    """Whether ``row`` can be a further heading row: no figures, a blank corner, and rows below that are unlike it."""
    if any(map(is_figure, row.cells)) or row.filled < 2:
        return False
    if row.cells[0] and first.cells[0]:
        return False
    return any(_has_figures(record) for record in below[:20]) or (
        not row.cells[0] and any(r.cells[0] for r in below[:3])
    )


def _has_figures(record: Record) -> bool:
    return any(map(is_figure, record.cells[1:]))


def _is_second_line(row: Record, above: Record, below: Sequence[Record]) -> bool:
    """Units in brackets, or the headings again in another language: texts under headings and above figures."""
    if row.cells[0] or is_numbering(row) or row.extent > above.extent or any(map(is_figure, row.cells)):
        return False
    own = [at for at, cell in enumerate(row.cells) if cell and above.cells[at]]
    if all(row.cells[at].startswith("(") and row.cells[at].endswith(")") for at in own):
        return True
    figures = [at for record in below[:5] for at, cell in enumerate(record.cells) if is_figure(cell)]
    return len(own) > 1 and set(own) <= set(figures)


def _padded(row: Record, width: int) -> list[str]:
    return [*row.cells[:width], *[""] * (width - len(row.cells))]


def _spread(lines: list[list[str]]) -> list[list[str]]:
    """``lines`` with each group heading over all its columns: up to the next one, wherever something stands below."""
    for upper, line in enumerate(lines[:-1]):
        below = lines[upper + 1 :]
        group = -1
        for column, cell in enumerate(line):
            divided = upper > 0 and any(lines[above][column] != lines[above][column - 1] for above in range(upper))
            if cell:
                group = column if any(row[column] for row in below) else -1
            elif divided:
                group = -1
            elif group >= 0 and any(row[column] for row in below):
                line[column] = line[group]
    return lines


def _join(parts: Sequence[str]) -> str:
    kept: list[str] = []
    for part in parts:
        text = _MARK.sub("", " ".join(part.split())) or " ".join(part.split())
        if text and kept[-1:] != [text]:
            kept.append(text)
    return " ".join(kept)
