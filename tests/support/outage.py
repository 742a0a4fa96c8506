"""A database that fails the next write and is back soon."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator

import asyncpg

from bot.store.engine import Store
from bot.store.sqlite import BUSY_SECONDS


@contextlib.asynccontextmanager
async def outage(store: Store) -> AsyncIterator[None]:
    """The database of ``store`` fails the next write and is back after a few seconds."""
    if store.dialect == "sqlite":
        foreign = sqlite3.connect(str(store.url.database), isolation_level=None, check_same_thread=False)
        foreign.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(BUSY_SECONDS + 0.5, foreign.rollback)
        yield
        foreign.close()
        return
    connection = await asyncpg.connect(store.url.set(drivername="postgresql").render_as_string(hide_password=False))
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()
    yield
