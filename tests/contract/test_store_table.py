"""Contents of tables: kept once, whole, and removed when nothing refers to them."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.store.table import TableGoneError, load_table, make_table, prune_tables, save_table
from bot.store.tables import table_chunks, tables
from tests.support.catalogue import count
from tests.support.rows import NOW

HOUR = timedelta(hours=1)
SHAPES = {
    "no row": (2, 0),
    "one row": (2, 1),
    "one chunk": (2, 500),
    "three chunks": (2, 1001),
    "very wide": (20_000, 3),
}


def table_of(columns: int, rows: int):
    return make_table([f"cột {n}" for n in range(columns)], [[f"{r}.{c}" for c in range(columns)] for r in range(rows)])


@pytest.mark.parametrize(("columns", "rows"), SHAPES.values(), ids=SHAPES)
async def test_a_table_comes_back_row_by_row(store, columns, rows):
    table = table_of(columns, rows)
    await save_table(store, table, now=NOW)
    assert await load_table(store, table.hash) == table


async def test_texts_come_back_as_they_were_printed(store):
    printed = ["Phường  An Cựu", '"1.234,5"', "..", "a\nb", "€ 😀 \\ '", ""]
    table = make_table(printed, [printed])
    await save_table(store, table, now=NOW)
    assert (await load_table(store, table.hash)).rows == (tuple(printed),)


def test_the_hash_tells_contents_apart():
    contents = [(["a", "b"], [["1", "2"]]), (["a"], [["b"], ["1"]]), (["a", "b"], [["12", ""]]), (["a", "b"], [])]
    assert len({make_table(*content).hash for content in contents}) == len(contents)
    assert make_table(["a"], [["1"]]).hash == make_table(("a",), (("1",),)).hash


async def test_the_same_content_is_kept_once(store):
    for _ in range(2):
        await save_table(store, table_of(2, 1001), now=NOW)
    assert (await count(store, tables), await count(store, table_chunks)) == (1, 3)


async def test_a_save_that_was_broken_off_is_completed_by_the_next(store):
    table = table_of(2, 1001)
    await save_table(store, table, now=NOW)
    await store.write(lambda c: c.execute(delete(table_chunks).where(table_chunks.c.number == 1)))
    with pytest.raises(TableGoneError):
        await load_table(store, table.hash)
    await save_table(store, table, now=NOW)
    assert await load_table(store, table.hash) == table


async def test_a_table_that_is_not_kept_is_named(store):
    with pytest.raises(TableGoneError, match="table 0123456789ab… is not kept"):
        await load_table(store, "0123456789abcdef")


async def test_only_what_is_unused_and_old_is_pruned(store):
    used, old, young = (table_of(2, rows) for rows in (1, 2, 3))
    await save_table(store, used, now=NOW - HOUR)
    await save_table(store, old, now=NOW - HOUR)
    await save_table(store, young, now=NOW)
    await prune_tables(store, used={used.hash}, before=NOW)
    assert [await load_table(store, kept.hash) for kept in (used, young)] == [used, young]
    with pytest.raises(TableGoneError):
        await load_table(store, old.hash)


async def test_saving_again_makes_a_table_young(store):
    table = table_of(2, 1)
    await save_table(store, table, now=NOW - HOUR)
    await save_table(store, table, now=NOW)
    await prune_tables(store, used=set(), before=NOW)
    assert await load_table(store, table.hash) == table


async def test_a_long_table_leaves_nothing_behind(store):
    await save_table(store, table_of(1000, 300), now=NOW - HOUR)
    assert await count(store, table_chunks) == 30
    await prune_tables(store, used=set(), before=NOW)
    assert (await count(store, tables), await count(store, table_chunks)) == (0, 0)
