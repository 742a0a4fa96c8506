"""What a write and a read promise, on each engine."""

import asyncio
import contextlib
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from bot.core.errors import StoreError, StoreUnavailableError
from bot.store import conversations
from bot.store.conversations import EVERYBODY
from bot.store.engine import Store
from bot.store.tables import conversations as conversations_table
from bot.store.tables import facts
from tests.conftest import KEY, open_store
from tests.support.engines import POSTGRES_ONLY, SQLITE_ONLY
from tests.support.rows import NOW, address, message, receive, rows


def put(name: str, value: str = ""):
    return lambda connection: connection.execute(insert(facts).values(name=name, value=value))


async def names(store: Store) -> set[str]:
    return {name for (name,) in await rows(store, facts, "name")} - {"key"}


async def test_a_write_returns_what_its_job_returned(store):
    async def job(connection):
        return await connection.scalar(select(facts.c.value).where(facts.c.name == "key"))

    assert await store.write(job) == store.vault.fingerprint


async def test_what_was_written_is_read_at_once(store):
    await store.write(put("a"))
    assert await names(store) == {"a"}


@POSTGRES_ONLY
async def test_nobody_reads_what_is_not_committed_on_a_server(store):
    async def job(connection):
        await put("a")(connection)
        return await names(store)

    assert await store.write(job) == set()
    assert await names(store) == {"a"}


@SQLITE_ONLY
async def test_nobody_reads_what_is_not_committed_in_a_file(store):
    async def job(connection):
        await put("a")(connection)
        with contextlib.closing(sqlite3.connect(store.url.database)) as foreign:
            return foreign.execute("SELECT name FROM facts WHERE name = 'a'").fetchall()

    assert await store.write(job) == []
    assert await names(store) == {"a"}


@SQLITE_ONLY
async def test_a_job_that_would_hold_up_the_write_lane_is_refused(store):
    async def waiting(connection):
        await put("half")(connection)
        await asyncio.sleep(0)

    results = await asyncio.gather(store.write(waiting), store.write(put("neighbour")), return_exceptions=True)
    assert isinstance(results[0], StoreError)
    assert await names(store) == {"neighbour"}


async def test_a_job_that_fails_leaves_nothing_and_harms_no_neighbour(store):
    async def failing(connection):
        await put("half")(connection)
        raise ValueError("on purpose")

    results = await asyncio.gather(
        *(store.write(failing if n == 5 else put(f"n{n}")) for n in range(10)), return_exceptions=True
    )
    assert [str(result) for result in results if isinstance(result, Exception)] == ["on purpose"]
    assert await names(store) == {f"n{n}" for n in range(10) if n != 5}


async def test_a_row_that_breaks_a_rule_harms_no_neighbour(store):
    jobs = [put("a"), put("b"), put("a"), put("c")]
    results = await asyncio.gather(*(store.write(job) for job in jobs), return_exceptions=True)
    assert sum(isinstance(result, Exception) for result in results) == 1
    assert await names(store) == {"a", "b", "c"}


async def test_a_cancelled_writer_harms_no_neighbour(store):
    tasks = [asyncio.create_task(store.write(put(f"n{n}"))) for n in range(8)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert {f"n{n}" for n in range(8) if n != 3} <= await names(store)


async def test_two_processes_write_side_by_side(store, open_another):
    other = await open_another("other")
    await asyncio.gather(*((store, other)[n % 2].write(put(f"n{n:03}")) for n in range(100)))
    assert await names(store) == {f"n{n:03}" for n in range(100)}


async def test_closing_commits_what_waits(engine_url):
    closing = Store(engine_url, KEY, owner="closing")
    await closing.open()
    writes = [asyncio.create_task(closing.write(put(f"n{n}"))) for n in range(20)]
    await asyncio.gather(*writes[:1])
    await closing.close()
    await asyncio.gather(*writes)
    reopened = Store(engine_url, KEY, owner="reopened")
    assert len(await names(reopened)) == 20
    await reopened.close()


async def test_a_store_that_is_not_open_says_so(engine_url):
    with pytest.raises(StoreError, match="not open"):
        await Store(engine_url, KEY, owner="early").write(put("a"))


@SQLITE_ONLY
async def test_a_locked_file_fails_the_write_and_recovers_without_restart(store):
    with sqlite3.connect(store.url.database, isolation_level=None) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="cannot be used now"):
            await store.write(put("refused"))
        assert await names(store) == set(), "reading goes on meanwhile"
        foreign.execute("ROLLBACK")
    foreign.close()
    await store.write(put("taken"))
    assert await names(store) == {"taken"}


