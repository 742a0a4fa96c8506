"""Pieces of a page by Nghị định 30/2020/NĐ-CP: paragraphs, tables, short rules under a heading, the page number."""

from collections.abc import Sequence
from typing import Any

FONT = "Times New Roman"
BODY, SMALL, HEAD, IN_TABLE = 14, 13, 12, 11
"""Points: of the body, of motto and number, of the names of State and office, of tables."""
_INDENT = 10
_RULE = {"val": "single", "sz": "6", "space": "1", "color": "000000"}


def new_document() -> Any:
    """A python-docx document: A4, margins 20 mm above and below, 30 mm left, 15 mm right, the page number centred in
    the head from the second page on."""
    from docx import Document  # noqa: PLC0415 – loading it takes longer than the rest of the command
    from docx.shared import Mm, Pt  # noqa: PLC0415 – same

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    for script in ("eastAsia", "cs"):
        style.element.rPr.rFonts.set(_qualified(script), FONT)
    _number_pages(section)
    return document


def write(
    paragraph: Any,
    text: str,
    *,
    size: int = BODY,
    align: str = "left",
    bold: bool = False,
    italic: bool = False,
    before: int = 0,
    after: int = 0,
    indent: bool = False,
) -> Any:
    """Put ``text`` into an empty ``paragraph``; ``before`` and ``after`` are points. Returns the paragraph."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 – as above
    from docx.shared import Mm, Pt  # noqa: PLC0415 – as above

    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    layout = paragraph.paragraph_format
    layout.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.line_spacing = 1.0
    if indent:
        layout.first_line_indent = Mm(_INDENT)
    return paragraph


def add_rule(cell: Any, *, inset: int) -> None:
    """A thin line below what stands in ``cell``, ``inset`` millimetres shorter on each side."""
    from docx.shared import Mm, Pt  # noqa: PLC0415 – as above

    paragraph = write(cell.add_paragraph(), "", size=2)
    layout = paragraph.paragraph_format
    layout.left_indent = layout.right_indent = Mm(inset)
    layout.line_spacing = Pt(3)
    _within(paragraph._p.get_or_add_pPr(), "pBdr", {"top": _RULE})  # noqa: SLF001 – the library has no borders


def add_columns(document: Any, *widths: int) -> Sequence[Any]:
    """Cells beside each other without borders, ``widths`` in millimetres. Each holds one empty paragraph."""
    from docx.shared import Mm  # noqa: PLC0415 – as above

    table = document.add_table(rows=1, cols=len(widths))
    table.autofit = False
    cells: Sequence[Any] = table.rows[0].cells
    for column, cell, width in zip(table.columns, cells, widths, strict=True):
        column.width = cell.width = Mm(width)
    return cells


def add_table(document: Any, headings: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
    """A table with borders; its headings stand again on every page, and no row is torn apart."""
    from docx.shared import Mm  # noqa: PLC0415 – as above

    table = document.add_table(rows=0, cols=len(headings), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for line, texts in enumerate((headings, *rows)):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 – as above
        _within(properties, "cantSplit", {})
        if line == 0:
            _within(properties, "tblHeader", {})
        for cell, text in zip(row.cells, texts, strict=True):
            write(cell.paragraphs[0], text, size=IN_TABLE, bold=line == 0, align="center" if line == 0 else "left")


def _number_pages(section: Any) -> None:
    section.different_first_page_header_footer = True
    run = write(section.header.paragraphs[0], "", size=SMALL, align="center").runs[0]
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        _add_field(run, kind, code)


def _add_field(run: Any, kind: str, code: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 – as above

    element = OxmlElement("w:fldChar" if kind else "w:instrText")
    if kind:
        element.set(_qualified("fldCharType"), kind)
    else:
        element.text = code
    run._r.append(element)  # noqa: SLF001 – as above


def _within(parent: Any, name: str, children: dict[str, dict[str, str]]) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 – as above

    element = OxmlElement(f"w:{name}")
    for child, attributes in children.items():
        one = OxmlElement(f"w:{child}")
        for attribute, value in attributes.items():
            one.set(_qualified(attribute), value)
        element.append(one)
    parent.insert(0, element)  # where the schema wants it: before spacing and alignment


def _qualified(name: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415 – as above

    return str(qn(f"w:{name}"))
