"""What stands above a table: letterheads, titles, the unit – and where its headings begin."""

import re
from collections import Counter
from collections.abc import Sequence

from bot.core.text import clean, tokens
from gateway.tables.header import is_figure
from gateway.tables.sheet import Record, Sheet
from gateway.tables.surroundings import is_caption
from gateway.tables.unit import read_measure, read_unit, unit_in

_SEARCHED = 40  # records
_SAMPLED = 2000  # records that tell how full a row is
_MOST_TITLES = 5
_SHORT = 30  # characters of a heading that stands above others
_YEAR = re.compile(r"(?:năm\s+)?(?:19|20)\d\d", re.IGNORECASE)
_RECIPIENTS = ("noi", "nhan")  # opens the list of recipients beside the signature of a letter
_LETTERHEAD = ("cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc")


def find_start(sheet: Sheet) -> int | None:
    """Where the headings of ``sheet`` begin: the first record that is no title; in a table of one column the first.

    None without records, and for a table without lines that arranges the head or the signatures of a letter.
    """
    if not sheet.records:
        return None
    start = _find_start(sheet.records)
    return _count_torn_titles(sheet.records) if start == 0 and sheet.ragged else start


def read_above(lines: Sequence[str], titles: Sequence[Record]) -> tuple[str, str]:
    """Title and unit from the ``lines`` above a sheet and its ``titles``, the records before its headings."""
    told = [record for record in titles if not _is_letterhead(record)]
    aside = {at: read_measure(" ".join(record.lines())) for at, record in enumerate(told) if not record.cells[0]}
    above = [*lines, *(line for at, record in enumerate(told) if not aside.get(at) for line in record.lines())]
    unit = unit_in(above) or next(filter(None, aside.values()), "")
    return clean(" ".join(line for line in above if not read_unit(line))), unit


def _find_start(records: Sequence[Record]) -> int | None:
    if all(record.filled < 2 for record in records):
        return 0
    filled = sorted(record.filled for record in records[:_SAMPLED])
    typical = filled[len(filled) * 3 // 4]
    found = (at for at in range(min(_SEARCHED, len(records))) if not _is_title(records, at, typical))
    start = next(found, None)
    if start is None:
        return None if any(map(_is_letterhead, records)) else 0
    return None if any(tokens(cell) == _RECIPIENTS for cell in records[start].cells) else start


def _count_torn_titles(records: Sequence[Record]) -> int:
    """How many first records are titles that their own commas tore apart: shorter than nearly all others.

    A header that lacks a heading is shorter, too; so what follows must look like headings above figures.
    """
    records = records[:_SAMPLED]
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
    """Whether the only text stands above several headings, from the first on: a single year over its figures."""
    at = _first_filled(record)
    text = record.cells[at]
    if at == 0 or len(text) > _SHORT or read_unit(text) or is_caption(text) or not below:
        return False
    if below[0].cells[0] or _first_filled(below[0]) != at:
        return False
    return bool(_YEAR.fullmatch(text)) or (below[0].filled > 1 and not any(map(is_figure, below[0].cells)))


def _first_filled(record: Record) -> int:
    return next(position for position, cell in enumerate(record.cells) if cell)


def _is_above_title(records: Sequence[Record], typical: int) -> bool:
    """Whether a line of text comes before the first row that is as full as the others."""
    for record in records:
        if record.filled * 2 > typical:
            return False
        if record.filled == 1 and record.cells[0]:
            return True
    return False
