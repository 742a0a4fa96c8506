"""A whole table, for what compares its rows with each other."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.findings import RowFinding
from bot.search.candidate import Source, opened
from bot.search.lookup import LoadTable, Lookup

MOST_WHOLE = 5_000
"""Rows of a table that is given whole; of a larger one only those that are asked for."""


async def find_whole(
    lookup: Lookup,
    dataset: str,
    table: str,
    rows: Sequence[int],
    *,
    load_table: LoadTable,
    provinces: Sequence[str] = (),
) -> RowFinding | None:
    """The table of ``dataset`` whose content hash begins with ``table``, with all its rows.

    Of a table of more than :data:`MOST_WHOLE` rows only those with the 0-based numbers ``rows``; ``total`` counts all.
    None when the dataset is unknown, of another province, or has no such table now or none that is indexed yet.
    """
    holder = lookup.dataset(dataset, provinces=provinces)
    loaded = [one for one in holder.resources if one.table and one.table.startswith(table)] if holder else []
    if holder is None or not loaded:
        return None
    index = await load_table(loaded[0].table or "")
    if index is None:
        return None
    finding = opened(Source(dataset=holder, resource=loaded[0], table=index), lookup.lexicon)
    if finding is None:
        return None
    kept = range(finding.total) if finding.total <= MOST_WHOLE else [row for row in rows if row < finding.total]
    return replace(finding, rows=tuple(index.rows[row] for row in kept), numbers=tuple(kept))
