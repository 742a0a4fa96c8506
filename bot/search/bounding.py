"""Rows whose figures meet the bounds of a question: "trên 4 triệu dân", "dưới 50.000 đ", "giá vé 200000"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core.findings import Column, ColumnKind
from bot.core.text import tokens
from bot.search.headings import Headings, say_measures
from bot.search.limits import Bound
from bot.search.scan import figures
from bot.search.selection import Reading
from bot.search.table import Rows, TableIndex

_SCALES = {"nghin": 1000, "ngan": 1000, "trieu": 10**6, "ty": 10**9}
_LEAST_EQUAL = 1000
"""A number from here on is looked for among the figures although it does not stand right behind their heading."""


@dataclass(frozen=True, slots=True)
class Bounding:
    """The bounds of one reading of one table; ``columns`` have the units that only the dataset's description says."""

    table: TableIndex
    headings: Headings
    columns: tuple[Column, ...]
    reading: Reading

    def bounded(self, rows: Rows, asked: Sequence[int], counted: Sequence[int]) -> tuple[Rows, tuple[int, ...]] | None:
        """Of ``rows`` those whose figures meet every bound, and the columns of these figures.

        None when a bound is on a figure that is not here. ``counted`` are the columns of the years that count.
        """
        columns: list[int] = []
        for bound in (*self.reading.demands.bounds, *self.equalities()):
            column = self._column(bound, asked, counted)
            if column is None and bound.low != bound.high:
                return None
            if column is not None:  # a plain number may also be part of a name or of an address
                rows = rows[self._meeting(rows, column, bound)]
                columns.append(column)
        return rows, tuple(columns)

    def equalities(self) -> tuple[Bound, ...]:
        """Numbers that figures are to equal, where it is asked which rows have them."""
        if self.reading.which is None:
            return ()
        ends = {each.end for each in self.reading.asked}
        named = {position for name in self.reading.names for position in range(name.start, name.end)}
        return tuple(
            number
            for number in self.reading.demands.numbers
            if number.start not in named
            and ({number.start, number.start - 1} & ends or (ends and (number.low or 0) >= _LEAST_EQUAL))
        )

    def _column(self, bound: Bound, asked: Sequence[int], counted: Sequence[int]) -> int | None:
        """The column that ``bound`` is on: one asked for, one its adjective speaks of, or the only one of its unit."""
        figures = [n for n in self.headings.of_kind(ColumnKind.NUMBER) if not self.headings.years[n] or n in counted]
        fitting = [n for n in figures if not bound.unit or _is_of_unit(self.columns[n].unit, bound.unit)]
        named = {column for each in self.reading.asked for column in each.columns}.intersection(asked, figures)
        for wanted in (named, say_measures(bound.measures, self.headings), figures):
            kept = [number for number in fitting if number in wanted]
            if kept or (wanted is named and named):
                return kept[0] if len(kept) == 1 else None
        return None

    def _meeting(self, rows: Rows, column: int, bound: Bound) -> NDArray[np.bool_]:
        """Which of ``rows`` have a figure within ``bound``; none that the source does not give."""
        scale = _scale_of(self.columns[column].unit) if bound.unit or bound.scaled else 1
        values = figures(self.table, self.columns, column, rows) * scale
        within = ~np.isnan(values)
        if bound.low is not None:
            within &= values >= float(bound.low) if bound.closed else values > float(bound.low)
        if bound.high is not None:
            within &= values <= float(bound.high) if bound.closed else values < float(bound.high)
        return within


def _is_of_unit(printed: str, asked: str) -> bool:
    mine, theirs = tokens(printed), tokens(asked)
    return not mine or mine == theirs or (mine[0] in _SCALES and mine[1:] == theirs)


def _scale_of(unit: str) -> int:
    return _SCALES.get((*tokens(unit), "")[0], 1)
