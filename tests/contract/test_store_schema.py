"""The migrations make exactly the tables that the code speaks of, once, whoever starts first."""

import asyncio

import pytest
from sqlalchemy import Connection, Dialect, Index, Table, UniqueConstraint, delete, insert, inspect

from bot.core.errors import StoreError
from bot.store.migrate import holds_data, migrate, pending
from bot.store.tables import metadata, migrations, quarantine
from tests.conftest import open_store
from tests.support.rows import NOW, rows

Shape = dict[str, object]


def declared(table: Table, dialect: Dialect) -> Shape:
    uniques = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    return {
        "columns": {c.name: (affinity(c.type.compile(dialect), dialect), c.nullable) for c in table.columns},
        "primary key": [c.name for c in table.primary_key.columns],
        "uniques": sorted(sorted(c.name for c in unique.columns) for unique in uniques),
        "indexes": {
            index.name: [[c.name for c in index.columns], is_partial(index, dialect)] for index in table.indexes
        },
    }


def found(connection: Connection, name: str) -> Shape:
    seen, dialect = inspect(connection), connection.dialect
    uniques = [sorted(unique["column_names"]) for unique in seen.get_unique_constraints(name)]
    indexes = [index for index in seen.get_indexes(name) if not index.get("duplicates_constraint")]
    partial = f"{dialect.name}_where"
    return {
        "columns": {
            c["name"]: (affinity(c["type"].compile(dialect), dialect), c["nullable"]) for c in seen.get_columns(name)
        },
        "primary key": seen.get_pk_constraint(name)["constrained_columns"],
        "uniques": sorted(uniques),
        "indexes": {
            index["name"]: [index["column_names"], partial in index.get("dialect_options", {})] for index in indexes
        },
    }


def affinity(printed: str, dialect: Dialect) -> str:
    """SQLite keeps every whole number alike."""
    return "INTEGER" if dialect.name == "sqlite" and printed == "BIGINT" else printed


def is_partial(index: Index, dialect: Dialect) -> bool:
    return index.dialect_options[dialect.name]["where"] is not None


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
async def test_the_migrations_make_exactly_the_declared_table(store, table):
    async with store.read() as connection:
        made = await connection.run_sync(lambda sync: found(sync, table.name))
        assert made == declared(table, connection.dialect)


async def test_the_migrations_make_no_other_table(store):
    async with store.read() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert set(names) - {"sqlite_sequence"} == set(metadata.tables)


async def test_migrating_again_changes_nothing(blank_url):
    async with open_store(blank_url) as store:
        first = await migrate(store, now=NOW)
        before = await rows(store, migrations, "name", "applied_at")
        again = await migrate(store, now=NOW.replace(year=2027))
        assert first == tuple(name for name, _ in before)
        assert again == ()
        assert await rows(store, migrations, "name", "applied_at") == before


async def test_a_blank_database_says_what_it_needs(blank_url):
    async with open_store(blank_url) as store:
        needed = await pending(store)
        assert not await holds_data(store)
        assert await migrate(store, now=NOW) == needed
        assert await pending(store) == ()
        assert await holds_data(store)


async def test_two_processes_that_start_together_migrate_once(blank_url):
    async with open_store(blank_url, owner="one") as one, open_store(blank_url, owner="two") as two:
        first, second = await asyncio.gather(migrate(one, now=NOW), migrate(two, now=NOW))
        assert sorted([first, second]) == [(), tuple(name for (name,) in await rows(one, migrations, "name"))]


async def test_a_newer_database_is_refused_and_left_alone(store):
    future = insert(migrations).values(name="9999_future", applied_at=NOW)
    await store.write(lambda connection: connection.execute(future))
    before = await rows(store, migrations, "name")
    with pytest.raises(StoreError, match=r"9999_future.*upgrade"):
        await migrate(store, now=NOW)
    with pytest.raises(StoreError, match="newer than this program"):
        await pending(store)
    assert await rows(store, migrations, "name") == before


async def test_a_database_refuses_another_key(engine_url):
    async with open_store(engine_url, key=b"x" * 32) as stranger:
        with pytest.raises(StoreError, match="belongs to another key"):
            await migrate(stranger, now=NOW)


async def test_an_id_is_never_given_twice(store):
    row = {"channel": "web", "account": "main", "raw": b"", "reason": "", "received_at": NOW}
    await store.write(lambda connection: connection.execute(insert(quarantine).values(row)))
    (first,) = await rows(store, quarantine, "id")
    await store.write(lambda connection: connection.execute(delete(quarantine)))
    await store.write(lambda connection: connection.execute(insert(quarantine).values(row)))
    (second,) = await rows(store, quarantine, "id")
    assert second > first
