"""Databases that tests use one after the other: emptying one costs a hundredth of making and dropping one.

What comes back must be what a new copy of the template would be: its rows, its sequences, nobody connected. A database
whose schema or statistics a test has changed, or that somebody does not leave, is dropped.
"""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import asyncpg

from tests.support.postgres import Cluster

_PATIENCE_SECONDS = 5.0
_LARGE_BYTES = (
    64 * 1024
)  # a larger table is given back to the disk: dead rows would make the next test's queries dearer
_LEAVE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_TABLES = """
SELECT quote_ident(relname) AS name, pg_relation_size(oid) > $1 AS large
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"""
_SEQUENCES = (
    "SELECT quote_ident(sequencename) AS name, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
)
_SHAPE = """
SELECT 'attribute', count(*), sum(xmin::text::bigint) FROM pg_attribute
UNION ALL SELECT 'default', count(*), sum(xmin::text::bigint) FROM pg_attrdef
UNION ALL SELECT 'constraint', count(*), sum(xmin::text::bigint) FROM pg_constraint
UNION ALL SELECT 'index', count(*), sum(xmin::text::bigint) FROM pg_index
UNION ALL SELECT 'trigger', count(*), sum(xmin::text::bigint) FROM pg_trigger
UNION ALL SELECT 'function', count(*), sum(xmin::text::bigint) FROM pg_proc
UNION ALL SELECT 'namespace', count(*), sum(xmin::text::bigint) FROM pg_namespace
UNION ALL SELECT 'name', count(*), sum(hashtext(relname)) FROM pg_class
UNION ALL SELECT 'statistics', count(*), sum(xmin::text::bigint) FROM pg_statistic
UNION ALL SELECT 'setting', count(*), sum(xmin::text::bigint) FROM pg_db_role_setting"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a fresh database holds."""

    shape: list[asyncpg.Record]
    rows: dict[str, bytes]
    sequences: list[asyncpg.Record]


@dataclass(slots=True, kw_only=True)
class Reused:
    """The databases of one server that are copies of ``template``."""

    cluster: Cluster
    template: str
    _free: list[str] = field(default_factory=list)
    _origins: dict[str, Origin] = field(default_factory=dict)

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """The name of a database as good as new, as long as the block lasts."""
        name = self._free.pop() if self._free else await self._make()
        try:
            yield name
        finally:
            if await self._renewed(name):
                self._free.append(name)
            else:
                await self.cluster.drop(name)

    async def _make(self) -> str:
        name = await self.cluster.create(template=self.template)
        async with self._connected(name) as connection:
            self._origins[name] = await _look(connection)
        return name

    async def _renewed(self, name: str) -> bool:
        """Whether the database is again what it was when it was made."""
        async with self._connected(name) as connection:
            if not await _left_alone(connection):
                return False
            origin = self._origins[name]
            if await connection.fetch(_SHAPE) != origin.shape:
                return False
            await _empty(connection)
            await _fill(connection, origin)
            return True

    @contextlib.asynccontextmanager
    async def _connected(self, name: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.cluster.url(name))
        try:
            yield connection
        finally:
            await connection.close()


async def _look(connection: asyncpg.Connection) -> Origin:
    shape = await connection.fetch(_SHAPE)
    rows = {}
    for table in await connection.fetch(_TABLES, 0):
        copied = io.BytesIO()
        await connection.copy_from_query(f"SELECT * FROM {table['name']}", output=copied)
        if copied.tell():
            rows[table["name"]] = copied.getvalue()
    return Origin(shape=shape, rows=rows, sequences=await connection.fetch(_SEQUENCES))


async def _left_alone(connection: asyncpg.Connection) -> bool:
    """Send everybody else away; whether they went."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while await connection.fetch(_LEAVE):
                await asyncio.sleep(0.002)
            return True
    return False


async def _empty(connection: asyncpg.Connection) -> None:
    tables = await connection.fetch(_TABLES, _LARGE_BYTES)
    large = ", ".join(table["name"] for table in tables if table["large"])
    await connection.execute("SET session_replication_role = replica")  # no order of deletion among referring tables
    await connection.execute("; ".join(f"DELETE FROM {table['name']}" for table in tables))
    if large:
        await connection.execute(f"TRUNCATE {large} CASCADE")


async def _fill(connection: asyncpg.Connection, origin: Origin) -> None:
    for table, rows in origin.rows.items():
        await connection.copy_to_table(table.strip('"'), source=io.BytesIO(rows))
    for one in origin.sequences:
        used = one["last_value"] is not None
        await connection.execute(f"SELECT setval('{one['name']}', {one['last_value'] or one['start_value']}, {used})")
