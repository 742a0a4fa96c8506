"""Order, rank, add up and compare the figures of rows. Nobody printed what comes out: it is marked as computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from bot.core.findings import Column, ColumnKind, ColumnRole, Computation, Computed
from bot.core.text import tokens
from bot.search.demands import Ordering
from bot.search.scan import MOST_COMPARED, figures, value_of
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


def order(
    table: TableIndex, columns: Sequence[Column], rows: Rows, column: int, *, sign: int, most: int | None = None
) -> Ordered:
    """The ``rows`` that have a figure in ``column``, the largest first (``sign`` -1: the smallest).

    ``most`` leaves out those behind that many and all that share the last one's figure.
    """
    values = figures(table, columns, column, rows)
    known = ~np.isnan(values)
    rows, values = rows[known], values[known]
    if most is not None and most < len(rows):
        ahead = sign * values >= -np.partition(-sign * values, most - 1)[most - 1]
        rows, values = rows[ahead], values[ahead]
    places = np.argsort(-sign * values, kind="stable")
    return Ordered(rows[places], values[places])


def extremes(table: TableIndex, columns: Sequence[Column], rows: Rows, column: int, ordering: Ordering) -> Rows:
    """The rows at the top: as many as were asked for and those that share the last one's figure, or the nth alone."""
    if ordering.nth == 1:
        return order(table, columns, rows, column, sign=ordering.sign, most=ordering.top).rows
    ordered = order(table, columns, rows, column, sign=ordering.sign, most=MOST_COMPARED)
    different = list(dict.fromkeys(ordered.values.tolist()))
    return ordered.rows[np.isin(ordered.values, different[ordering.nth - 1 : ordering.nth])]


def rank(
    table: TableIndex, columns: Sequence[Column], rows: Rows, column: int, *, row: int, sign: int
) -> Computed | None:
    """The place of ``row`` among ``rows`` by a figure; rows with the same figure share a place."""
    values = figures(table, columns, column, rows)
    own = values[rows == row]
    if not len(own) or np.isnan(own[0]):
        return None
    place = Decimal(1 + int(np.count_nonzero(sign * values > sign * own[0])))
    known = int(np.count_nonzero(~np.isnan(values)))
    return Computed(kind=Computation.RANK, column=column, value=place, of=known, descending=sign > 0)


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
    read = (value_of(columns[column], text) for text in table.texts(column, rows))
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
    return not any(set(words) <= set(tokens(columns[n].label)) and table.differ(n, rows) for n in sources)
