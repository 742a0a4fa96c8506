"""The tables of one sheet: one below the other, and side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.core.text import tokens
from gateway.tables.header import is_figure
from gateway.tables.sheet import Record, Sheet
from gateway.tables.surroundings import is_caption

_SEARCHED = 40  # records above which captions stand side by side


def split_sheet(sheet: Sheet) -> Iterator[Sheet]:
    """The tables that stand in ``sheet``, from left to right and from top to bottom.

    Side by side: each under a caption of its own, with blank columns between. One below the other: each but the first
    set apart and beginning with a caption, or with other headings than the first over the same sort of names.
    """
    for part in _split_columns(sheet):
        yield from _split_rows(part)


def stands_apart(records: Sequence[Record], at: int) -> bool:
    """Whether a blank line is before the record at ``at``."""
    return at > 0 and records[at].line > records[at - 1].line + 1


def without_margin(records: Sequence[Record]) -> Sequence[Record]:
    """``records`` without the columns at the left in which none of them has anything."""
    if any(record.cells[0] for record in records if record.cells):
        return records
    margin = min((_first_filled(record) for record in records), default=0)
    return [_slice(record, margin, len(record.cells)) for record in records] if margin else records


def _split_rows(sheet: Sheet) -> Iterator[Sheet]:
    records = sheet.records
    starts = [at for at in range(1, len(records) - 1) if stands_apart(records, at) and _begins_table(records, at)]
    for start, end in pairwise([0, *starts, len(records)]):
        above = sheet.above if start == 0 else ()
        below = sheet.below if end == len(records) else ()
        yield replace(sheet, records=records[start:end], above=above, below=below)


def _begins_table(records: Sequence[Record], at: int) -> bool:
    if records[at].filled == 1 and is_caption(next(filter(None, records[at].cells))):
        return any(before.filled > 1 for before in records[:at])
    header = at + 1 if records[at].filled == 1 else at  # a title may stand above
    return header < len(records) - 1 and _has_other_headings(records, header)


def _has_other_headings(records: Sequence[Record], at: int) -> bool:
    """Whether the record at ``at`` names columns of figures, the first of them as the first headings did."""
    row, figures = records[at], records[at + 1]
    first = next((before for before in records[:at] if before.filled > 1), None)
    if first is None or row.filled < 2 or row.cells == first.cells or not tokens(row.cells[0]):
        return False
    named = tokens(row.cells[0]) == tokens(first.cells[0]) and not any(map(is_figure, (*row.cells, *first.cells)))
    return named and any(is_figure(cell) for cell in figures.cells[1:])


def _split_columns(sheet: Sheet) -> Iterator[Sheet]:
    records = sheet.records
    for at, record in enumerate(records[:_SEARCHED]):
        starts = [p for p, cell in enumerate(record.cells) if is_caption(cell) and p not in record.copied]
        inner = starts[1:]
        if inner and all(not any(_cell(below, start - 1) for below in records[at:]) for start in inner):
            for left, right in pairwise([0, *inner, max(len(below.cells) for below in records)]):
                part = [_slice(below, left, right) for below in records[at:]]
                yield replace(sheet, records=[*(records[:at] if left == 0 else ()), *filter(_any_filled, part)])
            return
    yield sheet


def _slice(record: Record, left: int, right: int) -> Record:
    copied = frozenset(at - left for at in record.copied if left <= at < right)
    spread = frozenset(at - left for at in record.spread if left <= at < right)
    return replace(record, cells=record.cells[left:right], copied=copied, spread=spread)


def _any_filled(record: Record) -> bool:
    return any(record.cells)


def _cell(record: Record, at: int) -> str:
    return record.cells[at] if at < len(record.cells) else ""


def _first_filled(record: Record) -> int:
    return next((at for at, cell in enumerate(record.cells) if cell), len(record.cells))
