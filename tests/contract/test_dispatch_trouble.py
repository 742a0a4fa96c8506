"""The dispatcher when a handler, a row or the database fails: who waits, what is written, what is logged."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text, update

from bot.core.messages import Reply
from bot.dispatch import CONCURRENCY, RENEW_SECONDS, TRIES, Dispatcher
from bot.handler import Context, Outcome
from bot.store.engine import Store
from bot.store.queue import LEASE
from bot.store.tables import conversations, inbox, outbox
from gateway import worker
from tests.conftest import NOW
from tests.contract.harness import every_log
from tests.support.crowd import message, put_in
from tests.support.mind import mind
from tests.support.rows import rows
from tests.support.talk import content


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def repeat(context: Context) -> Outcome:
    return Outcome(replies=(Reply(text=context.message.text),))


async def drain(dispatcher: Dispatcher) -> None:
    while await dispatcher.take():
        await dispatcher.finish()


@contextlib.asynccontextmanager
async def at_work(dispatcher: Dispatcher) -> AsyncIterator[None]:
    """``dispatcher`` as the service runs it."""
    async with worker.until_stopped("dispatcher", dispatcher.run):
        yield


async def replies(store: Store) -> list[str]:
    return [reply["text"] for (reply,) in await rows(store, outbox, "reply")]


async def until(store: Store, *expected: str) -> None:
    async with asyncio.timeout(30):
        while sorted(await replies(store)) != sorted(expected):
            await asyncio.sleep(0.05)


async def test_thinking_longer_than_a_lease_is_done_once(store: Store):
    """The clock runs past the lease while a handler thinks; a second worker is eager to take over."""
    clock, thought = Clock(), 0

    async def think(context: Context) -> Outcome:
        nonlocal thought
        thought += 1
        for _ in range(3):
            await asyncio.sleep(RENEW_SECONDS * 1.2)
            clock.now += LEASE * 0.9
        return await repeat(context)

    await put_in(store, [message("an", 1, "dân số", NOW)])
    first, second = Dispatcher(mind(store, think, clock=clock)), Dispatcher(mind(store, think, clock=clock))
    first._mind.library.ready.set()
    second._mind.library.ready.set()
    async with at_work(first), at_work(second):
        await until(store, "dân số")
    assert thought == 1


async def test_a_lease_that_was_lost_all_the_same_writes_nothing_twice(store: Store):
    clock, going, thinking = Clock(), asyncio.Event(), asyncio.Event()

    async def think(context: Context) -> Outcome:
        thinking.set()
        await going.wait()
        return await repeat(context)

    await put_in(store, [message("an", number, f"câu {number}", NOW) for number in range(3)])
    dispatcher = Dispatcher(mind(store, think, clock=clock))
    assert await dispatcher.take() == 1
    await thinking.wait()
    clock.now += LEASE * 2
    assert await dispatcher.take() == 1
    going.set()
    await dispatcher.finish()
    await drain(dispatcher)
    assert await replies(store) == ["câu 0", "câu 1", "câu 2"]
    assert await rows(store, inbox, "state", "attempts") == [("done", 0)] * 3


async def test_a_handler_that_hangs_costs_one_message_and_nobody_else_waits(store: Store):
    clock = Clock()

    async def hang(context: Context) -> Outcome:
        if "treo" in context.message.text:
            await asyncio.Event().wait()
        return await repeat(context)

    await put_in(store, [message(f"h{number}", 1, "treo", NOW) for number in range(CONCURRENCY)])
    await put_in(store, [message("binh", 1, "dân số", NOW)])
    dispatcher = Dispatcher(mind(store, hang, clock=clock), patience=0.1)
    for _ in range(TRIES):
        await drain(dispatcher)
        clock.now += timedelta(seconds=5)
    apology = content().say("vi", "dispatch.apology")
    assert sorted(await replies(store)) == sorted(["dân số", *[apology] * CONCURRENCY])


async def test_reading_that_is_given_up_leaves_the_database_usable(store: Store):
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n"
        if store.dialect == "sqlite"
        else "SELECT pg_sleep(3)"
    )

    async def read(context: Context) -> Outcome:
        async with store.read() as connection:
            await connection.execute(text(slow))
        return await repeat(context)

    await put_in(store, [message(f"u{number}", 1, "dân số", NOW) for number in range(20)])
    await drain(Dispatcher(mind(store, read), patience=0.05))
    async with asyncio.timeout(10):
        assert {attempts for (attempts,) in await rows(store, inbox, "attempts")} == {1}


async def test_a_row_that_cannot_be_read_holds_up_nobody_else(store: Store, canaries):
    await put_in(store, [message("an", 1, canaries.text, NOW), message("binh", 1, "dân số", NOW)])
    spoil = "UPDATE inbox SET body = '{' || body WHERE external_id = 'an-1'"
    await store.write(lambda connection: connection.exec_driver_sql(spoil))
    with every_log() as logged:
        await drain(Dispatcher(mind(store, repeat)))
    assert await replies(store) == ["dân số"]
    assert "dispatch.broken" in logged()
    assert canaries.text not in logged()


async def test_an_error_on_the_way_is_logged_without_what_the_person_wrote(store: Store, canaries):
    async def quote(context: Context) -> Outcome:
        if "lone" in context.message.text:
            return Outcome(replies=(Reply(text=f"{canaries.text}\x00\ud800"),))
        raise ValueError(f"a bug that quotes {context.message.text}")

    await put_in(store, [message("an", 1, f"dân số {canaries.text}", NOW), message("binh", 1, "lone", NOW)])
    with every_log() as logged:
        clock = Clock()
        for _ in range(TRIES):
            await drain(Dispatcher(mind(store, quote, clock=clock)))
            clock.now += LEASE
    assert "dispatch.failed" in logged()
    assert canaries.text not in logged()
    apology = content().say("vi", "dispatch.apology")
    assert set(await replies(store)) <= {apology, f"{canaries.text}\x00\ud800"}


async def test_an_undue_second_look_at_a_person_changes_nothing(store: Store):
    await put_in(store, [message("an", 1, "dân số", NOW)])
    dispatcher = Dispatcher(mind(store, repeat))
    await drain(dispatcher)
    await store.write(lambda connection: connection.execute(update(conversations).values(due_at=NOW)))
    await drain(dispatcher)
    assert await replies(store) == ["dân số"]
    assert await rows(store, conversations, "due_at", "lease_owner") == [(None, None)]


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_connections_that_break_in_the_middle_of_a_turn_delay_it_and_lose_nothing(store: Store, engine: str):
    clock, broken = Clock(), False

    async def interrupt(context: Context) -> Outcome:
        nonlocal broken
        if not broken:
            broken = True
            with contextlib.suppress(Exception):
                await store.write(
                    lambda connection: connection.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                        )
                    )
                )
        return await repeat(context)

    await put_in(store, [message("an", number, f"câu {number}", NOW) for number in range(3)])
    dispatcher = Dispatcher(mind(store, interrupt, clock=clock))
    async with asyncio.timeout(30):
        while len(await replies(store)) < 3:
            with contextlib.suppress(Exception):
                await drain(dispatcher)
            clock.now += LEASE
    assert await replies(store) == ["câu 0", "câu 1", "câu 2"]
