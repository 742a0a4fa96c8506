"""The real service while its database is locked, cut off, restarted, away or crashes: 503 meanwhile, nothing lost."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.store.engine import Store
from tests.conftest import open_store
from tests.support.need import need_postgres
from tests.support.postgres import Cluster, running_cluster
from tests.support.serving import KEY, Serving, running
from tests.support.writers import PEOPLE, nothing_is_lost, writing

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
ON_POSTGRES = pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
LOCKED_SECONDS = 5
AWAY_SECONDS = 10


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A server that this test alone uses, so that it may be stopped."""
    with running_cluster(need_postgres()) as cluster:
        yield cluster


@ON_SQLITE
async def test_a4_a_file_that_another_program_locks_is_waited_for(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(PEOPLE, seconds=10)
            with contextlib.closing(sqlite3.connect(store.url.database, isolation_level=None)) as foreign:
                foreign.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(LOCKED_SECONDS)
                await writers.until_refused(seconds=20)
                foreign.execute("ROLLBACK")
            await writers.until_answered(PEOPLE, seconds=20)
        await nothing_is_lost(store, writers.answered)
    assert set(writers.statuses) == {503}
    assert "Traceback" not in service.said()


async def _terminate_everybody(url: str) -> int:
    """Cut every connection to the database; how many there were."""
    connection = await asyncpg.connect(url)
    try:
        cut = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(cut)
    finally:
        await connection.close()


@ON_POSTGRES
async def test_a4_connections_that_are_cut_are_made_again(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(PEOPLE, seconds=10)
            for _ in range(3):
                assert await _terminate_everybody(engine_url) > 0
                await writers.until_answered(PEOPLE * 2, seconds=20)
        await nothing_is_lost(store, writers.answered)
    assert set(writers.statuses) <= {503}
    assert "Traceback" not in service.said()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("seconds", "crash"),
    [(0, False), (AWAY_SECONDS, False), (0, True)],
    ids=["restarted", "away for ten seconds", "crashed"],
)
async def test_a4_a_server_that_comes_back_finds_everything(
    tmp_path: Path, own_cluster: Cluster, seconds: float, crash: bool
) -> None:
    """Stopped in order, its sessions are ended; crashed, it recovers from its log. Our service just goes on.

    A crash takes what the server had not synced, as the test below shows (A5).
    """
    url = own_cluster.url(await own_cluster.create())
    with running(Serving(folder=tmp_path, store_url=url)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(PEOPLE * 4, seconds=20)
            await asyncio.to_thread(own_cluster.halt, crash=crash)
            await writers.until_refused(seconds=20)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(own_cluster.resume)
            await writers.until_answered(PEOPLE * 4, seconds=40)
        async with open_store(url, key=KEY) as store:
            await nothing_is_lost(store, writers.answered)
    assert set(writers.statuses) == {503}
    assert "Traceback" not in service.said()


@pytest.mark.postgres
@pytest.mark.parametrize("synchronous", ["on", "off"])
async def test_a5_the_crash_bites_whoever_does_not_wait_for_the_sync(own_cluster: Cluster, synchronous: str) -> None:
    """A program that counts what it has committed: without waiting, some of that is gone after the crash."""
    url = own_cluster.url(await own_cluster.create())
    program = await asyncpg.connect(url, server_settings={"synchronous_commit": synchronous})
    await program.execute("CREATE TABLE told (number INTEGER PRIMARY KEY)")
    for number in range(500):
        await program.execute("INSERT INTO told VALUES ($1)", number)
    own_cluster.halt(crash=True)
    program.terminate()
    own_cluster.resume()
    async with _patiently_connected(url) as after:
        kept = await after.fetchval("SELECT count(*) FROM told")
    assert (kept == 500) is (synchronous == "on")


@contextlib.asynccontextmanager
async def _patiently_connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a server that may still be recovering."""
    async with asyncio.timeout(30):
        while True:
            try:
                connection = await asyncpg.connect(url)
                break
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.1)
    try:
        yield connection
    finally:
        await connection.close()
