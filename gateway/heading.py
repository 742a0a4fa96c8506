"""Which column of a catalogue file is what: the names of the contract and the printed headings of annexes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.toml_file import read_toml

Words = tuple[str, ...]

COLUMNS = (
    "province", "title", "code", "theme", "publisher", "description", "fields", "update_frequency", "format", "licence",
    "url", "issued_at", "published_at", "changed_at", "resources",
    "due_offset_days", "due_unit", "decision", "owner", "number", "contact", "public", "not_public",
)  # fmt: skip
"""Every column that a catalogue file may have."""
_BEGINNING = " …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the columns of one file stand; ``unused`` are the headings that mean nothing here, as printed."""

    positions: Mapping[str, int]
    unused: tuple[str, ...]

    def pick(self, cells: Sequence[str], column: str) -> str:
        """The cell of ``column``; empty when the file has no such column or the row ends before it."""
        position = self.positions.get(column, len(cells))
        return cells[position] if position < len(cells) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """What headings mean, folded: ``whole`` ones, and ``beginnings`` of longer ones."""

    whole: Mapping[Words, str]
    beginnings: Mapping[Words, str]

    def lay_out(self, header: Sequence[str]) -> Layout:
        """The layout of a file with that header row; a column that comes twice counts once."""
        positions: dict[str, int] = {}
        meanings = [self.understand(heading) for heading in header]
        for certain in (True, False):
            for position, (column, whole) in enumerate(meanings):
                if column and whole == certain:
                    positions.setdefault(column, position)
        unused = (heading for position, heading in enumerate(header) if position not in positions.values())
        return Layout(positions=positions, unused=tuple(filter(None, unused)))

    def understand(self, heading: str) -> tuple[str, bool]:
        """The column that ``heading`` means ("" = none), and whether as a whole, not only by its beginning."""
        words = tokens(heading)
        if words in self.whole:
            return self.whole[words], True
        longest = max((b for b in self.beginnings if words[: len(b)] == b), key=len, default=None)
        return (self.beginnings[longest] if longest else ""), False


def load_headings(file: Path, columns: Sequence[str] = COLUMNS) -> Headings:
    """Read such as ``data/catalogue/headings.toml``, of ``columns``. Raises ContentError with the first bad heading."""
    rows = read_toml(file)
    whole: dict[Words, str] = {tokens(column): column for column in columns}
    beginnings: dict[Words, str] = {}
    for column, headings in rows.items():
        if column not in columns or not isinstance(headings, list):
            raise ContentError(file.name, column, "is not a column with a list of headings")
        for heading in headings:
            known = beginnings if str(heading).endswith(_BEGINNING) else whole
            words = tokens(str(heading))
            if not words or known.setdefault(words, column) != column:
                raise ContentError(file.name, column, f"{heading!r} is empty or already means another column")
    return Headings(whole=whole, beginnings=beginnings)
