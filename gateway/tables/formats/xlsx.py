"""Excel workbooks (.xlsx, .xlsm): stored results of formulas, figures as their format prints them, merged cells."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
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
_HIDDEN = re.compile(rb"""<(?:\w+:)?col\b(?=[^>]*\bhidden=["'](?:1|true)["'])[^>]*>""")
_BOUND = re.compile(rb"""\b(min|max)=["'](\d{1,5})["']""")
_MOST_AREAS = 100_000
_LAST_ROW = 2**20
"""Excel has no row behind it; blank rows up to a made-up number would never end."""
_LAST_COLUMN = 2**14 - 1
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
            found = _scan(file, worksheet._worksheet_path)  # noqa: SLF001 - named nowhere else
            records = _records(worksheet, found, limits)
            notices.extend(f"sheet {worksheet.title}: {notice}" for notice in found.notices())
            sheets.append(Sheet(name=worksheet.title, records=records, merged=bool(found.areas)))
    return Book(sheets=tuple(sheet for sheet in sheets if sheet.records), notices=tuple(notices))


@dataclass(slots=True, kw_only=True)
class _Found:
    """What openpyxl does not tell: merged cells, formulas that nobody has computed, hidden columns (from 0)."""

    areas: list[Area] = field(default_factory=list)
    unstored: int = 0
    hidden: set[int] = field(default_factory=set)
    left_out: set[int] = field(default_factory=set)  # those of the hidden columns that hold something

    def shown_areas(self) -> list[Area]:
        """The merged cells by the columns that are shown."""
        if not self.hidden:
            return self.areas
        at = list(accumulate((column not in self.hidden for column in range(_LAST_COLUMN + 1)), initial=0))
        moved = (replace(area, left=at[area.left], right=at[area.right + 1] - 1) for area in self.areas)
        return [area for area in moved if area.right >= area.left]

    def notices(self) -> Iterator[str]:
        if self.left_out:
            from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

            names = [get_column_letter(column + 1) for column in sorted(self.left_out)]
            yield f"hidden columns are not loaded: {', '.join(names[:10])}"
        if self.unstored:
            yield (
                f"{self.unstored} formulas have no stored result and stay empty; "
                "open the file in a spreadsheet program and save it"
            )


def _hidden(workbook: Any) -> Iterator[str]:
    hidden = [sheet.title for sheet in workbook.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        yield f"hidden sheets are not loaded: {', '.join(hidden[:10])}"


def _records(worksheet: Any, found: _Found, limits: Limits) -> tuple[Record, ...]:
    worksheet.reset_dimensions()  # what a file says about its own size is not to be trusted
    return tuple(fill_areas(_rows(worksheet, found, limits), found.shown_areas()))


def _rows(worksheet: Any, found: _Found, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    known: dict[str, str] = {}
    filled = -1  # the header is none of the rows
    for number, row in enumerate(worksheet.iter_rows()):
        if number == _LAST_ROW:
            raise SheetError(f"the workbook numbers a row beyond {_LAST_ROW}, which no sheet has")
        texts = [print_cell(cell.value, cell.number_format).strip() if cell.value is not None else "" for cell in row]
        if found.hidden:
            found.left_out.update(at for at, text in enumerate(texts) if text and at in found.hidden)
            texts = [text for at, text in enumerate(texts) if at not in found.hidden]
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


def _scan(file: Path, part: str) -> _Found:
    found = _Found()
    areas: dict[tuple[bytes, ...], Area] = {}
    with zipfile.ZipFile(file) as archive, archive.open(part.lstrip("/")) as stream:
        kept = b""
        while chunk := stream.read(_CHUNK):
            piece = kept + chunk
            end = 0
            for formula in _UNSTORED.finditer(piece):
                found.unstored += 1
                end = formula.end()
            for area in _MERGED.finditer(piece):
                areas[area.groups()] = _area(*area.groups())
            for column in _HIDDEN.findall(piece):
                found.hidden |= _columns(column)
            if len(areas) > _MOST_AREAS:
                raise SheetError(f"the workbook has more than {_MOST_AREAS} merged cells in a sheet")
            kept = piece[max(end, len(piece) - _OVERLAP) :]
    found.areas = [area for area in areas.values() if area.right <= _LAST_COLUMN]
    return found


def _columns(element: bytes) -> set[int]:
    bounds = {name: int(number) for name, number in _BOUND.findall(element)}
    return set(range(bounds.get(b"min", 1) - 1, min(bounds.get(b"max", 0), _LAST_COLUMN + 1)))


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> Area:
    return Area(top=int(top) - 1, left=_column(left), bottom=int(bottom) - 1, right=_column(right))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


FORMAT = Format(name="an Excel workbook", recognises=_recognises, read=_read)
