"""How a table drifts from one version to the next: columns added, removed, renamed, retyped, most rows gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from hashlib import sha256
from typing import Any

from bot.core.figures import is_missing, parse_number
from bot.core.personal_values import MASK, looks_like_date
from bot.core.text import fold

SAMPLED = 1000
"""The rows from the beginning that tell what a column holds."""
_MARKS = 24
"""How many values of a column are remembered, by their hashes: the smallest ones, so that two samples compare."""
_ALIKE = 0.8
"""From which likeness of names on a column was renamed wherever it stands …"""
_RATHER = 0.5
"""… and from which on when it stands where it stood; also the share of values that two columns have in common."""
_TYPED = 0.9
"""The share of the filled cells that must be numbers (or dates) for the column to be of numbers (or dates)."""
_COLLAPSED = 0.5
"""A table with less than half of its rows is worth a word: a file that grows by periods loses none, one that is begun
anew each year loses nearly all, and what is lost in between is the usual correction of a list."""
_FEWEST = 10
"""Rows below which the loss of some is no sign."""


class ColumnType(StrEnum):
    """What most cells of a column are."""

    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    EMPTY = "empty"


class DriftKind(StrEnum):
    """What happened to a column, or to a table."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    RETYPED = "retyped"
    COLLAPSED = "collapsed"
    TABLE_ADDED = "table added"
    TABLE_REMOVED = "table removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShape:
    """A column without its rows: name, type, and marks of some of its values (the smallest of their hashes)."""

    name: str
    type: ColumnType
    marks: frozenset[str] = frozenset()

    def to_document(self) -> dict[str, Any]:
        """This as JSON."""
        return {"name": self.name, "type": self.type, "marks": sorted(self.marks)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """A table without its rows. ``title`` is what its file prints above it."""

    title: str
    columns: tuple[ColumnShape, ...]
    row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that changed; ``before`` and ``after`` are names, types or numbers of rows, empty where nothing was."""

    kind: DriftKind
    table: str
    column: str = ""
    before: str = ""
    after: str = ""

    @property
    def sentence(self) -> str:
        """It in words, for an operator."""
        where = f" of {self.table!r}" if self.table else ""
        table = f"the table {self.table!r}" if self.table else "a table without a title"
        return {
            DriftKind.ADDED: f"column {self.column!r}{where} is new",
            DriftKind.REMOVED: f"column {self.column!r}{where} is gone",
            DriftKind.RENAMED: f"column {self.before!r}{where} is now called {self.after!r}",
            DriftKind.RETYPED: f"column {self.column!r}{where} held {self.before}, now it holds {self.after}",
            DriftKind.COLLAPSED: f"{table} had {self.before} rows, now it has {self.after}",
            DriftKind.TABLE_ADDED: f"{table} is new",
            DriftKind.TABLE_REMOVED: f"{table} is gone",
        }[self.kind]


def shape_columns(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[ColumnShape, ...]:
    """The shapes of ``columns``, going by ``rows``, of which the first :data:`SAMPLED` are enough."""
    return tuple(
        _shape(name, [row[at] for row in rows if at < len(row) and not is_missing(row[at])])
        for at, name in enumerate(columns)
    )


def read_shape(document: Mapping[str, Any]) -> ColumnShape:
    """The shape of :meth:`ColumnShape.to_document`."""
    return ColumnShape(name=document["name"], type=ColumnType(document["type"]), marks=frozenset(document["marks"]))


def compare(before: Sequence[TableShape], after: Sequence[TableShape]) -> tuple[Drift, ...]:
    """How the tables of a dataset drifted. Tables are the same by their titles, the others by their order."""
    pairs, lost, new = _pair(before, after)
    found = [drift for old, young in pairs for drift in _compare_tables(old, young)]
    found += [Drift(kind=DriftKind.TABLE_REMOVED, table=table.title) for table in lost]
    found += [Drift(kind=DriftKind.TABLE_ADDED, table=table.title) for table in new]
    return tuple(found)


def _shape(name: str, cells: Sequence[str]) -> ColumnShape:
    marks = sorted({sha256(cell.encode()).hexdigest()[:8] for cell in cells if cell != MASK})[:_MARKS]
    return ColumnShape(name=name, type=_type(cells), marks=frozenset(marks))


def _type(cells: Sequence[str]) -> ColumnType:
    known = [cell for cell in cells if cell != MASK]
    if not known:
        return ColumnType.TEXT if cells else ColumnType.EMPTY
    least = _TYPED * len(known)
    if sum(parse_number(cell) is not None for cell in known) >= least:
        return ColumnType.NUMBER
    return ColumnType.DATE if sum(map(looks_like_date, known)) >= least else ColumnType.TEXT


def _pair(
    before: Sequence[TableShape], after: Sequence[TableShape]
) -> tuple[list[tuple[TableShape, TableShape]], list[TableShape], list[TableShape]]:
    old, young = list(before), list(after)
    pairs = []
    for table in before:
        same = next((other for other in young if table.title and fold(other.title) == fold(table.title)), None)
        if same is not None:
            pairs.append((table, same))
            old.remove(table)
            young.remove(same)
    both = min(len(old), len(young))
    return [*pairs, *zip(old, young, strict=False)], old[both:], young[both:]


def _compare_tables(before: TableShape, after: TableShape) -> Iterable[Drift]:
    table = after.title or before.title
    old = {column.name: (at, column) for at, column in reversed(list(enumerate(before.columns)))}
    young = {column.name: (at, column) for at, column in reversed(list(enumerate(after.columns)))}
    gone = [old[name] for name in dict.fromkeys(column.name for column in before.columns) if name not in young]
    new = [young[name] for name in dict.fromkeys(column.name for column in after.columns) if name not in old]
    for name in dict.fromkeys(column.name for column in before.columns):
        if name in young:
            yield from _retyped(table, old[name][1], young[name][1])
    for was in gone:
        successor = max(new, key=lambda one: _likeness(was, one), default=None)
        if successor is None or _likeness(was, successor) == 0:
            yield Drift(kind=DriftKind.REMOVED, table=table, column=was[1].name, before=was[1].type)
            continue
        new.remove(successor)
        name = successor[1].name
        yield Drift(kind=DriftKind.RENAMED, table=table, column=name, before=was[1].name, after=name)
        yield from _retyped(table, was[1], successor[1])
    for _, column in new:
        yield Drift(kind=DriftKind.ADDED, table=table, column=column.name, after=column.type)
    if before.row_count >= _FEWEST and after.row_count < _COLLAPSED * before.row_count:
        yield Drift(kind=DriftKind.COLLAPSED, table=table, before=str(before.row_count), after=str(after.row_count))


def _retyped(table: str, before: ColumnShape, after: ColumnShape) -> Iterable[Drift]:
    if before.type != after.type and ColumnType.EMPTY not in (before.type, after.type):
        yield Drift(kind=DriftKind.RETYPED, table=table, column=after.name, before=before.type, after=after.type)


def _likeness(was: tuple[int, ColumnShape], now: tuple[int, ColumnShape]) -> float:
    """How likely the one column is the other under a new name; 0 when there is not enough to say so."""
    (place, old), (other_place, young) = was, now
    values = len(old.marks & young.marks) / max(1, len(old.marks | young.marks))
    names = SequenceMatcher(None, fold(old.name), fold(young.name)).ratio() if _same_digits(old, young) else 0.0
    if names < _ALIKE and not (place == other_place and old.type == young.type and max(names, values) >= _RATHER):
        return 0.0
    return names + values


def _same_digits(before: ColumnShape, after: ColumnShape) -> bool:
    """Columns of different years are different columns, however alike their names are."""
    return [c for c in before.name if c.isdigit()] == [c for c in after.name if c.isdigit()]
