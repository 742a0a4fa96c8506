"""What one table would answer; of many tables only the best candidate is decoded and told."""

from dataclasses import dataclass

from bot.core.catalogue import Dataset, Resource
from bot.core.findings import ColumnRole, RowFinding, RowForm, Succession
from bot.search.breakdown import count_leading_sorts, count_sorts
from bot.search.columns import with_unit_of
from bot.search.drafting import Draft, Drafting
from bot.search.headings import Headings, understand_headings
from bot.search.lexicon import Lexicon
from bot.search.places import Places
from bot.search.selection import Reading
from bot.search.table import Rows, TableIndex

MOST_ROWS = 200
"""Rows that a finding carries; its ``total`` counts all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A loaded table of a dataset."""

    dataset: Dataset
    resource: Resource
    table: TableIndex

    def headings(self, lexicon: Lexicon) -> Headings:
        """The columns of the table as people ask for them."""
        return understand_headings(self.table.columns, self.table.kinds, self.table.marks, lexicon)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An answer of which only the numbers of its rows are known. ``rows`` are those of the ``draft``, none repeated."""

    source: Source
    lexicon: Lexicon
    places: Places
    drafting: Drafting
    draft: Draft
    rows: Rows
    succession: Succession | None
    score: float

    @property
    def form(self) -> RowForm:
        """In which form it is told."""
        return self.draft.form

    @property
    def width(self) -> int:
        """How many columns the table has."""
        return len(self._headings.columns)

    @property
    def is_named(self) -> bool:
        """Whether the rows were selected by names in them."""
        return bool(self._reading.names)

    @property
    def _headings(self) -> Headings:
        return self.drafting.headings

    @property
    def _reading(self) -> Reading:
        return self.drafting.choice.reading

    def newest_year(self) -> int:
        """The newest year of which title, columns or the rows that would be carried speak; 0 for none."""
        return self.drafting.periods.newest(self.rows[:MOST_ROWS])

    def finding(self) -> RowFinding:
        """The answer with its rows decoded and counted."""
        draft, words = self.draft, self._reading.words
        numbers = tuple(self.rows[:MOST_ROWS].tolist())
        return RowFinding(
            form=draft.form,
            dataset=self.source.dataset,
            resource=self.source.resource,
            columns=self.drafting.choice.columns,
            name=self._headings.name,
            rows=tuple(self.source.table.rows[row] for row in numbers),
            numbers=numbers,
            total=len(self.rows),
            asked=draft.asked,
            breakdown=self._breakdown() if draft.form in (RowForm.COUNT, RowForm.LIST) else (),
            matched=tuple(words[p].text for name in self._reading.names for p in range(name.start, name.end)),
            score=self.score,
            succession=self.succession,
            computed=draft.computed,
            repeats=len(draft.rows) - len(self.rows),
        )

    def _breakdown(self) -> tuple[tuple[str, int], ...]:
        """The rows counted by sort, largest first; empty when all are of one sort or the table knows none."""
        selecting = {name.column for name in self._reading.names}
        sorts = [column for column in self._headings.with_role(ColumnRole.SORT) if column not in selecting]
        cells = self.source.table.counts((*sorts, self._headings.name)[0], self.rows)
        return count_sorts(cells, self.lexicon) if sorts else count_leading_sorts(cells, self.places)


def opened(source: Source, lexicon: Lexicon) -> RowFinding | None:
    """The table itself: its only row, or all as a list; None when it has no rows."""
    total = len(source.table.rows)
    if not total:
        return None
    headings = source.headings(lexicon)
    return RowFinding(
        form=RowForm.RECORD if total == 1 else RowForm.LIST,
        dataset=source.dataset,
        resource=source.resource,
        columns=with_unit_of(source.dataset.description, headings.columns, lexicon),
        name=headings.name,
        rows=source.table.rows[:MOST_ROWS],
        numbers=tuple(range(min(total, MOST_ROWS))),
        total=total,
        score=1.0,
    )
