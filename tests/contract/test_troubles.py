"""What fails is counted in memory and written down every few seconds, never with a send."""

import asyncio

import aiohttp
import pytest

from bot.core.balance import Reason
from bot.core.errors import StoreUnavailableError
from bot.core.pools import Pool
from bot.store.balancing import rebalance
from bot.store.engine import Store
from bot.store.tables import send_troubles
from gateway.errors import MisconfiguredError, OptedOutError, OutcomeUnknownError, RefusedError, UnreachableError
from gateway.troubles import Troubles
from tests.conftest import NOW
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Provider
from tests.support.rows import rows

MEMBER = (CHANNEL, ACCOUNT)
POOL = Pool(name="sms", weights={MEMBER: 51, (CHANNEL, "second"): 49})


@pytest.fixture
def troubles(store: Store) -> Troubles:
    return Troubles(store, POOL.weights, lambda: NOW)


async def test_only_the_providers_faults_count_and_only_of_accounts_in_a_pool(store: Store, troubles: Troubles):
    for error in (UnreachableError("a"), OutcomeUnknownError("b"), MisconfiguredError("c")):
        troubles.note(MEMBER, error)
        troubles.note((CHANNEL, "alone"), error)
    for error in (RefusedError("d"), OptedOutError("e")):
        troubles.note(MEMBER, error)
    await troubles.write()
    assert await rows(store, send_troubles, "account", "count") == [(ACCOUNT, 3)]


async def test_nothing_is_written_while_nothing_fails(store: Store, troubles: Troubles):
    await troubles.write()
    assert await rows(store, send_troubles, "account") == []


async def test_what_was_counted_is_written_down_at_the_stop(store: Store, troubles: Troubles):
    stop = asyncio.Event()
    running = asyncio.create_task(troubles.run(stop))
    await asyncio.sleep(0)
    troubles.note(MEMBER, UnreachableError("a"))
    stop.set()
    await running
    assert await rows(store, send_troubles, "count") == [(1,)]


class Away(Store):
    """A database that takes nothing."""

    async def write(self, job, *, wake=()):  # noqa: ARG002 – fixed signature
        raise StoreUnavailableError("away")


async def test_while_the_database_is_away_it_goes_on_counting():
    troubles = Troubles(Away("sqlite:///none.db", bytes(32), owner=""), POOL.weights, lambda: NOW)
    for _ in range(2):
        troubles.note(MEMBER, UnreachableError("a"))
        await troubles.write()
    assert troubles._counts[MEMBER] == 2


async def test_a_sender_whose_provider_is_away_moves_the_weights(store: Store, troubles: Troubles):
    await rebalance(store, POOL, now=NOW)
    async with aiohttp.ClientSession() as session:
        desk = Desk(store, session, Provider(answers=[UnreachableError("away")] * 12))
        sender = desk.sender(pools=[POOL], troubles=troubles)
        for number in range(12):
            await desk.queue("tin", user=f"an-{number}")
        await desk.work(sender)
    await troubles.write()
    moved = await rebalance(store, POOL, now=NOW)
    assert (moved.reason, moved.weights[MEMBER]) == (Reason.ERRORS, 41)
