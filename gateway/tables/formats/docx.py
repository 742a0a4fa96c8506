"""Word documents (.docx): every table with the paragraphs around it, merged cells known."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.tables.format import Format, Head
from gateway.tables.merging import Area, fill_areas
from gateway.tables.sheet import Book, Limits, NoTableError, Sheet
from gateway.tables.surroundings import caption_of, notes_of

_DOCUMENT = "word/document.xml"


def _recognises(head: Head) -> bool:
    return _DOCUMENT in head.parts


def _read(file: Path, limits: Limits) -> Book:
    import docx  # noqa: PLC0415 - only documents need it
    from docx.table import Table  # noqa: PLC0415 - same

    sheets: list[Sheet] = []
    lines: list[str] = []
    with file.open("rb") as stream:
        parts = docx.Document(stream).iter_inner_content()
    for part in parts:
        if isinstance(part, Table):
            if sheets:
                sheets[-1] = replace(sheets[-1], below=notes_of(lines))
            sheets.append(_sheet(part._tbl, caption_of(lines), len(sheets) + 1, limits))  # noqa: SLF001 - rows with spans
            lines = []
        else:
            lines.append(_text(part._p))  # noqa: SLF001 - with tracked insertions, which .text leaves out
    if sheets:
        sheets[-1] = replace(sheets[-1], below=notes_of(lines))
    tables = tuple(sheet for sheet in sheets if _is_table(sheet))
    if not tables:
        raise NoTableError("the document holds no table")
    limits.check_count(len(tables))
    return Book(sheets=tables)


def _is_table(sheet: Sheet) -> bool:
    """A single row or column only arranges text on the page."""
    return len(sheet.records) > 1 and max(record.extent for record in sheet.records) > 1


def _sheet(table: Any, above: tuple[str, ...], number: int, limits: Limits) -> Sheet:
    rows: list[tuple[int, list[str]]] = []
    areas: dict[int, Area] = {}  # the last area that begins in a column
    closed: list[Area] = []
    for line, row in enumerate(table.tr_lst):
        cells: list[str] = [""] * row.grid_before
        for cell in row.tc_lst:
            left, right = len(cells), len(cells) + cell.grid_span - 1
            limits.check_shape(line, right + 1)
            continued = cell.vMerge == "continue" and left in areas
            top = areas[left].top if continued else line
            if left in areas and not continued:
                closed.append(areas[left])
            areas[left] = Area(top=top, left=left, bottom=line, right=right)
            cells.extend(["" if continued else _text(cell), *[""] * (right - left)])
        rows.append((line, cells))
    merged = [area for area in (*closed, *areas.values()) if area.right > area.left or area.bottom > area.top]
    records = tuple(fill_areas(rows, merged))
    return Sheet(name=f"Bảng {number}", records=records, above=above, merged=bool(merged))


def _text(element: Any) -> str:
    """The text of an element, paragraphs and line breaks as lines; deleted text that is still tracked is not there."""
    return "".join(_pieces(element)).strip()


def _pieces(element: Any) -> Iterator[str]:
    for node in element.iter():
        tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if tag == "t":
            yield node.text or ""
        elif tag in {"p", "br"}:
            yield "\n"
        elif tag == "tab":
            yield " "


FORMAT = Format(name="a Word document", recognises=_recognises, read=_read)
