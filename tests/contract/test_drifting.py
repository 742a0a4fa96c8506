"""Two versions of a dataset are compared by what is kept of their tables."""

from dataclasses import replace
from datetime import timedelta

from bot.core.catalogue import Dataset, Resource
from bot.store.table import make_table, prune_tables, save_table
from bot.store.table_schemas import column_shapes
from bot.store.tables import table_schemas
from gateway.drifting import drift_of, drifts_of
from tests.support.catalogue import count
from tests.support.rows import NOW


async def version(store, *columns: str, rows: int = 3) -> Dataset:
    table = make_table(columns, [[f"{name}-{n}" for name in columns] for n in range(rows)])
    await save_table(store, table, now=NOW)
    resource = Resource(position=0, fields=columns, row_count=rows, table=table.hash)
    return Dataset(code="D1", title="t", resources=(resource,))


async def test_what_became_of_the_columns_is_told(store):
    before, after = await version(store, "Xã", "Hộ"), await version(store, "Xã", "Hộ", "Năm")
    assert await drift_of(store, before, after) == ("column 'Năm' is new",)
    (drift,) = await drifts_of(store, before, after)
    assert (drift.kind, drift.column, drift.after) == ("added", "Năm", "text")
    assert await count(store, table_schemas) == 2, "what columns hold is remembered"


async def test_the_same_table_and_no_table_are_no_drift(store):
    before = await version(store, "Xã", "Hộ", rows=600)
    bare = replace(before, resources=(Resource(position=0),))
    for one, other in ((before, before), (before, bare), (bare, before), (bare, bare)):
        assert await drift_of(store, one, other) == ()


async def test_a_table_that_was_swept_away_is_not_compared(store):
    before = await version(store, "Xã", "Hộ")
    assert before.resources[0].table is not None
    await column_shapes(store, before.resources[0].table)
    await prune_tables(store, used=set(), before=NOW + timedelta(days=1))
    assert await count(store, table_schemas) == 0
    after = await version(store, "Xã", "Hộ", "Năm")
    assert await drift_of(store, before, after) == ()
