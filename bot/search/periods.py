"""The years of a table: which columns or rows a question for certain years, for the newest or for all of them means."""

import re
from dataclasses import dataclass

import numpy as np

from bot.core.catalogue import Dataset
from bot.core.findings import ColumnKind, RowFinding
from bot.core.text import fold, tokens
from bot.search.columns import year_of
from bot.search.headings import Headings
from bot.search.limits import Years
from bot.search.scan import differ
from bot.search.selection import Reading
from bot.search.table import Rows, TableIndex

_YEAR = re.compile(r"(?:19|20)\d\d")
_DIMENSIONS = frozenset({"nam", "year"})


@dataclass(frozen=True, slots=True)
class Periods:
    """The years of one table for one reading of a question."""

    dataset: Dataset
    table: TableIndex
    headings: Headings
    reading: Reading

    def columns(self) -> tuple[int, ...] | None:
        """The columns that stand for asked years; None when a year was asked that is not here."""
        found: list[int] = []
        for span in self.reading.years:
            by_heading = [n for n, year in enumerate(self.headings.years) if year and span.first <= year <= span.last]
            found.extend(by_heading)
            if not by_heading and not self._is_dated(span):
                return None
        return tuple(dict.fromkeys(found))

    def _is_dated(self, span: Years) -> bool:
        """Whether rows were selected by the years of ``span``, or the whole table is of that year by its title, text
        or dates.
        """
        years = [name for name in self.reading.names if self.headings.columns[name.column].kind is ColumnKind.YEAR]
        if any(name.start < span.end and span.start < name.end for name in years):
            return True
        if any(self.headings.years) or self.headings.of_kind(ColumnKind.YEAR) or span.first != span.last:
            return False
        text = str(span.first)
        title = tokens(self.dataset.title)
        printed = {word for word in title if len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}}
        return text in (printed or tokens(self.dataset.description)) or text in self.table.vocabulary

    @property
    def only_newest(self) -> bool:
        """Whether the question asks for the newest figures alone."""
        ordering = self.reading.demands.ordering
        return self.reading.demands.latest or bool(ordering and ordering.of_years and ordering.sign > 0)

    def counted(self, years: tuple[int, ...]) -> tuple[int, ...]:
        """The columns of the years that count where one figure is needed: those asked for, else those of the newest."""
        if years:
            return years
        newest = max((year for year in self.headings.years if year), default=None)
        return tuple(n for n, year in enumerate(self.headings.years) if year == newest) if newest else ()

    def _dimension(self) -> int | None:
        """The column that says of which year the figures of a row are."""
        found = [
            n for n in self.headings.of_kind(ColumnKind.YEAR) if fold(self.headings.columns[n].label) in _DIMENSIONS
        ]
        return found[0] if len(found) == 1 else None

    def has_figures_by_year(self) -> bool:
        """Whether the table gives its figures for several years, in columns or in rows."""
        return any(self.headings.years) or self._dimension() is not None

    def newest_first(self, rows: Rows) -> Rows:
        """``rows`` of one thing over several years with the newest at the head, or alone where it was asked for."""
        column = self._dimension()
        if column is None or self.reading.years or differ(self.table, self.headings.name, rows):
            return rows
        ordered = sorted((int(row) for row in rows), key=lambda row: self.table.rows[row][column], reverse=True)
        return np.array(ordered[:1] if self.only_newest else ordered, np.int32)

    def is_of_several_years(self, rows: Rows) -> bool:
        """Whether the figures of ``rows`` are of more than one year."""
        column = self._dimension()
        return column is not None and differ(self.table, column, rows)


def newest_year(finding: RowFinding) -> int:
    """The newest year of which ``finding`` speaks: by the title of its dataset, its columns or its rows; 0 for none."""
    printed = [int(word) for word in tokens(finding.dataset.title) if _YEAR.fullmatch(word)]
    printed += [year for column in finding.columns if (year := year_of(column.name))]
    dated = [place for place, column in enumerate(finding.columns) if column.kind is ColumnKind.YEAR]
    printed += [int(row[place]) for row in finding.rows for place in dated if row[place].strip().isdigit()]
    return max(printed, default=0)
