"""Files with tables, made on the spot: workbooks, documents and PDF pages of the shapes in which offices publish."""

import struct
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from docx import Document
from fpdf import FPDF
from openpyxl import Workbook

Cell = str | float | date | datetime | None
Rows = Sequence[Sequence[Cell]]
FONT = "DejaVuSans.ttf"


def write_xlsx(
    file: Path,
    sheets: dict[str, Rows],
    *,
    merged: Iterable[str] = (),
    formats: dict[str, str] | None = None,
    hidden: Iterable[str] = (),
) -> Path:
    """A workbook. ``merged`` ranges ("A1:B1") and number ``formats`` (by cell) are those of the first sheet."""
    workbook = Workbook()
    for number, (name, rows) in enumerate(sheets.items()):
        worksheet: Any = workbook.active if number == 0 else workbook.create_sheet()
        worksheet.title = name
        worksheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            worksheet.append(list(row))
    first: Any = workbook.worksheets[0]
    for area in merged:
        first.merge_cells(area)
    for cell, number_format in (formats or {}).items():
        first[cell].number_format = number_format
    workbook.save(file)
    return file


def write_docx(file: Path, parts: Sequence[str | Rows], *, merged: Sequence[tuple[int, int, int, int]] = ()) -> Path:
    """A document of paragraphs and tables. ``merged`` (top, left, bottom, right) are areas of its first table."""
    document = Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(rows=len(part), cols=max(map(len, part)))
        for line, row in enumerate(part):
            for column, cell in enumerate(row):
                table.cell(line, column).text = "" if cell is None else str(cell)
    tables = document.tables
    for top, left, bottom, right in merged:
        first, text = tables[0], tables[0].cell(top, left).text
        first.cell(top, left).merge(first.cell(bottom, right)).text = text
    document.save(str(file))
    return file


def font_file() -> Path:
    """A font with Vietnamese letters; matplotlib, which the project needs anyway, brings one."""
    import matplotlib  # noqa: ICN001

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / FONT


def write_pdf(
    file: Path, pages: Sequence[Sequence[str | Rows]], *, spans: dict[tuple[int, int], tuple[int, int]]
) -> Path:
    """A PDF of ruled tables between lines of text. ``spans`` (rows, columns) are those of cells of every table."""
    pdf = FPDF()
    pdf.add_font("sans", fname=str(font_file()))
    pdf.set_font("sans", size=9)
    for page in pages:
        pdf.add_page()
        for part in page:
            if isinstance(part, str):
                pdf.multi_cell(0, 6, part, new_x="LMARGIN", new_y="NEXT")
            else:
                _write_ruled(pdf, part, spans)
    pdf.output(str(file))
    return file


def _write_ruled(pdf: FPDF, rows: Rows, spans: dict[tuple[int, int], tuple[int, int]]) -> None:
    with pdf.table(first_row_as_headings=False) as table:
        for line, cells in enumerate(rows):
            row = table.row()
            for column, cell in enumerate(cells):
                if cell is None:
                    continue  # covered by a span
                down, across = spans.get((line, column), (1, 1))
                row.cell(str(cell), rowspan=down, colspan=across)


def write_xls(file: Path, rows: Rows, *, merged: Sequence[tuple[int, int, int, int]] = ()) -> Path:
    """A workbook of Excel 97 with one sheet; ``merged`` are areas (top, left, bottom, right)."""
    sheet = b"".join(_cell(line, column, cell) for line, row in enumerate(rows) for column, cell in enumerate(row))
    areas = b"".join(struct.pack("<4H", top, bottom, left, right) for top, left, bottom, right in merged)
    sheet = _beginning(0x10) + sheet + _biff(0xE5, struct.pack("<H", len(merged)) + areas) + _biff(0x0A)
    name = b"\x06\x00Trang1"
    before = len(_beginning(0x05)) + 4 + 6 + len(name) + 4
    index = _biff(0x85, struct.pack("<IH", before, 0) + name)
    file.write_bytes(_compound(_beginning(0x05) + index + _biff(0x0A) + sheet))
    return file


def _biff(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _beginning(kind: int) -> bytes:
    return _biff(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0x06))


def _cell(line: int, column: int, cell: Cell) -> bytes:
    if cell is None:
        return b""
    place = struct.pack("<HHH", line, column, 0)
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _biff(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
    assert isinstance(cell, float | int)
    return _biff(0x0203, place + struct.pack("<d", cell))


def _compound(stream: bytes) -> bytes:
    """A compound file with the one stream "Workbook", padded so that it needs no sectors of the small kind."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    chain = [table, end, *range(3, count + 2), end]  # sector 0 is this table, 1 the directory, then the stream
    allocation = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, child=1, start=end, size=0) + _entry("Workbook", 2, start=2, size=len(stream))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    return header + allocation + directory.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, *, child: int = 0xFFFFFFFF, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<3I", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
