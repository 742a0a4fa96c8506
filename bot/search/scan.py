"""What stands in a column in many rows: the only place that goes through rows one by one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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


def texts(table: TableIndex, column: int, rows: Rows) -> Iterator[str]:
    """What stands in ``column`` in each of ``rows``."""
    return (table.rows[row][column] for row in rows.tolist())


def counts(table: TableIndex, column: int, rows: Rows) -> Iterable[tuple[str, int]]:
    """The different texts in ``column`` in ``rows``, and in how many of these each stands."""
    return Counter(texts(table, column, rows)).items()


def differ(table: TableIndex, column: int, rows: Rows) -> bool:
    """Whether not all of ``rows`` have the same text in ``column``."""
    cells = texts(table, column, rows)
    first = next(cells, "")
    return any(text != first for text in cells)


def alike(table: TableIndex, column: int, rows: Rows, others: Rows) -> Rows:
    """Those of ``rows`` whose text in ``column`` some row of ``others`` has there, too."""
    wanted = set(texts(table, column, others))
    return rows[np.fromiter((text in wanted for text in texts(table, column, rows)), np.bool_, len(rows))]


def figures(table: TableIndex, columns: Sequence[Column], column: int, rows: Rows) -> NDArray[np.float64]:
    """The number in ``column`` in each of ``rows``; NaN where the source gives none."""
    values = (value_of(columns[column], text) for text in texts(table, column, rows))
    return np.fromiter((np.nan if value is None else float(value) for value in values), np.float64, len(rows))


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
    if len(rows) > MOST_COMPARED:
        return rows
    seen: dict[tuple[str, ...], int] = {}
    for row in rows.tolist():
        seen.setdefault(table.rows[row], row)
    return rows if len(seen) == len(rows) else np.array(list(seen.values()), np.int32)


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
    names = list(texts(table, name, np.arange(len(table.rows), dtype=np.int32)))
    return np.array(sorted(aggregate_rows(names)), np.int32)


def _sums(table: TableIndex, name: int, operators: Operators) -> Rows:
    """The rows whose names begin as those of sums do: "Tổng thu", "Tổng chi thường xuyên"."""
    keys: list[int] = []
    for beginning in operators.total_beginnings:
        parts = [(key, table.parts[key]) for key in table.holding(beginning)]
        keys += [key for key, part in parts if part.column == name and part.words[: len(beginning)] == beginning]
    return table.union(sorted(set(keys))) if keys else np.empty(0, np.int32)


def is_remark(table: TableIndex, column: int, parts: Sequence[int]) -> bool:
    """Whether ``parts`` of a column of former units are no units but what many of its cells say instead ("giữ nguyên").

    No unit became three others all by itself.
    """
    rows = table.union(parts)
    words = {table.parts[key].words for key in parts}
    return len(rows) >= _LEAST_REMARKS and all(tokens(text) in words for text in texts(table, column, rows))
