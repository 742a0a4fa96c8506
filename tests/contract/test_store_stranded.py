"""Answers that a clock which was ahead has put off are sent soon after it was set right; what is for later stays so."""

from datetime import timedelta

import pytest

from bot.core.delivery import Lane
from bot.store import sending
from bot.store.outbox import claim_heads, due
from bot.store.stranded import bring_back
from bot.store.tables import outbox
from tests.support.rows import MINUTE, NOW, message, queue, receive, rows

AHEAD = timedelta(hours=2)


@pytest.fixture
async def known(store):
    """A store in which ``an`` has written before, so that we have the address."""
    await receive(store, message(1))
    return store


async def waiting(store, *, now=NOW) -> list[str]:
    heads = await claim_heads(store, channel="web", account="main", now=now, limit=10)
    return [item.reply.text for head in heads for item in await due(store, head, now=now, limit=10)]


async def test_what_was_queued_by_a_clock_that_was_ahead_goes_at_once(known):
    await queue(known, "a", at=NOW + AHEAD)
    await queue(known, "b", at=NOW + AHEAD)
    assert await waiting(known) == []
    assert await bring_back(known, now=NOW) == 2
    assert await waiting(known) == ["a", "b"]
    assert await bring_back(known, now=NOW) == 0


async def test_a_second_try_that_was_put_off_by_a_clock_that_was_ahead_is_made(known):
    await queue(known, "a")
    ((row,),) = await rows(known, outbox, "id")
    await sending.postpone(known, row, until=NOW + AHEAD, error="unreachable")
    assert await bring_back(known, now=NOW) == 1
    assert await waiting(known) == ["a"]


@pytest.mark.parametrize("pause", [MINUTE, timedelta(hours=1)])
async def test_a_second_try_keeps_its_pause(known, pause):
    await queue(known, "a")
    ((row,),) = await rows(known, outbox, "id")
    await sending.postpone(known, row, until=NOW + pause, error="unreachable")
    assert await bring_back(known, now=NOW) == 0


async def test_what_is_meant_for_later_stays_there(known):
    await queue(known, "next week", lane=Lane.REMINDER, not_before=NOW + timedelta(days=7))
    await queue(known, "tomorrow", at=NOW + AHEAD, not_before=NOW + timedelta(days=1))
    assert await bring_back(known, now=NOW) == 0
