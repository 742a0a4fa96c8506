"""Excel workbooks (.xlsx, .xlsm): stored results of formulas, figures as their format prints them, merged cells."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.tables.format import Format, Head
from gateway.tables.merging import Area, fill_areas
from gateway.tables.number_format import print_cell
from gateway.tables.sheet import Book, Limits, Record, Sheet, SheetError

_WORKBOOK = "xl/workbook.xml"
_CHUNK = 2**20
_OVERLAP = 2**16
_MERGED = re.compile(rb"""mergeCell\b[^>]*?\bref=["']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)["']""")
_UNSTORED = re.compile(
    rb"""<(?:\w+:)?c\b(?![^>]*\bt=["']str["'])[^>]*>"""  # a text may well be empty, a figure not
    rb"""<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"""
)
_MOST_AREAS = 100_000
_LAST_ROW = 2**20
"""Excel has no row behind it; blank rows up to a made-up number would never end."""
_ASIDE = {b"<!--": b"-->", b"<?": b"?>"}
_OPENING = re.compile(rb"<!--|<\?|<!DOCTYPE")


def _recognises(head: Head) -> bool:
    return _WORKBOOK in head.parts


def _read(file: Path, limits: Limits) -> Book:
    import openpyxl  # noqa: PLC0415 - loading it takes longer than most CSV files

    _check_pieces(file)
    with file.open("rb") as stream:  # given a path, it judges by the name of the file
        workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        shown = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        limits.check_count(len(shown))
        notices = list(_hidden(workbook))
        sheets: list[Sheet] = []
        for worksheet in shown:
            areas, unstored = _scan(file, worksheet._worksheet_path)  # noqa: SLF001 - named nowhere else
            if unstored:
                notices.append(
                    f"sheet {worksheet.title}: {unstored} formulas have no stored result and stay empty; "
                    "open the file in a spreadsheet program and save it"
                )
            records = _records(worksheet, areas, limits)
            sheets.append(Sheet(name=worksheet.title, records=records, merged=bool(areas)))
    return Book(sheets=tuple(sheet for sheet in sheets if sheet.records), notices=tuple(notices))


def _hidden(workbook: Any) -> Iterator[str]:
    hidden = [sheet.title for sheet in workbook.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        yield f"hidden sheets are not loaded: {', '.join(hidden[:10])}"


def _records(worksheet: Any, areas: list[Area], limits: Limits) -> tuple[Record, ...]:
    worksheet.reset_dimensions()  # what a file says about its own size is not to be trusted
    return tuple(fill_areas(_rows(worksheet, limits), areas))


def _rows(worksheet: Any, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    known: dict[str, str] = {}
    filled = -1  # the header is none of the rows
    for number, row in enumerate(worksheet.iter_rows()):
        if number == _LAST_ROW:
            raise SheetError(f"the workbook numbers a row beyond {_LAST_ROW}, which no sheet has")
        texts = [print_cell(cell.value, cell.number_format).strip() if cell.value is not None else "" for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        filled += bool(texts)
        limits.check_shape(filled, len(texts))
        yield number, [known.setdefault(text, text) for text in texts]


def _check_pieces(file: Path) -> None:
    """Raises SheetError for XML with a piece that no program writes: its parser takes minutes for each such megabyte.

    These are remarks and attributes without end, and the entities of a DOCTYPE.
    """
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            with archive.open(name) as stream:
                kept = b""
                while name.endswith(".xml") and (chunk := stream.read(_CHUNK)):
                    piece = kept + chunk
                    if any(_is_endless(piece, found) for found in _OPENING.finditer(piece)) or (
                        len(chunk) == _CHUNK and b"<" not in chunk
                    ):
                        raise SheetError("the file is damaged: no spreadsheet program writes such XML")
                    kept = piece[-_OVERLAP:]


def _is_endless(piece: bytes, opening: re.Match[bytes]) -> bool:
    start, end = opening.start(), piece.find(_ASIDE.get(opening.group(), b"\0"), opening.end())
    return opening.group() not in _ASIDE or (end if end >= 0 else len(piece)) - start > _OVERLAP


def _scan(file: Path, part: str) -> tuple[list[Area], int]:
    """The merged cells of a sheet, and how many formulas nobody has computed: openpyxl does not tell."""
    areas: dict[tuple[bytes, ...], Area] = {}
    unstored = 0
    with zipfile.ZipFile(file) as archive, archive.open(part.lstrip("/")) as stream:
        kept = b""
        while chunk := stream.read(_CHUNK):
            piece = kept + chunk
            end = 0
            for found in _UNSTORED.finditer(piece):
                unstored += 1
                end = found.end()
            for found in _MERGED.finditer(piece):
                areas[found.groups()] = _area(*found.groups())
            if len(areas) > _MOST_AREAS:
                raise SheetError(f"the workbook has more than {_MOST_AREAS} merged cells in a sheet")
            kept = piece[max(end, len(piece) - _OVERLAP) :]
    return list(areas.values()), unstored


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> Area:
    return Area(top=int(top) - 1, left=_column(left), bottom=int(bottom) - 1, right=_column(right))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


FORMAT = Format(name="an Excel workbook", recognises=_recognises, read=_read)