@SQLITE_ONLY
async def test_a_full_disk_fails_the_write_and_recovers_without_restart(store):
    async def limit(connection, pages):
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    await store.write(lambda connection: limit(connection, 1))  # the present size is the least it takes
    with pytest.raises(StoreUnavailableError):
        await store.write(put("big", "x" * 4_000_000))
    await store.write(lambda connection: limit(connection, 1_000_000))
    await store.write(put("big", "x" * 4_000_000))
    assert await names(store) == {"big"}


@SQLITE_ONLY
async def test_nobody_else_on_the_machine_can_read_a_new_file(blank_url):
    before = os.umask(0)
    try:
        async with open_store(blank_url) as store:
            await store.write(lambda connection: connection.exec_driver_sql("CREATE TABLE t (a)"))
            folder = Path(store.url.database).parent
            modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in folder.glob("blank.db*")}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("blank.db", "blank.db-wal", "blank.db-shm"), 0o600)


@POSTGRES_ONLY
async def test_an_address_says_how_the_way_is_protected(engine_url):
    async with open_store(f"{engine_url}?sslmode=disable") as store:
        await store.write(put("a"))
        assert await names(store) == {"a"}


@SQLITE_ONLY
async def test_a_commit_is_synced_to_disk(store):
    async def job(connection):
        return [await connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]

    assert await store.write(job) == ["wal", 2]


@POSTGRES_ONLY
async def test_a_server_that_drops_everybody_is_used_again(store):
    async def drop_everybody(connection):
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()")
        )

    with pytest.raises(StoreUnavailableError):
        await store.write(drop_everybody)
    failures = 0
    while failures < 20:
        try:
            await store.write(put(f"n{failures}"))
            break
        except StoreUnavailableError:
            failures += 1
    assert len(await names(store)) == 1


async def test_a_server_that_is_away_is_one_sentence():
    away = Store("postgresql://nobody:x@127.0.0.1:1/nothing", KEY, owner="away")
    with pytest.raises(StoreUnavailableError, match="cannot be used now"):
        async with away.read():
            pass
    await away.close()


@POSTGRES_ONLY
async def test_a_deadlock_is_resolved_by_trying_once_more(store):
    await store.write(put("a"))
    await store.write(put("b"))
    met = asyncio.Barrier(2)
    first_try = {"ab": True, "ba": True}

    async def job(connection, order):
        for name in order:
            await connection.execute(update(facts).where(facts.c.name == name).values(value=facts.c.value + order))
            if first_try[order]:
                first_try[order] = False
                await met.wait()

    await asyncio.gather(
        *(store.write(lambda connection, order=order: job(connection, order)) for order in ("ab", "ba"))
    )
    values = dict(await rows(store, facts, "name", "value"))
    assert sorted(values["a"][i : i + 2] for i in (0, 2)) == ["ab", "ba"]
    assert values["a"] == values["b"]


@POSTGRES_ONLY
async def test_a_deadlock_that_comes_back_is_no_fault_of_what_was_written(store):
    tries = []

    async def job(connection):
        tries.append(1)
        await connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'met again' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(StoreUnavailableError, match="DeadlockDetectedError"):
        await store.write(job)
    assert len(tries) == 2


@pytest.mark.parametrize("url", ["mysql://host/db", "not a url", ""])
def test_another_database_is_refused_with_a_sentence(url):
    with pytest.raises(StoreError, match=r"store\.url"):
        Store(url, KEY, owner="test")


@POSTGRES_ONLY
async def test_leases_are_renewed_in_the_order_in_which_messages_are_accepted(store):
    first, second = sorted((store.vault.person(address(user)), user) for user in ("an", "binh"))
    for _, user in (second, first):  # the order in which the database comes upon them is another
        await receive(store, message(1, user=user))
    held = await conversations.claim_due(store, scope=EVERYBODY, now=NOW, limit=2)
    came_in = asyncio.Event()

    async def accept(connection):
        await connection.exec_driver_sql("SET LOCAL deadlock_timeout = '50ms'")  # so that this one is given up first
        for number, (person, _) in enumerate((first, second)):
            await connection.execute(
                select(conversations_table.c.person).where(conversations_table.c.person == person).with_for_update()
            )
            if not number:
                came_in.set()
                await connection.exec_driver_sql("SELECT pg_sleep(0.3)")

    tries = 0

    async def once(connection):
        nonlocal tries
        tries += 1
        await accept(connection)

    accepting = asyncio.create_task(store.write(once))
    await came_in.wait()
    await asyncio.gather(accepting, conversations.renew(store, held, now=NOW))
    assert tries == 1
