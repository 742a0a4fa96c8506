"""How the tables of a dataset drifted between two of its versions."""

from bot.core.catalogue import Dataset
from bot.core.drift import Drift, TableShape, compare
from bot.store.engine import Store
from bot.store.table import TableGoneError
from bot.store.table_schemas import column_shapes


async def drift_of(store: Store, before: Dataset, after: Dataset) -> tuple[str, ...]:
    """The same as :func:`drifts_of` in words for an operator."""
    return tuple(drift.sentence for drift in await drifts_of(store, before, after))


async def drifts_of(store: Store, before: Dataset, after: Dataset) -> tuple[Drift, ...]:
    """What changed in the columns of the tables of a dataset, and which of them lost most of its rows.

    Of a dataset that had no table, or has none any more because its files could not be read, nothing is said. Tables
    with the same content on both sides are not looked at, and where one was swept away nothing can be said.
    """
    kept = [{each.table for each in version.resources if each.table} for version in (before, after)]
    if not all(kept):
        return ()
    same = kept[0] & kept[1]
    try:
        return compare(await _shapes(store, before, same), await _shapes(store, after, same))
    except TableGoneError:
        return ()


async def _shapes(store: Store, dataset: Dataset, left_out: set[str]) -> list[TableShape]:
    return [
        TableShape(
            title=resource.title,
            columns=await column_shapes(store, resource.table),
            row_count=resource.row_count,
        )
        for resource in dataset.resources
        if resource.table is not None and resource.table not in left_out
    ]
