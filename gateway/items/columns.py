"""How the columns of an annex are understood: by what they are told to be, by their headings, by their values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.text import tokens
from gateway.cell import CellError, read_date, tidy
from gateway.heading import Headings, Layout

SAMPLES = 3
"""Values that are shown of a column."""
_JUDGED = 200  # values that are looked at
_CONVINCING = 0.7
_FEWEST = 2
IGNORED = "–"
"""What --map calls a column that is to be left alone."""
PEOPLE = "contact"
"""The column with names of people: nothing of it is shown or kept."""


class Why(StrEnum):
    """Why a column is taken for what it is; the first are the surest."""

    TOLD = "told"
    HEADING = "heading"
    PART = "part"
    BEGINNING = "beginning"
    VALUES = "values"
    UNUSED = "unused"


SURENESS: Mapping[Why, float] = {
    Why.TOLD: 1.0,
    Why.HEADING: 1.0,
    Why.PART: 0.9,
    Why.BEGINNING: 0.8,
    Why.VALUES: 0.5,
    Why.UNUSED: 0.0,
}
"""How sure each reason makes, in 0…1: a rank for people, not a frequency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a column: ``text`` as a whole, ``lines`` of it from the top down where several rows make it."""

    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnReading:
    """How one column is understood: as ``column`` ("" = unused), ``why``, with some of its values."""

    position: int
    heading: str
    column: str
    why: Why
    samples: tuple[str, ...] = ()

    @property
    def sure(self) -> float:
        """How sure that is, in 0…1."""
        return SURENESS[self.why]


Judge = Callable[[str], bool]


def read_columns(headings: Sequence[Heading], known: Headings, told: Mapping[str, str]) -> tuple[ColumnReading, ...]:
    """How the columns below ``headings`` are understood by their headings, each column of the contract once.

    ``told`` gives columns for printed headings (--map) and wins; of two headings that mean the same the surer one
    counts, then the left.
    """
    orders = {tokens(heading): column for heading, column in told.items()}
    read = [_by_heading(at, heading, known, orders) for at, heading in enumerate(headings)]
    taken: set[str] = set()
    for reading in sorted(read, key=lambda each: (-each.sure, each.position)):
        if reading.column and reading.column in taken:
            read[reading.position] = replace(reading, column="", why=Why.UNUSED)
        taken.add(reading.column)
    return tuple(read)


def guess_columns(
    read: Sequence[ColumnReading], values: Sequence[Sequence[str]], judges: Mapping[str, Judge]
) -> tuple[ColumnReading, ...]:
    """``read`` with unused columns taken for missing ones whose judge nearly all their values pass.

    The ``values`` are given column by column.
    """
    guessed = list(read)
    for column, judge in judges.items():
        if any(each.column == column for each in guessed):
            continue
        for each in guessed:
            if each.why is Why.UNUSED and _convinces(values[each.position], judge):
                guessed[each.position] = replace(each, column=column, why=Why.VALUES)
                break
    return tuple(guessed)


def show_samples(read: Sequence[ColumnReading], rows: Sequence[Sequence[str]]) -> tuple[ColumnReading, ...]:
    """``read`` with some values of ``rows``, none of them of people."""
    return tuple(
        each
        if each.column == PEOPLE
        else replace(each, samples=_samples(row[each.position] for row in rows if each.position < len(row)))
        for each in read
    )


def to_layout(read: Sequence[ColumnReading]) -> Layout:
    """Where the columns stand."""
    positions = {each.column: each.position for each in read if each.column not in {"", IGNORED}}
    unused = tuple(each.heading for each in read if not each.column and each.heading)
    return Layout(positions=positions, unused=unused)


def is_date(cell: str) -> bool:
    """Whether ``cell`` is a date."""
    try:
        return read_date(cell) is not None
    except CellError:
        return False


def _by_heading(at: int, heading: Heading, known: Headings, told: Mapping[tuple[str, ...], str]) -> ColumnReading:
    column, why = _understand(heading, known, told)
    return ColumnReading(position=at, heading=heading.text, column=column, why=why)


def _understand(heading: Heading, known: Headings, told: Mapping[tuple[str, ...], str]) -> tuple[str, Why]:
    texts = dict.fromkeys((heading.text, *reversed(heading.lines)))  # the lowest line is the most particular one
    for text in texts:
        if (words := tokens(text)) and words in told:
            return told[words], Why.TOLD
    found = [(known.understand(text), text) for text in texts if text]
    for (column, whole), text in found:
        if column and whole:
            return column, Why.HEADING if text == heading.text else Why.PART
    return next(((column, Why.BEGINNING) for (column, _), _ in found if column), ("", Why.UNUSED))


def _samples(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(list(dict.fromkeys(tidy(cell)[:80] for cell in cells if cell))[:SAMPLES])


def _convinces(cells: Sequence[str], judge: Judge) -> bool:
    filled = [tidy(cell) for cell in cells if cell][:_JUDGED]
    passed = sum(map(judge, filled))
    return len(filled) >= _FEWEST and passed >= _FEWEST and passed >= _CONVINCING * len(filled)
