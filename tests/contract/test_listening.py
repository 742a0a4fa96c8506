"""What a provider does not post is fetched: by one process at a time, whatever goes wrong, on the way of a hook."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import aiohttp
import pytest

from bot.core.messages import Address, InboundMessage
from bot.store import leases
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox, quarantine
from gateway.channel import AccountSettings, Capabilities, Channel, Hook, Parsed, Part, Presence, Take, Wire
from gateway.errors import BadPayloadError, UnreachableError
from gateway.listening import Listener, taking
from gateway.metrics import Metrics
from tests.contract.harness import every_log
from tests.support.bots import until
from tests.support.rows import rows

SECONDS = 20
SECRET = "https://example.org/bot-token-4711"  # noqa: S105 – it opens nothing


def verify(_hook: Hook, _account: AccountSettings) -> None:
    raise AssertionError("what we fetched ourselves needs no proof")


def parse(hook: Hook, account: AccountSettings, now: datetime) -> Parsed:
    body = json.loads(hook.body)
    if "id" not in body:
        raise BadPayloadError("there is no id")
    address = Address(channel="post", account=account.account, user="an")
    return Parsed(messages=(InboundMessage(address=address, external_id=body["id"], received_at=now),))


async def send(part: Part, to: Address, key: str, account: AccountSettings, wire: Wire) -> str:
    raise NotImplementedError


@dataclass(kw_only=True)
class Box:
    """A letter box that must be emptied. ``raises`` happens before it can be, ``posted``: somebody brings its letters.

    ``emptying`` are the processes that stand before it.
    """

    letters: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    raises: list[Exception] = field(default_factory=list)
    posted: bool = False
    visits: int = 0
    emptying: set[str] = field(default_factory=set)
    most: int = 0
    taken: list[Parsed] = field(default_factory=list)

    async def listen(self, _account: AccountSettings, wire: Wire, take: Take) -> None:
        """Give every letter to ``take``."""
        self.visits += 1
        if self.posted:
            return
        if self.raises:
            raise self.raises.pop(0)
        self.emptying.add(wire.store.owner)
        self.most = max(self.most, len(self.emptying))
        try:
            while True:
                letter = await self.letters.get()
                self.taken.append(
                    await take(Hook(method="POST", query={}, headers={}, cookies={}, body=letter)),
                )
        finally:
            self.emptying.discard(wire.store.owner)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def presence(box: Box) -> Presence:
    channel: Channel[AccountSettings] = Channel(
        name="post",
        capabilities=Capabilities(limit=100, pages=1),
        settings=AccountSettings,
        verify=verify,
        parse=parse,
        send=send,
        listen=box.listen,
    )
    return Presence(channel=channel, account=AccountSettings(channel="post", account="main"))


@contextlib.asynccontextmanager
async def listening(store: Store, presence: Presence) -> AsyncIterator[asyncio.Task[None]]:
    """A process that listens as long as the block lasts, and then ends by being asked to."""
    async with aiohttp.ClientSession() as session:
        wire = Wire(store=store, session=session, clock=lambda: datetime.now(UTC))
        take = taking(presence, wire, Intake(store), Metrics())
        stop = asyncio.Event()
        task = asyncio.create_task(Listener(presence, wire, take, jitter=Random(1)).run(stop))
        try:
            yield task
        finally:
            stop.set()
            async with asyncio.timeout(SECONDS):
                await task


async def until_stored(store: Store, number: int) -> None:
    async with asyncio.timeout(SECONDS):
        while len(await rows(store, inbox, "external_id")) < number:
            await asyncio.sleep(0.01)


def letter(name: str) -> bytes:
    return json.dumps({"id": name}).encode()


async def test_what_was_fetched_is_stored_and_told_to_the_channel(store: Store, box: Box, presence: Presence):
    async with listening(store, presence):
        box.letters.put_nowait(letter("a"))
        await until_stored(store, 1)
        await until(lambda: box.taken)
    assert [message.external_id for message in box.taken[0].messages] == ["a"]


async def test_what_is_not_understood_lies_in_quarantine_and_stops_nothing(store: Store, box: Box, presence: Presence):
    async with listening(store, presence):
        for body in (b'{"no": "id"}', b"[]", b"\xff", letter("a")):
            box.letters.put_nowait(body)
        await until_stored(store, 1)
    assert len(await rows(store, quarantine, "id")) == 3
    assert box.taken[:3] == [Parsed()] * 3
    assert box.visits == 1


async def test_after_trouble_it_is_begun_again_and_no_log_quotes_a_library(store: Store, box: Box, presence: Presence):
    box.raises = [UnreachableError("the post office is closed"), ValueError(SECRET)]
    with every_log() as logged:
        async with listening(store, presence):
            box.letters.put_nowait(letter("a"))
            await until_stored(store, 1)
    assert box.visits == 3
    assert "the post office is closed" in logged()
    assert SECRET not in logged()


async def test_an_account_that_is_posted_to_is_left_alone(store: Store, box: Box, presence: Presence):
    box.posted = True
    async with listening(store, presence) as task, asyncio.timeout(SECONDS):
        await task
    assert box.visits == 1


async def test_of_two_processes_one_listens_and_the_other_follows_it(
    store: Store,
    open_another: Callable[[str], Awaitable[Store]],
    box: Box,
    presence: Presence,
):
    other = await open_another("other")
    async with contextlib.AsyncExitStack() as second:
        async with listening(store, presence):
            await until(lambda: box.emptying)
            await second.enter_async_context(listening(other, presence))
            box.letters.put_nowait(letter("a"))
            await until_stored(store, 1)
            assert box.emptying == {store.owner}
        await until(lambda: box.emptying == {"other"})
        box.letters.put_nowait(letter("b"))
        await until_stored(store, 2)
    assert box.most == 1
    assert box.emptying == set()


async def test_who_lost_the_lease_stops_listening(store: Store, box: Box, presence: Presence):
    async with listening(store, presence):
        await until(lambda: box.emptying)
        await _steal(store)
        await until(lambda: not box.emptying)


async def _steal(store: Store) -> None:
    """Another machine has taken this process for dead."""
    place, now = {"channel": "post", "account": "main/poll"}, datetime.now(UTC)
    await leases.release(store, **place, owner=f"{store.owner}/poll", now=now)
    assert await leases.hold(store, **place, owner="thief", now=now)
