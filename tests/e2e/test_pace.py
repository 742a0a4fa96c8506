"""No window of a provider is ever exceeded: bursts, pauses, crashes and take-overs included; and everything arrives."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from random import Random

import pytest
from sqlalchemy import func, select

from bot.core.delivery import Lane
from bot.core.messages import Address, InboundMessage
from bot.store.engine import Store
from bot.store.tables import outbox
from tests.conftest import NOW
from tests.support import pace
from tests.support.crowd import count, put_in
from tests.support.engines import POSTGRES_IN_SOAK
from tests.support.pace import CHANNEL, Arrival, Fullness

MESSAGES = 2000
SOAK_MESSAGES = int(os.environ.get("PACE_MESSAGES", "100000"))
"""How many the long test sends; the variable makes it shorter."""
BATCH = 250
SHARES = {"seconds": 0.65, "minutes": 0.15, "both": 0.2}
"""How much of everything goes to each account."""
_GROUPS, _BUSY = 3, 10
_CHATS = 2000


def choose(chance: Random, messages: int) -> list[tuple[Address, Lane]]:
    """Who gets something: many chats, a few busy ones, and groups; half of it bulk."""
    places = []
    for account in chance.choices(list(SHARES), weights=list(SHARES.values()), k=messages):
        kind = chance.random()
        group, busy = f"-{chance.randrange(_GROUPS)}", f"busy-{chance.randrange(_BUSY)}"
        user = group if kind < 0.04 else busy if kind < 0.08 else f"u{chance.randrange(_CHATS)}"
        lane = Lane.BROADCAST if chance.random() < 0.5 else Lane.INCIDENT
        places.append((Address(channel=CHANNEL, account=account, user=user), lane))
    return places


async def feed(store: Store, places: Sequence[tuple[Address, Lane]], chance: Random) -> None:
    """Queue everything, in bursts with pauses between them."""
    known = sorted({address for address, _ in places}, key=lambda one: (one.account, one.user))
    hello = [InboundMessage(address=one, external_id=one.user, text="HD", received_at=NOW) for one in known]
    await put_in(store, hello)
    for begin in range(0, len(places), BATCH):
        await pace.fill(store, places[begin : begin + BATCH], begin=begin)
        if chance.random() < 0.2:
            await asyncio.sleep(chance.uniform(0.2, 1.0))


async def waiting(store: Store) -> int:
    """How many messages have not been sent."""
    return await count(store, select(func.count()).where(outbox.c.state == "queued"))


async def until_left(store: Store, most: int, feeding: asyncio.Task[None]) -> None:
    """Wait until all but ``most`` of what is queued, and everything was queued, have been sent."""
    while not feeding.done() or await waiting(store) > most:
        await asyncio.sleep(0.25)


async def run(url: str, store: Store, messages: int) -> tuple[list[Arrival], float]:
    """Send ``messages`` with two senders, one of which crashes and one of which is stopped on the way."""
    chance = Random(messages)
    provider, address = pace.start_provider()
    senders = [pace.start_sender(url, address, owner) for owner in ("first", "second")]
    try:
        begun = time.monotonic()
        feeding = asyncio.create_task(feed(store, choose(chance, messages), chance))
        await until_left(store, messages * 2 // 3, feeding)
        senders[0].kill()
        senders.append(pace.start_sender(url, address, "third"))
        await until_left(store, messages // 3, feeding)
        os.kill(senders[1].pid or 0, signal.SIGTERM)
        senders.append(pace.start_sender(url, address, "fourth"))
        await until_left(store, 0, feeding)
        await feeding
        seconds = time.monotonic() - begun
        return await pace.arrivals(address), seconds
    finally:
        for process in (*senders, provider):
            process.kill()
            process.join()


async def send_all(url: str, store: Store, messages: int, engine: str) -> None:
    arrived, seconds = await run(url, store, messages)
    found = pace.measure(arrived)
    print(f"{engine}: {messages} messages in {seconds:.0f} s = {messages / seconds:.0f}/s, {len(arrived)} arrivals")
    for one in found:
        print(f"  {one.name}: fullest {one.most}")
    check(arrived, found, messages)


def check(arrived: Sequence[Arrival], found: Sequence[Fullness], messages: int) -> None:
    assert [one for one in found if one.most > one.fits] == []
    once = {one.key: one for one in reversed(arrived)}
    assert sorted(int(one.text) for one in once.values()) == list(range(messages))
    assert len(arrived) - len(once) <= 64 * len(SHARES), "repeated is only what was under way at the crash"
    talks: dict[tuple[str, str, int], list[int]] = {}
    for one in sorted(once.values(), key=lambda one: one.at):
        talks.setdefault((one.account, one.user, one.lane), []).append(int(one.text))
    assert all(numbers == sorted(numbers) for numbers in talks.values())


@POSTGRES_IN_SOAK
async def test_no_window_is_ever_exceeded(engine: str, engine_url: str, store: Store) -> None:
    await send_all(engine_url, store, MESSAGES, engine)


@pytest.mark.soak
async def test_no_window_is_ever_exceeded_by_a_hundred_thousand_messages(
    engine: str, engine_url: str, store: Store
) -> None:
    await send_all(engine_url, store, SOAK_MESSAGES, engine)


def test_a_window_that_is_exceeded_is_noticed() -> None:
    moments = [0.0, 0.04, 0.09, 0.1, 0.101]
    assert pace.fullest(moments, 0.1) == 4
    arrived = [Arrival(at, "seconds", "u1", 0, str(place), str(place)) for place, at in enumerate(moments)]
    assert [one.name for one in pace.measure(arrived) if one.most > one.fits] == ["seconds: a chat, 1 in 0.1 s"]
