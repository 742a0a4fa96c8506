"""Older workbooks (.xls), binary ones (.xlsb) and OpenDocument (.ods). They come without number formats."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.tables.format import Format, Head
from gateway.tables.merging import Area, fill_areas
from gateway.tables.number_format import print_cell
from gateway.tables.sheet import Book, Limits, NoTableError, Sheet, SheetError

_OLE = b"\xd0\xcf\x11\xe0"
_WORD = "WordDocument".encode("utf-16-le")
_BINARY_WORKBOOK = "xl/workbook.bin"
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


def _recognises(head: Head) -> bool:
    open_document = "content.xml" in head.parts and _OPEN_DOCUMENT in head.start
    return head.start.startswith(_OLE) or _BINARY_WORKBOOK in head.parts or open_document


def _read(file: Path, limits: Limits) -> Book:
    import python_calamine  # noqa: PLC0415 - only these formats need it

    try:
        with python_calamine.CalamineWorkbook.from_path(file) as workbook:
            visible = python_calamine.SheetVisibleEnum.Visible
            names = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == visible]
            limits.check_count(len(names))
            sheets = tuple(_sheet(workbook.get_sheet_by_name(name), limits) for name in names)
    except python_calamine.PasswordError as error:
        raise SheetError("the file is locked with a password") from error
    except python_calamine.CalamineError as error:
        if _WORD in file.read_bytes():
            raise NoTableError(
                "the file is an old Word document (.doc), which is not read; save it as .docx"
            ) from error
        raise
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # how a fault of the reader's Rust code arrives
            raise SheetError("the file is damaged: it cannot be read as a workbook") from None
        raise
    return Book(sheets=tuple(sheet for sheet in sheets if sheet.records))


def _sheet(sheet: Any, limits: Limits) -> Sheet:
    limits.check_shape(sheet.height - 1, sheet.width)
    # rows come from the top of the sheet, columns from the first filled one
    first = sheet.start[1] if sheet.start else 0
    ranges = sheet.merged_cell_ranges or ()
    areas = [Area(top=a, left=b - first, bottom=c, right=d - first) for (a, b), (c, d) in ranges if b >= first]
    records = tuple(fill_areas(_rows(sheet), areas))
    return Sheet(name=sheet.name, records=records, merged=bool(areas))


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(sheet.iter_rows()):
        yield number, [print_cell(value).strip() for value in row]


FORMAT = Format(name="a workbook (.xls, .xlsb, .ods)", recognises=_recognises, read=_read)
