"""Order, rank, add up and compare the figures of rows. Nobody printed what comes out: it is marked as computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from bot.core.findings import Column, ColumnKind, ColumnRole, Computation, Computed
from bot.core.text import tokens
from bot.search.demands import Ordering
from bot.search.scan import MOST_COMPARED, differ, figures, texts, value_of
from bot.search.table import Rows, TableIndex

_LEAST_SUMMED = 2
_RATES = frozenset({"/", "%", "‰"})
_RATE_WORDS = frozenset(
    {("ty", "le"), ("ty", "so"), ("ty", "suat"), ("mat", "do"), ("binh", "quan"), ("chi", "so"), ("trung", "binh")}
)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Rows in the order of a figure, and these figures."""

    rows: Rows
    values: NDArray[np.float64]


def order(table: TableIndex, columns: Sequence[Column], rows: Rows, column: int, sign: int) -> Ordered:
    """The ``rows`` that have a figure in ``column``, the largest first (``sign`` -1: the smallest)."""
    values = figures(table, columns, column, rows)
    known = ~np.isnan(values)
    places = np.argsort(-sign * values[known], kind="stable")
    return Ordered(rows[known][places], values[known][places])


def extremes(ordered: Ordered, ordering: Ordering) -> Rows:
    """The rows at the top: as many as were asked for and those that share the last one's figure, or the nth alone."""
    if not len(ordered.rows):
        return ordered.rows
    if ordering.nth > 1:
        different = list(dict.fromkeys(ordered.values[:MOST_COMPARED].tolist()))
        return ordered.rows[np.isin(ordered.values, different[ordering.nth - 1 : ordering.nth])]
    last = ordered.values[min(ordering.top, len(ordered.rows)) - 1]
    return ordered.rows[: int(np.flatnonzero(ordered.values == last)[-1]) + 1]


def rank(ordered: Ordered, row: int, column: int, sign: int) -> Computed | None:
    """The place of ``row`` among the ordered rows; rows with the same figure share a place."""
    own = ordered.values[ordered.rows == row]
    if not len(own):
        return None
    place = Decimal(1 + int(np.flatnonzero(ordered.values == own[0])[0]))
    return Computed(kind=Computation.RANK, column=column, value=place, of=len(ordered.rows), descending=sign > 0)


def difference(printed: Sequence[Decimal | None], column: int) -> Computed | None:
    """How far two figures lie apart; None unless there are exactly two."""
    known = [figure for figure in printed if figure is not None]
    if len(known) != len(printed) or len(known) != _LEAST_SUMMED:
        return None
    return Computed(kind=Computation.DIFFERENCE, column=column, value=abs(known[0] - known[1]), of=2)


def total(table: TableIndex, columns: Sequence[Column], rows: Rows, column: int, *, mean: bool) -> Computed | None:
    """The exact sum of at least two figures, or their mean to two decimals; None where they do not add up.

    Rates do not, nor figures of several sources where a column beside them names these, nor very many.
    """
    if len(rows) > MOST_COMPARED or not _may_be_added(table, columns, column, rows):
        return None
    read = (value_of(columns[column], text) for text in texts(table, column, rows))
    values = [value for value in read if value is not None]
    if len(values) < _LEAST_SUMMED:
        return None
    summed = sum(values, Decimal(0))
    if not mean:
        return Computed(kind=Computation.SUM, column=column, value=summed, of=len(values))
    average = (summed / len(values)).quantize(Decimal("0.01"))
    return Computed(kind=Computation.MEAN, column=column, value=average, of=len(values))


def _may_be_added(table: TableIndex, columns: Sequence[Column], column: int, rows: Rows) -> bool:
    described = columns[column]
    words = tokens(described.label)
    rate = any(words[at : at + 2] in _RATE_WORDS for at in range(len(words)))
    if described.kind is not ColumnKind.NUMBER or _RATES & set(described.unit) or rate:
        return False
    sources = [n for n, other in enumerate(columns) if other.role is ColumnRole.SOURCE]
    return not any(set(words) <= set(tokens(columns[n].label)) and differ(table, n, rows) for n in sources)
