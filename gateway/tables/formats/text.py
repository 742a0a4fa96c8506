"""Delimited text (CSV): encoding and delimiter found out, every record with its line."""

import csv
import re
from collections import Counter
from itertools import islice
from pathlib import Path

from gateway.tables.encoding import Text, decode
from gateway.tables.format import Format, Head
from gateway.tables.sheet import Book, Limits, Record, Sheet, SheetError

_DELIMITERS = ",;\t|"
_SAMPLED = 64
_HINT = re.compile(r"sep=[,;|]?", re.IGNORECASE)
"""The first line by which a file tells Excel its delimiter."""
_MARKUP = (b"<!doctype", b"<?xml")


def _recognises(head: Head) -> bool:
    return not head.binary and not head.markup and not head.json


def _read(file: Path, limits: Limits) -> Book:
    raw = file.read_bytes()
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower().replace(b" ", b"").startswith(_MARKUP):
        raise SheetError("the file is XML, not a table; save it as CSV or XLSX")
    text = decode(raw)
    records = _parse(text, _find_delimiter(text), limits)
    if records and _HINT.fullmatch("".join(records[0].cells)):
        records = records[1:]
    if not records:
        raise SheetError("the file is empty")
    notices = (f"it is not in UTF-8, but read as {text.guessed} (guessed from its words)",) if text.guessed else ()
    return Book(sheets=(Sheet(records=records, ragged=True),), notices=notices)


def _find_delimiter(text: Text) -> str:
    """The delimiter that gives the most records of one width, then the wider ones; a comma when none does."""
    return max(_DELIMITERS, key=lambda delimiter: _regularity(text, delimiter))


def _regularity(text: Text, delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        for cells in islice(csv.reader(text.open(), delimiter=delimiter), _SAMPLED):
            widths[len(cells)] += 1
    except csv.Error:
        return (0, 0)
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))


def _parse(text: Text, delimiter: str, limits: Limits) -> list[Record]:
    records: list[Record] = []
    reader = csv.reader(text.open(), delimiter=delimiter, strict=True)
    known: dict[str, str] = {}  # tables repeat themselves: each text is kept once
    line = 1
    try:
        for cells in reader:
            record = Record(line=line, cells=tuple(known.setdefault(c, c) for c in map(str.strip, cells)))
            line = reader.line_num + 1
            if not any(record.cells):
                continue
            limits.check_shape(len(records), len(record.cells))
            records.append(record)
    except csv.Error as error:
        raise SheetError(f"the record that begins in line {line} is not CSV ({error})") from error
    return records


FORMAT = Format(name="a text file", recognises=_recognises, read=_read)
