"""Databases that tests use one after the other are each time as good as new, else a test could see another's rows."""

import asyncpg
import pytest

from tests.support.postgres import TEMPLATE, Cluster
from tests.support.reuse import Reused

pytestmark = pytest.mark.postgres

FILL = """
INSERT INTO quarantine (channel, account, raw, reason, received_at)
SELECT 'web', 'main', '', repeat('x', 100), 1 FROM generate_series(1, 2000)"""
SIZES = (
    "SELECT tablename, pg_relation_size(quote_ident(tablename)::regclass) FROM pg_tables WHERE schemaname = 'public'"
)


@pytest.fixture
def reused(cluster: Cluster) -> Reused:
    return Reused(cluster=cluster, template=TEMPLATE)


async def use(reused: Reused, *statements: str) -> str:
    """The name of the database that the statements were run on."""
    async with reused.database() as name:
        connection = await asyncpg.connect(reused.cluster.url(name))
        for statement in statements:
            await connection.execute(statement)
        await connection.close()
    return name


async def contents(reused: Reused) -> dict[str, object]:
    """What the next one to use a database finds in it."""
    async with reused.database() as name:
        connection = await asyncpg.connect(reused.cluster.url(name))
        tables = await connection.fetch(SIZES)
        held: dict[str, object] = {table: await connection.fetch(f'SELECT * FROM "{table}"') for table, _ in tables}
        held["sequences"] = await connection.fetch("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1")
        held["large"] = [table for table, size in tables if size > 64 * 1024]
        await connection.close()
    return held


async def test_what_one_leaves_behind_the_next_does_not_find(reused):
    fresh = await contents(reused)
    assert fresh["migrations"]
    assert not fresh["quarantine"]
    used = await use(reused, FILL, "DELETE FROM migrations", "UPDATE facts SET value = 'other'")
    assert await contents(reused) == fresh
    assert await use(reused) == used


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("ALTER TABLE facts ADD COLUMN later INTEGER", id="a column more"),
        pytest.param("ALTER TABLE facts RENAME TO away", id="a table of another name"),
        pytest.param("CREATE INDEX more ON quarantine (reason)", id="an index more"),
        pytest.param("ALTER TABLE quarantine ALTER reason SET DEFAULT ''", id="another default"),
        pytest.param("CREATE SCHEMA elsewhere", id="a schema more"),
        pytest.param(f"{FILL}; ANALYZE", id="statistics"),
    ],
)
async def test_a_database_that_was_changed_is_not_used_again(reused, change):
    changed = await use(reused, change)
    assert await use(reused) != changed


async def test_whoever_is_still_connected_is_sent_away(reused):
    async with reused.database() as name:
        left = await asyncpg.connect(reused.cluster.url(name))
        await left.execute("BEGIN; LOCK TABLE quarantine")
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await left.execute("SELECT 1")
    assert await use(reused) == name
