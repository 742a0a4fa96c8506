"""Rows that answer a question: a figure, a record, a list, a count – or the honest "which one?"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from bot.core.catalogue import Dataset, Resource
from bot.core.findings import Column, ColumnKind, ColumnRole, RowFinding, RowForm, Succession
from bot.core.text import tokens
from bot.search.breakdown import count_leading_sorts, count_sorts
from bot.search.columns import describe, with_unit_of, year_of
from bot.search.evidence import Surroundings, fit_of_era, share_accounted
from bot.search.lexicon import Cue, Lexicon
from bot.search.query import Question
from bot.search.selection import Reader, Reading
from bot.search.table import Rows, TableIndex, both

MOST_ROWS = 200
"""Rows that a finding carries; its ``total`` counts all."""

_ALL_OF_A_PLACE = 0.9
"""Factor for a list of everything in a place when only the place was named."""
_NEARBY = 0.75  # trust in a name that selects other rows, but in the same place as the ones that are kept
_TELLS_SUCCESSOR = frozenset({ColumnRole.NAME, ColumnRole.MERGED, ColumnRole.PLACE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A loaded table of a dataset."""

    dataset: Dataset
    resource: Resource
    table: TableIndex


def answer(question: Question, source: Source, around: Surroundings) -> RowFinding | None:
    """The rows of ``source`` that answer ``question``, None when nothing in it was meant.

    The score is the share of the question that table and title account for, so a question about something else scores
    low even when one of its words occurs here.
    """
    columns = _columns(source.table, around.lexicon)
    reader = Reader(source.table, columns, around.lexicon, around.places, around.known)
    readings = [reader.read(words, question.cues) for words in question.sequences]
    findings = [_Answer(source, around, columns, reading).finding() for reading in readings]
    return max((found for found in findings if found), key=lambda finding: finding.score, default=None)


def opened(source: Source, lexicon: Lexicon) -> RowFinding | None:
    """The table itself: its only row, or all as a list; None when it has no rows."""
    total = len(source.table.rows)
    if not total:
        return None
    columns = _columns(source.table, lexicon)
    return RowFinding(
        form=RowForm.RECORD if total == 1 else RowForm.LIST,
        dataset=source.dataset,
        resource=source.resource,
        columns=with_unit_of(source.dataset.description, columns, lexicon),
        name=_name_of(columns),
        rows=source.table.rows[:MOST_ROWS],
        numbers=tuple(range(min(total, MOST_ROWS))),
        total=total,
        score=1.0,
    )


def _columns(table: TableIndex, lexicon: Lexicon) -> tuple[Column, ...]:
    described = describe(table.columns, table.kinds, lexicon)
    return tuple(replace(column, mark=mark) for column, mark in zip(described, table.marks, strict=True))


def _with_role(columns: Sequence[Column], role: ColumnRole) -> tuple[int, ...]:
    return tuple(number for number, column in enumerate(columns) if column.role is role)


def _name_of(columns: Sequence[Column]) -> int:
    return (*_with_role(columns, ColumnRole.NAME), 0)[0]


@dataclass(frozen=True, slots=True)
class _Selected:
    """Rows, and how far each name of the reading is believed to have selected them."""

    rows: Rows
    trust: dict[int, float]


