"""What a file format yields: sheets of records, before anybody asks where their headings are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.errors import TracuuError

MIB = 2**20


class SheetError(TracuuError):
    """A file whose tables cannot be read; the sentence says where and why, but does not name the file."""


class NoTableError(SheetError):
    """A sound file that holds no table to read: a scan, prose, a format without tables. It may still be published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is read.

    ``unpacked`` bounds what the parts of a zipped format may become together, ``part`` each of those that are held in
    memory as a whole: all but the worksheets of a workbook. ``cells`` bounds a whole table, ``longest`` the characters
    of one cell: Excel allows 32,767.
    """

    bytes: int = 200 * MIB
    unpacked: int = 1024 * MIB
    part: int = 128 * MIB
    rows: int = 1_000_000
    columns: int = 500
    pages: int = 300
    sheets: int = 100
    cells: int = 20_000_000
    longest: int = 100_000

    def check_size(self, size: int) -> None:
        """Raises SheetError for a file of ``size`` bytes that is too large."""
        if size > self.bytes:
            raise SheetError(f"the file is larger than {self.bytes // MIB} MB; split it")

    def check_part(self, size: int) -> None:
        """Raises SheetError for a file of ``size`` bytes that has to be held in memory as a whole and is too large."""
        if size > self.part:
            raise SheetError(f"the file is larger than {self.part // MIB} MB, too large for this format; split it")

    def check_count(self, sheets: int) -> None:
        """Raises SheetError for a file with more than the allowed ``sheets`` or tables."""
        if sheets > self.sheets:
            raise SheetError(f"the file has more than {self.sheets} sheets or tables; split it")

    def check_shape(self, rows: int, columns: int) -> None:
        """Raises SheetError for a sheet (header and ``rows`` below it) that is too long or too wide."""
        if rows > self.rows:
            raise SheetError(f"the file has more than {self.rows} rows; split it")
        if columns > self.columns:
            raise SheetError(f"the file has more than {self.columns} columns; publish fewer")

    def excess(self, columns: int, rows: Iterable[Sequence[str]], count: int) -> str:
        """Why a table of ``columns`` with ``count`` ``rows`` is too much to be kept, empty when it is not."""
        if count > self.rows:
            return f"it has more than {self.rows} rows"
        if columns > self.columns:
            return f"it has more than {self.columns} columns"
        if columns * count > self.cells:
            return f"it has {columns * count} cells, more than {self.cells}"
        if any(len(cell) > self.longest for row in rows for cell in row):
            return f"a cell has more than {self.longest} characters"
        return ""


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: the ``line`` it begins in (1 = first) and its cells without surrounding blanks.

    ``copied`` are the positions whose text is that of a merged cell which begins further left or above;
    ``spread`` those of them whose cell begins further left in the same record.
    """

    line: int
    cells: tuple[str, ...]
    copied: frozenset[int] = frozenset()
    spread: frozenset[int] = frozenset()

    @property
    def filled(self) -> int:
        """How many cells hold something; a cell merged over several columns counts once."""
        return sum(map(bool, self.cells)) - len(self.spread)

    @property
    def extent(self) -> int:
        """One more than the position of the last cell that holds something."""
        return next((at + 1 for at in range(len(self.cells) - 1, -1, -1) if self.cells[at]), 0)

    def lines(self) -> tuple[str, ...]:
        """What is written in it as lines of text, a merged cell once."""
        return tuple(" ".join(cell.split()) for at, cell in enumerate(self.cells) if cell and at not in self.copied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A grid of records, none of them blank, with what is printed around it.

    ``name`` is what the file calls it (empty for a file that is one sheet), ``above`` and ``below`` the lines of text
    before and behind it. ``merged`` says that merged cells are known, not to be guessed from blanks; ``ragged`` that
    records end with their last cell, so one that is longer than the header was torn apart.
    """

    records: Sequence[Record]
    name: str = ""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    merged: bool = False
    ragged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything that a file holds; ``notices`` are for the operator: what was guessed, what was left out."""

    sheets: tuple[Sheet, ...]
    notices: tuple[str, ...] = ()
