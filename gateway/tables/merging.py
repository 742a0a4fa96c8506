"""Cells merged in a grid: their text in every cell that they cover."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from gateway.tables.sheet import Record

_FIRST = 1000  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A merged cell: rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def fill_areas(rows: Iterable[tuple[int, list[str]]], areas: Iterable[Area]) -> Iterable[Record]:
    """Records of the numbered (from 0) ``rows``, in order, with the text of each of ``areas`` in all its cells.

    Rows that are blank but for what reaches into them from above are left out; the line of a record is the number of
    its row counted from 1. Rows may lack their last blank cells; an area reaches no farther than the widest of the
    first rows, whatever a title is merged over.
    """
    rows = iter(rows)
    first = list(islice(rows, _FIRST))
    width = max((len(cells) for _, cells in first), default=0)
    upcoming = sorted(areas, key=lambda area: (area.top, area.left), reverse=True)
    open_areas: dict[Area, str] = {}
    for number, cells in chain(first, rows):
        while upcoming and upcoming[-1].top <= number:
            area = upcoming.pop()
            if area.top == number and area.left < len(cells):
                open_areas[area] = cells[area.left]
        open_areas = {area: text for area, text in open_areas.items() if area.bottom >= number}
        record = _record(number, cells, open_areas, width)
        if any(cell for at, cell in enumerate(record.cells) if at not in record.copied):
            yield record


def _record(number: int, cells: list[str], areas: Mapping[Area, str], width: int) -> Record:
    copied: set[int] = set()
    spread: set[int] = set()
    for area, text in areas.items():
        if not text:
            continue
        end = max(area.left + 1, min(area.right + 1, max(width, len(cells))))
        cells.extend([""] * (end - len(cells)))
        for column in range(area.left, end):
            cells[column] = text
            if column > area.left:
                spread.add(column)
            if column > area.left or number > area.top:
                copied.add(column)
    return Record(line=number + 1, cells=tuple(cells), copied=frozenset(copied), spread=frozenset(spread))