@dataclass(frozen=True, slots=True)
class _Answer:
    """One reading of one table on its way to a finding."""

    source: Source
    around: Surroundings
    columns: tuple[Column, ...]
    reading: Reading

    def finding(self) -> RowFinding | None:
        years = self._year_columns()
        selected = self._selected()
        if years is None or selected is None or not len(selected.rows):
            return None
        asked = self._asked(years)
        if self.reading.cues & {Cue.LARGEST, Cue.SMALLEST} and not self._figures(asked):
            asked = self._only_figure()
        extreme = self._extreme(selected.rows, asked)
        rows = selected.rows if extreme is None else extreme
        form = self._form(rows, asked) if extreme is None else RowForm.CELL
        if form is None:
            return None
        succession = self._succession(rows)
        if succession and form in (RowForm.CELL, RowForm.RECORD):
            form, asked = self._of_successor(asked)
        share = share_accounted(self.reading, self.source.dataset, self.around, selected.trust)
        score = share * fit_of_era(self.reading, self.source.dataset, self.columns)
        score *= _ALL_OF_A_PLACE if form is RowForm.LIST and not self._is_of_subject(asked) else 1.0
        return self._carried(form, rows, asked if form is not RowForm.COUNT else (), succession, score)

    def _carried(
        self, form: RowForm, rows: Rows, asked: tuple[int, ...], succession: Succession | None, score: float
    ) -> RowFinding:
        numbers = tuple(int(row) for row in rows[:MOST_ROWS])
        words = self.reading.words
        return RowFinding(
            form=form,
            dataset=self.source.dataset,
            resource=self.source.resource,
            columns=with_unit_of(self.source.dataset.description, self.columns, self.around.lexicon),
            name=_name_of(self.columns),
            rows=tuple(self.source.table.rows[row] for row in numbers),
            numbers=numbers,
            total=len(rows),
            asked=asked,
            breakdown=self._breakdown(rows) if form in (RowForm.COUNT, RowForm.LIST) else (),
            matched=tuple(words[p].text for name in self.reading.names for p in range(name.start, name.end)),
            score=score,
            succession=succession,
        )

    def _year_columns(self) -> tuple[int, ...] | None:
        """The columns that stand for asked years; None when a year was asked that is not here."""
        columns: list[int] = []
        for year in self.reading.years:
            by_heading = [number for number, column in enumerate(self.columns) if year_of(column.name) == year]
            columns.extend(by_heading)
            if not by_heading and not self._is_dated(year):
                return None
        return tuple(columns)

    def _is_dated(self, year: int) -> bool:
        """Whether rows were selected by ``year``, or the whole table is of that year by its title, text or dates."""
        text = str(year)
        by_year = [name for name in self.reading.names if self.columns[name.column].kind is ColumnKind.YEAR]
        if any(self.reading.words[name.start].text == text for name in by_year):
            return True
        if any(column.kind is ColumnKind.YEAR or year_of(column.name) for column in self.columns):
            return False
        title = tokens(self.source.dataset.title)
        printed = {word for word in title if len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}}
        return text in (printed or tokens(self.source.dataset.description)) or text in self.source.table.vocabulary

    def _selected(self) -> _Selected | None:
        """The rows that every name selects, narrowed by sorts; all rows when a count or an extreme of all is asked."""
        table, names = self.source.table, self.reading.names
        sorts = self._of_sorts()
        if not names and not sorts:
            whole = self.reading.cues & {Cue.COUNT, Cue.LARGEST, Cue.SMALLEST} and self._is_of_title()
            return _Selected(np.arange(len(table.rows), dtype=np.int32), {}) if whole else None
        found = [table.union(name.parts) for name in names]
        rows = reduce(both, [*sorts, *found])
        trust = {number: name.trust for number, name in enumerate(names)}
        return _Selected(rows, trust) if len(rows) else self._by_main_name(found, trust)

    def _by_main_name(self, found: Sequence[Rows], trust: dict[int, float]) -> _Selected | None:
        """When a former unit was named together with the place it lay in: its rows, where that place is theirs, too."""
        places = _with_role(self.columns, ColumnRole.PLACE)
        merged = [n for n, name in enumerate(self.reading.names) if self.columns[name.column].role is ColumnRole.MERGED]
        if not merged or not places:
            return None
        main = min(merged, key=lambda number: (len(found[number]), self.reading.names[number].start))
        rows = found[main]
        for number, others in enumerate(found):
            if number != main:
                rows = self.source.table.alike(places[0], rows, others)
        return _Selected(rows, {number: t if number == main else _NEARBY * t for number, t in trust.items()})

    def _is_of_title(self) -> bool:
        """Whether the question speaks of what the table lists: some word of its title or a sort of its rows."""
        title = set(tokens(self.source.dataset.title))
        return bool(self.reading.sorts) or any(w.weight >= 1.0 and w.text in title for w in self.reading.words)

    def _of_sorts(self) -> list[Rows]:
        """Rows of the sorts that were named, unless things are counted or the sort only stands before a name."""
        columns = _with_role(self.columns, ColumnRole.SORT)
        before = {name.start - 1 for name in self.reading.names}
        before |= {p - 1 for p in before if p in self.reading.sorts and p - 1 in self.reading.sorts}
        sorts = [position for position in self.reading.sorts if position not in {*before, self.reading.which}]
        if Cue.COUNT in self.reading.cues or not sorts or not columns:
            return []
        words, keys = self.reading.words, list[int]()
        for position in sorts:
            for end in (position + 2, position + 1):
                phrase = tuple(word.text for word in words[position:end])
                if phrase not in self.around.places.anyway:
                    keys.extend(key for column in columns for key in self.source.table.whole(column, phrase))
        return [self.source.table.union(keys)] if keys else []

    def _is_of_subject(self, asked: tuple[int, ...]) -> bool:
        """Whether more than a place was named: a thing, a sort of things, or a column."""
        roles = {self.columns[name.column].role for name in self.reading.names}
        return bool(asked or self.reading.sorts or roles - {ColumnRole.PLACE})

    def _asked(self, years: tuple[int, ...]) -> tuple[int, ...]:
        """The columns asked for, in table order; a column that already selected rows is not asked for."""
        used = {name.column for name in self.reading.names} - set(_with_role(self.columns, ColumnRole.MERGED))
        found = {column for asked in self.reading.asked for column in asked.columns} - used
        found = {column for column in found if column in years} or found | set(years)
        if self.reading.which in self.reading.sorts and not found:
            found.add(_name_of(self.columns))
        return tuple(sorted(found))

    def _form(self, rows: Rows, asked: tuple[int, ...]) -> RowForm | None:
        by_name = [n for n in self.reading.names if self.columns[n.column].role in (ColumnRole.NAME, ColumnRole.MERGED)]
        if Cue.COUNT in self.reading.cues and not self._figures(asked) and not by_name:
            return RowForm.COUNT
        if not self.reading.names and not self._of_sorts():
            return None
        if len(rows) == 1:
            return RowForm.CELL if asked else RowForm.RECORD
        return RowForm.AMBIGUOUS if by_name and self._differ(rows) else RowForm.LIST

    def _differ(self, rows: Rows) -> bool:
        """Whether ``rows`` are different things: other names, or the same name in other places."""
        columns = list(_with_role(self.columns, ColumnRole.PLACE))
        if all(self.columns[name.column].role is not ColumnRole.MERGED for name in self.reading.names):
            columns.append(_name_of(self.columns))
        return any(self.source.table.differ(column, rows) for column in columns)

    def _only_figure(self) -> tuple[int, ...]:
        """The figure that "the largest" must mean where a table has a single one."""
        figures = self._figures(range(len(self.columns)))
        return figures if len(figures) == 1 else ()

    def _figures(self, columns: Iterable[int]) -> tuple[int, ...]:
        return tuple(column for column in columns if self.columns[column].kind is ColumnKind.NUMBER)

    def _extreme(self, rows: Rows, asked: tuple[int, ...]) -> Rows | None:
        """The rows with the largest or smallest asked figure, None when none was asked for."""
        cues = self.reading.cues & {Cue.LARGEST, Cue.SMALLEST}
        figures = self._figures(asked)
        if not cues or len(figures) != 1:
            return None
        values = self.source.table.figures(figures[0], rows)
        if np.isnan(values).all():
            return None
        best: Rows = rows[values == (np.nanmax(values) if Cue.LARGEST in cues else np.nanmin(values))]
        return best

    def _succession(self, rows: Rows) -> Succession | None:
        """Set when the rows were found by a former name that is not their own."""
        for name in self.reading.names:
            if self.columns[name.column].role is ColumnRole.MERGED:
                former = min((self.source.table.parts[key] for key in name.parts), key=lambda part: len(part.words))
                now = self.source.table.rows[int(rows[0])][_name_of(self.columns)]
                if not self._names(former.text) & self._names(now):
                    return Succession(former=former.text, now=now)
        return None

    def _names(self, text: str) -> set[tuple[str, ...]]:
        """A name with and without its sort: unaccented, "tịnh" of "Tịnh Khê" looks like one."""
        return {tokens(text), self.around.places.without_sort(tokens(text))}

    def _of_successor(self, asked: tuple[int, ...]) -> tuple[RowForm, tuple[int, ...]]:
        """Which unit it is now may be told; a figure of the new unit is only offered."""
        if all(self.columns[column].role in _TELLS_SUCCESSOR for column in asked):
            return RowForm.CELL, tuple(sorted({_name_of(self.columns), *asked}))
        return RowForm.AMBIGUOUS, asked

    def _breakdown(self, rows: Rows) -> tuple[tuple[str, int], ...]:
        """``rows`` counted by sort, largest first; empty when all are of one sort or the table knows none."""
        selecting = {name.column for name in self.reading.names}
        sorts = [column for column in _with_role(self.columns, ColumnRole.SORT) if column not in selecting]
        cells = self.source.table.counts((*sorts, _name_of(self.columns))[0], rows)
        return count_sorts(cells, self.around.lexicon) if sorts else count_leading_sorts(cells, self.around.places)
