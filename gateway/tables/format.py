"""The contract of a file format that holds tables.

A format is one file in ``gateway/tables/formats/`` that exposes ``FORMAT``. It turns a file into sheets of records;
finding titles, headings, rows and notes (``grid.py``) and old letters (``repair.py``) follow from being found.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.plugins import find_plugins
from gateway.tables import formats
from gateway.tables.sheet import MIB, Book, Limits, NoTableError, SheetError

_HEAD = 4096
_PAGES = (b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<div")
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")
_STREAMED = "xl/worksheets/"
_ZIP = b"PK\x03\x04"
_BINARY = {
    b"%PDF": "a PDF file",
    b"\xd0\xcf\x11\xe0": "an old Office file without a sheet, such as .doc; save it as .docx",
    _ZIP: "an archive without a table; unpack it first",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"Rar!": "a RAR archive; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"\x1f\x8b": "a gzip archive; unpack it first",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What tells formats apart: the first bytes of a file, and the names of its parts when it is zipped."""

    start: bytes
    parts: frozenset[str] = frozenset()

    @property
    def markup(self) -> bool:
        """Whether it is a web page, whatever its name: portals call pages with a table ".xls"."""
        return self.start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES)

    @property
    def json(self) -> bool:
        """Whether it begins as JSON with rows does: an object, or a list of objects or lists."""
        return bool(_JSON.match(self.start))

    @property
    def binary(self) -> str:
        """What kind of file begins so, empty when it may be a text."""
        return next((kind for magic, kind in _BINARY.items() if self.start.startswith(magic)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A file format. ``name`` stands in sentences ("an Excel workbook").

    ``recognises`` judges by content, never by the name of the file, and at most one format recognises a file.
    ``read`` yields the sheets or raises SheetError; whatever else a library raises means that the file is damaged.
    """

    name: str
    recognises: Callable[[Head], bool]
    read: Callable[[Path, Limits], Book]


@cache
def find_formats() -> tuple[Format, ...]:
    """Every format, in the order of its module's name."""
    return find_plugins(formats, "FORMAT", Format)


def read_book(file: Path, limits: Limits) -> Book:
    """The sheets of ``file``. Raises SheetError with one sentence."""
    head = _look_into(file, limits)
    form = next((form for form in find_formats() if form.recognises(head)), None)
    if form is None:
        raise NoTableError(f"the file is {head.binary}")
    try:
        return form.read(file, limits)
    except SheetError:
        raise
    except Exception as error:
        raise SheetError(f"the file is damaged: it begins like {form.name}, but cannot be read as one") from error


def _look_into(file: Path, limits: Limits) -> Head:
    try:
        if not file.is_file():
            raise SheetError("there is no such file")
        limits.check_size(file.stat().st_size)
        with file.open("rb") as stream:
            start = stream.read(_HEAD)
        return Head(start=start, parts=_parts(file, limits) if start.startswith(_ZIP) else frozenset())
    except OSError as error:
        raise SheetError(f"the file cannot be read ({error.strerror})") from error


def _parts(file: Path, limits: Limits) -> frozenset[str]:
    """The names in an archive whose parts, unpacked, stay within the limit. What a header understates is not read."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise SheetError("the file is a damaged archive: it cannot be unpacked") from error
    whole = max((entry.file_size for entry in entries if not entry.filename.startswith(_STREAMED)), default=0)
    for size, limit in ((sum(entry.file_size for entry in entries), limits.unpacked), (whole, limits.part)):
        if size > limit:
            raise SheetError(f"the file would take more than {limit // MIB} MB unpacked; split it")
    if any(entry.flag_bits & 1 for entry in entries):
        raise SheetError("the file is locked with a password")
    return frozenset(entry.filename for entry in entries)
