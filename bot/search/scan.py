"""What rows say together: their figures, which of them repeat others, which of them add up others."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from bot.core.aggregates import aggregate_rows
from bot.core.figures import parse_number
from bot.core.findings import Column, ColumnKind
from bot.core.text import tokens
from bot.search.columns import read_number
from bot.search.operators import Operators
from bot.search.table import Rows, TableIndex

_LEAST_REMARKS = 3
MOST_COMPARED = 5000
"""Rows up to which repeated ones are looked for, and exact sums are made."""


def figures(table: TableIndex, columns: Sequence[Column], column: int, rows: Rows) -> NDArray[np.float64]:
    """The number in ``column`` in each of ``rows``; NaN where the source gives none."""
    if columns[column].kind is ColumnKind.NUMBER:
        return table.figures(column, rows)
    known: dict[str, float] = {}
    for text, _ in table.counts(column, rows):
        value = value_of(columns[column], text)
        known[text] = np.nan if value is None else float(value)
    return np.fromiter((known[text] for text in table.texts(column, rows)), np.float64, len(rows))


def value_of(column: Column, text: str) -> Decimal | None:
    """The number that a cell of ``column`` prints, exactly; None when the source gives none."""
    if column.kind is ColumnKind.YEAR:
        return Decimal(text) if text.strip().isdigit() else None
    number = parse_number(text, column.mark)
    if number is not None:
        return number
    read = read_number(text, column.mark)
    return None if np.isnan(read) else Decimal(str(read))


def distinct(table: TableIndex, rows: Rows) -> Rows:
    """``rows`` without those that only repeat another one; very many are left as they are."""
    return rows if len(rows) > MOST_COMPARED else table.distinct(rows)


def without_aggregates(table: TableIndex, name: int, rows: Rows, operators: Operators) -> Rows:
    """``rows`` but for those that by their name, in column ``name``, add up others: "CẢ NƯỚC", "Tây Nguyên".

    Beside others they are never counted, ranked or added. When nothing else is there they stay.
    """
    adding = np.union1d(_aggregates(table, name, operators), _sums(table, name, operators))
    kept: Rows = rows[~np.isin(rows, adding)] if len(adding) else rows
    return kept if len(kept) else rows


def _aggregates(table: TableIndex, name: int, operators: Operators) -> Rows:
    """The rows that are aggregates among all names; these are gone through only where one of the usual names stands."""
    keys = [key for phrase in operators.totals for key in table.whole(name, phrase)]
    if not keys:
        return np.empty(0, np.int32)
    if len(table.rows) > MOST_COMPARED:
        return table.union(sorted(set(keys)))
    names = list(table.texts(name, np.arange(len(table.rows), dtype=np.int32)))
    return np.array(sorted(aggregate_rows(names)), np.int32)


def _sums(table: TableIndex, name: int, operators: Operators) -> Rows:
    """The rows whose names begin as those of sums do: "Tổng thu", "Tổng chi thường xuyên"."""
    keys = [key for beginning in operators.total_beginnings for key in table.beginning(name, beginning)]
    return table.union(sorted(set(keys))) if keys else np.empty(0, np.int32)


def is_remark(table: TableIndex, column: int, parts: Sequence[int]) -> bool:
    """Whether ``parts`` of a column of former units are no units but what many of its cells say instead ("giữ nguyên").

    No unit became three others all by itself.
    """
    rows = table.union(parts)
    words = {table.parts[key].words for key in parts}
    return len(rows) >= _LEAST_REMARKS and all(tokens(text) in words for text in table.texts(column, rows))
