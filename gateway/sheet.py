"""Read a CSV file as records: encoding checked, delimiter found out, size limited, every record with its line."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from bot.core.errors import TracuuError

MOST_BYTES = 100 * 2**20
MOST_ROWS = 1_000_000
_DELIMITERS = ",;\t"
_SAMPLED = 64


class SheetError(TracuuError):
    """A file that cannot be read as a sheet; the sentence says where and why, but does not name the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: the ``line`` it begins in (1 = first) and its cells without surrounding blanks."""

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(map(bool, self.cells))


def read_records(file: Path, *, most_bytes: int = MOST_BYTES, most_rows: int = MOST_ROWS) -> list[Record]:
    """The records of ``file`` that are not blank: a header and at most ``most_rows`` more. Raises SheetError."""
    raw = _read(file, most_bytes)
    try:
        records = _parse(raw, _find_delimiter(raw), most_rows)
    except UnicodeDecodeError as error:
        raise SheetError(_say_where(raw)) from error
    if not records:
        raise SheetError("the file is empty")
    return records


def _read(file: Path, most: int) -> bytes:
    try:
        if not file.is_file():
            raise SheetError("there is no such file")
        with file.open("rb") as stream:
            raw = stream.read(most + 1)
    except OSError as error:
        raise SheetError(f"the file cannot be read ({error.strerror})") from error
    if len(raw) > most:
        raise SheetError(f"the file is larger than {most // 2**20} MB; split it")
    nul = raw.find(0)
    if nul >= 0:
        raise SheetError(f"line {_line(raw, nul)} holds a NUL character: not a CSV file in UTF-8")
    return raw


def _say_where(raw: bytes) -> str:
    """Decoding in one piece tells the place; reading piece by piece takes less memory, so it comes first."""
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return f'line {_line(raw, error.start)} is not in UTF-8; save the file as "CSV UTF-8"'
    raise AssertionError("unreachable: reading it piece by piece failed")


def _line(raw: bytes, position: int) -> int:
    return raw.count(b"\n", 0, position) + 1


def _open(raw: bytes) -> TextIO:
    return io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")


def _find_delimiter(raw: bytes) -> str:
    """The delimiter that gives the most records of one width, then the wider ones; a comma when none does."""
    return max(_DELIMITERS, key=lambda delimiter: _regularity(raw, delimiter))


def _regularity(raw: bytes, delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        for cells in islice(csv.reader(_open(raw), delimiter=delimiter), _SAMPLED):
            widths[len(cells)] += 1
    except csv.Error:
        return (0, 0)
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))


def _parse(raw: bytes, delimiter: str, most: int) -> list[Record]:
    records: list[Record] = []
    reader = csv.reader(_open(raw), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            record = Record(line=line, cells=tuple(map(str.strip, cells)))
            line = reader.line_num + 1
            if not record.filled:
                continue
            if len(records) > most:
                raise SheetError(f"the file has more than {most} rows; split it")
            records.append(record)
    except csv.Error as error:
        raise SheetError(f"the record that begins in line {line} is not CSV ({error})") from error
    return records
