"""Text PDF: tables with ruled lines, over several pages where they go on; scans and prose are refused."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.tables.format import Format, Head
from gateway.tables.merging import Area, fill_areas
from gateway.tables.sheet import Book, Limits, NoTableError, Record, Sheet, SheetError
from gateway.tables.surroundings import caption_of, is_page_number, notes_of

_MAGIC = b"%PDF"
_SLACK = 2.0  # points by which ruled lines may miss each other


def _recognises(head: Head) -> bool:
    return head.start.startswith(_MAGIC)


def _read(file: Path, limits: Limits) -> Book:
    import pdfplumber  # noqa: PLC0415 - takes long to load, and only PDF needs it

    sheets: list[Sheet] = []
    written = False
    with file.open("rb") as stream, pdfplumber.open(stream) as document:
        if len(document.pages) > limits.pages:
            raise SheetError(f"the PDF has more than {limits.pages} pages; split it")
        for page in document.pages:
            written = written or bool(page.chars)
            for found in _tables(page.dedupe_chars()):
                _add(sheets, found)
                limits.check_shape(len(sheets[-1].records), max(len(r.cells) for r in sheets[-1].records))
            page.close()
    if not sheets:
        reason = "no table with ruled lines" if written else "no text: it is a scan, and pictures are not read"
        raise NoTableError(f"the PDF holds {reason}")
    named = tuple(replace(sheet, name=f"Bảng {number}") for number, sheet in enumerate(sheets, start=1))
    limits.check_count(len(named))
    return Book(sheets=named)


def _tables(page: Any) -> Iterator[Sheet]:
    """The tables of a page from top to bottom, with the lines of text between them."""
    found = sorted(page.find_tables(), key=lambda table: table.bbox[1])
    lines = [(line["top"], " ".join(line["text"].split())) for line in _beside(page, found).extract_text_lines()]
    bottom = 0.0
    for number, table in enumerate(found):
        _, top, _, end = table.bbox
        after = found[number + 1].bbox[1] if number + 1 < len(found) else page.height
        above = [text for at, text in lines if bottom <= at < top]
        below = [text for at, text in lines if end <= at < after]
        bottom = end
        records, merged = _records(table)
        if len(records) > 0 and max(len(record.cells) for record in records) > 1:
            yield Sheet(records=records, above=tuple(above), below=tuple(below), merged=merged)


def _beside(page: Any, tables: Sequence[Any]) -> Any:
    """The page without what stands in ``tables``."""
    boxes = [table.bbox for table in tables]

    def outside(thing: Any) -> bool:
        across, down = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
        return not any(x0 <= across <= x1 and top <= down <= bottom for x0, top, x1, bottom in boxes)

    return page.filter(outside)


def _records(table: Any) -> tuple[tuple[Record, ...], bool]:
    """Rows by the upper edges of cells, columns by their left ones; a cell covers all whose middle lies in it."""
    lefts, tops = _edges(cell[0] for cell in table.cells), _edges(cell[1] for cell in table.cells)
    across, down = _middles(lefts, table.bbox[2]), _middles(tops, table.bbox[3])
    grid = [[""] * len(lefts) for _ in tops]
    areas = []
    texts = {cell: text for row, line in zip(table.rows, table.extract(), strict=True)
             for cell, text in zip(row.cells, line, strict=True) if cell}  # fmt: skip
    for cell, text in texts.items():
        columns = [at for at, middle in enumerate(across) if cell[0] <= middle <= cell[2]]
        rows = [at for at, middle in enumerate(down) if cell[1] <= middle <= cell[3]]
        if not columns or not rows:
            continue
        grid[rows[0]][columns[0]] = " ".join((text or "").split())
        if len(columns) > 1 or len(rows) > 1:
            areas.append(Area(top=rows[0], left=columns[0], bottom=rows[-1], right=columns[-1]))
    return tuple(fill_areas(enumerate(grid), areas)), bool(areas)


def _edges(positions: Iterator[float]) -> list[float]:
    edges: list[float] = []
    for position in sorted(positions):
        if not edges or position - edges[-1] > _SLACK:
            edges.append(position)
    return edges


def _middles(edges: Sequence[float], end: float) -> list[float]:
    return [(edge + following) / 2 for edge, following in zip(edges, [*edges[1:], end], strict=True)]


def _add(sheets: list[Sheet], found: Sheet) -> None:
    """Append a table, or its rows to the last one when it is that one's continuation on the next page."""
    if sheets and _continues(found, sheets[-1]):
        last = sheets[-1]
        offset = last.records[-1].line
        more = (replace(record, line=record.line + offset) for record in found.records)
        sheets[-1] = replace(last, records=(*last.records, *more), below=notes_of(found.below))
    else:
        sheets.append(replace(found, above=caption_of(found.above), below=notes_of(found.below)))


def _continues(found: Sheet, last: Sheet) -> bool:
    """Nothing but page numbers stands between, and it is as wide – or it repeats the headings."""
    if len(found.records[0].cells) != len(last.records[0].cells):
        return False
    if found.records[0].cells == last.records[0].cells:
        return not last.below
    return not last.below and all(map(is_page_number, found.above))


FORMAT = Format(name="a PDF file", recognises=_recognises, read=_read)
