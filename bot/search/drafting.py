"""From chosen rows to an answer in the making: its form, the columns asked for, what is computed of the figures."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from bot.core.findings import ColumnKind, ColumnRole, Computed, RowForm
from bot.search.bounding import Bounding
from bot.search.choosing import Choice, Chosen
from bot.search.computing import difference, extremes, order, rank, total
from bot.search.demands import Ordering, Wish
from bot.search.headings import Headings, say_measures
from bot.search.lexicon import Cue
from bot.search.partial import Named
from bot.search.periods import Periods
from bot.search.scan import distinct, is_remark, value_of, without_aggregates
from bot.search.selection import Reading
from bot.search.table import Rows, TableIndex

_YEAR_WORD = "nam"
_MOST_SHARED = 5
"""So many rows may share an extreme and be told one by one; more are a list, which says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A finding in the making: which rows in which form, the columns asked for, what was computed.

    ``served`` when what the question wants done with the figures was done.
    """

    form: RowForm
    rows: Rows
    asked: tuple[int, ...] = ()
    computed: Computed | None = None
    served: bool = False


@dataclass(frozen=True, slots=True)
class Drafting:
    """One reading of one table, with the rows that it may mean and the years of the table."""

    choice: Choice
    periods: Periods

    @property
    def headings(self) -> Headings:
        """The columns of the table."""
        return self.choice.headings

    @property
    def _table(self) -> TableIndex:
        return self.choice.table

    @property
    def _reading(self) -> Reading:
        return self.choice.reading

    @property
    def _bounding(self) -> Bounding:
        return Bounding(self._table, self.headings, self.choice.columns, self._reading)

    def equal_words(self) -> frozenset[int]:
        """The words of numbers that figures are to equal."""
        return frozenset(at for bound in self._bounding.equalities() for at in range(bound.start, bound.end))

    def draft(self, chosen: Chosen, years: tuple[int, ...]) -> Draft | None:
        """What the chosen rows answer; None when a bound, a year or a figure that the question needs is not here.

        ``years`` are the columns of the years that were asked for.
        """
        rows = self._without_aggregates(chosen.rows)
        asked = self._asked(years)
        bounded = self._bounding.bounded(rows, asked, self.periods.counted(years))
        if bounded is None or not len(bounded[0]):
            return None
        rows, limiting = bounded
        if limiting:
            asked = tuple(dict.fromkeys((*asked, *limiting)))
        computed = self._computed(rows, asked, years, chosen)
        if computed is not None:
            return replace(computed, served=True)
        if Wish.EXTREME in self._reading.demands.wishes:
            return None  # asked for, and not to be had from these figures
        rows = self.periods.newest_first(rows) if asked else rows
        form = self._form(rows, asked, chosen, limited=bool(limiting))
        if form is RowForm.LIST and limiting and len(rows) == 1:
            form = RowForm.CELL
        return Draft(form=form, rows=rows, asked=asked if form is not RowForm.COUNT else ()) if form else None

    def _without_aggregates(self, rows: Rows) -> Rows:
        """``rows`` but for those that add up others, unless rows were selected by their name."""
        if any(self.headings.columns[name.column].role is ColumnRole.NAME for name in self._reading.names):
            return rows
        return self._single(rows)

    def _single(self, rows: Rows) -> Rows:
        """``rows`` but for those that add up others."""
        return without_aggregates(self._table, self.headings.name, rows, self.choice.around.lexicon.operators)

    def _computed(self, rows: Rows, asked: tuple[int, ...], years: tuple[int, ...], chosen: Chosen) -> Draft | None:
        """What a wish makes of the rows; None when there is none, or not the figures for it."""
        ordering = self._ordering()
        wishes = self._reading.demands.wishes
        if Wish.RANK in wishes and ordering:
            return self._ranked(rows, asked, years, ordering)
        if ordering and wishes & {Wish.COMPARE, Wish.DIFFERENCE}:
            return self._compared(rows, asked, years, ordering, chosen)
        if ordering:
            return self._extreme(rows, asked, years, ordering)
        if wishes & {Wish.TOTAL, Wish.MEAN}:
            return self._added(rows, asked, years)
        return None

    def _ordering(self) -> Ordering | None:
        """By what things are to be ordered: as the question says, or by a phrase that is only a cue ("largest")."""
        if self._reading.demands.ordering:
            return self._reading.demands.ordering
        if self._reading.demands.latest and not self.periods.has_figures_by_year():
            return Ordering(sign=1, of_years=True)
        cues = self._reading.cues & {Cue.LARGEST, Cue.SMALLEST}
        return Ordering(sign=1 if Cue.LARGEST in cues else -1) if cues else None

    def _measure(self, asked: tuple[int, ...], years: tuple[int, ...], ordering: Ordering | None) -> int | None:
        """The one column whose figures are compared or added: asked for, meant by the adjective, or the only one."""
        if ordering and ordering.of_years:
            return self._column_of_years()
        counted = self.periods.counted(years)
        named = {column for each in self._reading.asked for column in each.columns} & set(asked)
        meant_by_words = ordering.measures if ordering else ()
        meant = say_measures(meant_by_words, self.headings)
        figures = self.headings.of_kind(ColumnKind.NUMBER)
        bare = len(counted) == 1 and not self.headings.own[counted[0]]  # the title says what these figures are
        anything = ordering is None or ordering.any_figure or self._is_titled(ordering)
        anything = anything or (bare and not meant_by_words)
        for wanted in (named, meant, figures if anything else ()):
            found = [n for n in figures if n in wanted and (self.headings.years[n] is None or n in counted)]
            if found:
                return found[0] if len(found) == 1 else self._whole(found)
        return None

    def _whole(self, columns: list[int]) -> int | None:
        """Of several columns the one that adds up the others ("Tổng số")."""
        totals = self.choice.around.lexicon.operators.totals
        found = [number for number in columns if totals.intersection(self.headings.own[number])]
        return found[0] if len(found) == 1 else None

    def _is_titled(self, ordering: Ordering) -> bool:
        """Whether the title says that the figures are what an adjective speaks of."""
        title = self.choice.title
        return any(title[at : at + len(m)] == m for m in ordering.measures for at in range(len(title)))

    def _column_of_years(self) -> int | None:
        columns = self.headings.of_kind(ColumnKind.YEAR)
        return columns[0] if len(columns) == 1 else None

    def _extremes(self, rows: Rows, measure: int, ordering: Ordering) -> Rows:
        return extremes(self._table, self.headings.columns, rows, measure, ordering)

    def _value(self, row: int, column: int) -> Decimal | None:
        return value_of(self.headings.columns[column], self._table.rows[row][column])

    def _extreme(self, rows: Rows, asked: tuple[int, ...], years: tuple[int, ...], ordering: Ordering) -> Draft | None:
        if self._reading.which is not None and self._reading.words[self._reading.which].text == _YEAR_WORD:
            return self._extreme_year(rows, ordering)
        measure = self._measure(asked, years, ordering)
        if measure is None:
            return None
        rows = distinct(self._table, rows)
        found = self._extremes(rows, measure, ordering)
        if not len(found) or (len(rows) == 1 and self._is_named()):
            return None
        shown = tuple(dict.fromkeys((*asked, measure))) if ordering.of_years else (measure,)
        form = RowForm.CELL if ordering.top == 1 and len(found) <= _MOST_SHARED else RowForm.LIST
        return Draft(form=form, rows=found, asked=shown)

    def _is_named(self) -> bool:
        """Whether a row was named itself, so that it is the largest of nothing."""
        return any(name.column == self.headings.name for name in self._reading.names)

    def _extreme_year(self, rows: Rows, ordering: Ordering) -> Draft | None:
        """ "Năm nào … nhất": the year of the largest figure, among the rows of one thing or the columns of its row."""
        rows = distinct(self._table, rows)
        named = {column for each in self._reading.asked for column in each.columns}
        columns = [n for n in named or range(len(self.headings.years)) if self.headings.years[n] is not None]
        if len(rows) == 1 and len(columns) > 1:
            values = [(self._value(int(rows[0]), column), column) for column in columns]
            known = [(value, column) for value, column in values if value is not None]
            best = max(known, key=lambda pair: ordering.sign * pair[0], default=None)
            return Draft(form=RowForm.CELL, rows=rows, asked=(best[1],)) if best else None
        measure = self._measure(tuple(named), (), ordering)
        if measure is None or not self.periods.is_of_several_years(rows):
            return None
        return Draft(form=RowForm.CELL, rows=self._extremes(rows, measure, ordering), asked=(measure,))

    def _ranked(self, rows: Rows, asked: tuple[int, ...], years: tuple[int, ...], ordering: Ordering) -> Draft | None:
        measure = self._measure(asked, years, ordering)
        rows = distinct(self._table, rows)
        by_name = {n for n, name in enumerate(self._reading.names) if name.column == self.headings.name}
        if measure is None or len(rows) != 1 or not by_name:
            return None
        others = [self._table.union(n.parts) for k, n in enumerate(self._reading.names) if k not in by_name]
        pool = self._single(others[0] if others else np.arange(len(self._table.rows), dtype=np.int32))
        placed = rank(self._table, self.headings.columns, pool, measure, row=int(rows[0]), sign=ordering.sign)
        return Draft(form=RowForm.CELL, rows=rows, asked=(measure,), computed=placed) if placed else None

    def _compared(
        self, rows: Rows, asked: tuple[int, ...], years: tuple[int, ...], ordering: Ordering, chosen: Chosen
    ) -> Draft | None:
        rows = distinct(self._table, rows)
        if len(rows) == 1 and len(asked) > 1 and set(asked) <= set(years):
            figures = [self._value(int(rows[0]), column) for column in asked]
            return Draft(form=RowForm.CELL, rows=rows, asked=asked, computed=difference(figures, asked[0]))
        measure = self._measure(asked, years, ordering)
        if measure is None or not chosen.united:
            return None
        ordered = order(self._table, self.headings.columns, rows, measure, sign=ordering.sign).rows
        if len(ordered) < len(rows) or len(ordered) < 2:
            return None
        found = difference([self._value(row, measure) for row in ordered.tolist()], measure)
        return Draft(form=RowForm.LIST, rows=ordered, asked=(measure,), computed=found)

    def _added(self, rows: Rows, asked: tuple[int, ...], years: tuple[int, ...]) -> Draft | None:
        rows = distinct(self._table, rows)
        measure = self._measure(asked, years, None) if asked else None
        if measure is None or self.periods.is_of_several_years(rows):
            return None
        mean = Wish.MEAN in self._reading.demands.wishes
        found = total(self._table, self.headings.columns, rows, measure, mean=mean)
        return Draft(form=RowForm.LIST, rows=rows, asked=(measure,), computed=found) if found else None

    def _asked(self, years: tuple[int, ...]) -> tuple[int, ...]:
        """The columns asked for, in table order, the newest year first; one that selected rows is not asked for."""
        used = {name.column for name in self._reading.names} - set(self.headings.with_role(ColumnRole.MERGED))
        found = {column for asked in self._reading.asked for column in asked.columns} - used
        if years:
            found = {column for column in found if column in years or self.headings.years[column] is None} or set(years)
        if self.periods.only_newest:
            newest = self.periods.counted(years)
            found -= {n for n, year in enumerate(self.headings.years) if year is not None and n not in newest}
        if self._reading.demands.all_years:
            found -= set(self.headings.of_kind(ColumnKind.YEAR))  # "qua các năm" asks for figures, not for years
        if self._reading.which in self._reading.sorts and not found:
            found.add(self.headings.name)
        return tuple(sorted(found, key=lambda n: (-(self.headings.years[n] or 0) if not years else 0, n)))

    def _form(self, rows: Rows, asked: tuple[int, ...], chosen: Chosen, *, limited: bool) -> RowForm | None:
        by_name = [name for name in self._reading.names if self._names_things(name)]
        if self._counts() and not by_name and (limited or not self._figures(asked)):
            counted = set(asked) - set(self.headings.with_role(ColumnRole.MERGED))
            of_places = counted and counted <= set(self.headings.with_role(ColumnRole.PLACE))
            return None if of_places else RowForm.COUNT
        chosen_by = self._reading.names or self.choice.of_sorts() or limited or self.choice.is_whole_list()
        if not chosen_by:
            return None
        if len(distinct(self._table, rows)) == 1:
            return RowForm.CELL if asked else RowForm.RECORD
        ambiguous = by_name and not chosen.united and self._differ(rows)
        return RowForm.AMBIGUOUS if ambiguous else RowForm.LIST

    def _names_things(self, name: Named) -> bool:
        """Whether a name is that of a row or of a former unit, and no remark in place of one."""
        role = self.headings.columns[name.column].role
        if role is ColumnRole.MERGED:
            return not is_remark(self._table, name.column, name.parts)
        return role is ColumnRole.NAME

    def _counts(self) -> bool:
        """Whether a number of things is asked for: "bao nhiêu xã", "tổng số xã"."""
        total_of_things = Wish.TOTAL in self._reading.demands.wishes and self._reading.sorts and not self._reading.asked
        asked = {position for each in self._reading.asked for position in range(each.start, each.end)}
        counting = [n for n, word in enumerate(self._reading.words) if word.cue is Cue.COUNT and n not in asked]
        return bool((Cue.COUNT in self._reading.cues and counting) or total_of_things)

    def _differ(self, rows: Rows) -> bool:
        """Whether ``rows`` are different things: other names, or the same name in other places."""
        columns = list(self.headings.with_role(ColumnRole.PLACE))
        if all(self.headings.columns[name.column].role is not ColumnRole.MERGED for name in self._reading.names):
            columns.append(self.headings.name)
        return any(self._table.differ(column, rows) for column in columns)

    def _figures(self, columns: Iterable[int]) -> tuple[int, ...]:
        return tuple(column for column in columns if self.headings.columns[column].kind is ColumnKind.NUMBER)
