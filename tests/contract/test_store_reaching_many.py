"""Many messages whose time is over at once are read together, and none is forgotten."""

import aiohttp
import pytest

from bot.core.delivery import Lane
from bot.core.messages import Reply
from bot.store.engine import Store
from bot.store.outbox import Draft, enqueue
from bot.store.reaching import Looked
from tests.support.climb import WITHIN, look, send
from tests.support.crowd import ACCOUNT, CHANNEL, message
from tests.support.desk import Desk, Provider
from tests.support.rows import receive, statements


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


async def overdue(desk: Desk, people: int) -> None:
    """So many people, each with a message that has left and that nothing confirms in time."""
    for number in range(people):
        someone = message(f"p{people}-{number}", 0, "xin chào", desk.now)
        await receive(desk.store, someone)
        draft = Draft(
            person=desk.store.vault.person(someone.address),
            channel=CHANNEL,
            account=ACCOUNT,
            lane=Lane.REMINDER,
            reply=Reply(text="sắp đến hạn"),
            language="vi",
            origin="test",
            dedupe_key=f"k{people}-{number}",
            confirm_within=WITHIN,
        )
        await desk.store.write(lambda connection, draft=draft: enqueue(connection, draft, now=desk.now))
    for _ in range(people // 8 + 1):
        await send(desk)
    desk.now += WITHIN


async def test_many_are_as_many_statements_as_one(desk: Desk):
    counts = []
    for people in (1, 15):
        await overdue(desk, people)
        async with statements() as heard:
            looked = await look(desk)
        assert len(looked.unconfirmed) == people
        counts.append(len(heard))
        desk.now += WITHIN
    assert counts[0] == counts[1]


async def test_none_of_more_than_a_slice_is_forgotten(desk: Desk):
    await overdue(desk, 45)
    assert len((await look(desk)).unconfirmed) == 45
    assert await look(desk) == Looked()
