"""People who write without pause to the real service and repeat what was not answered, and what must be true then."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
from sqlalchemy import func, select

from bot.store.engine import Store
from bot.store.tables import inbox, mailbox, outbox
from tests.support.crowd import ACCOUNT, count, until_handled, until_sent
from tests.support.serving import Person, Serving

PEOPLE = 12
THRONG = 320
IN_FLIGHT = 64
TEXTS = ("HD", "dan so quang ngai", "xa tinh ky gio thuoc xa nao", "danh muc")
_DRAIN_SECONDS = 90


@dataclass(slots=True)
class Writers:
    """A few people, each waiting for an answer before the next message. ``cut`` have had none at all."""

    url: str
    statuses: list[int | None] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)

    async def write(self, http: aiohttp.ClientSession, person: Person, stop: asyncio.Event) -> None:
        """Write until told to stop; the last message gets through as well."""
        turn = 0
        while not stop.is_set():
            turn += 1
            message = {"id": f"{person.name}-{turn}", "text": "HD"}
            while (status := await person.post(http, self.url, message)) != 200:
                self.statuses.append(status)
                if status is None:
                    self.cut.add(message["id"])
                await asyncio.sleep(0.05)
            self.answered.append(message["id"])
            await asyncio.sleep(0.05)

    async def until_refused(self, *, seconds: float) -> None:
        """Wait until somebody has been told to try again."""
        async with asyncio.timeout(seconds):
            while 503 not in self.statuses:
                await asyncio.sleep(0.02)

    async def until_answered(self, more: int, *, seconds: float) -> None:
        """Wait until ``more`` messages have been taken from now on."""
        wanted = len(self.answered) + more
        async with asyncio.timeout(seconds):
            while len(self.answered) < wanted:
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def writing(url: str) -> AsyncIterator[Writers]:
    """People at work as long as the block lasts; then each gets the message through that is under way."""
    writers, stop = Writers(url), asyncio.Event()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http:
        people = [Person(name=f"p{number}") for number in range(PEOPLE)]
        tasks = [asyncio.create_task(writers.write(http, person, stop)) for person in people]
        try:
            yield writers
        finally:
            stop.set()
            await asyncio.gather(*tasks)


async def nothing_is_lost(store: Store, answered: list[str]) -> None:
    """Every message that was answered is stored and handled once, and has exactly one reply, which was sent."""
    await until_handled(store, seconds=30)
    await until_sent(store, seconds=30)
    async with store.read() as connection:
        stored = (
            await connection.execute(
                select(inbox.c.external_id, inbox.c.id, inbox.c.state).where(inbox.c.account == ACCOUNT)
            )
        ).all()
        replies = (
            await connection.execute(
                select(outbox.c.dedupe_key, outbox.c.state, outbox.c.error).where(outbox.c.account == ACCOUNT)
            )
        ).all()
    assert sorted(row.external_id for row in stored) == sorted(answered)
    assert {row.state for row in stored} == {"done"}
    assert sorted(row.dedupe_key for row in replies) == sorted(f"inbox:{row.id}:0" for row in stored)
    assert {(row.state, row.error) for row in replies} == {("sent", None)}


def crowd(size: int) -> list[Person]:
    """``size`` people."""
    return [Person(name=f"p{number}") for number in range(size)]


@dataclass(slots=True)
class Throng:
    """Many people, at least :data:`IN_FLIGHT` requests at a time, each on a connection of its own."""

    service: Serving
    chance: random.Random
    people: list[Person] = field(default_factory=lambda: crowd(THRONG))
    answered: set[str] = field(default_factory=set)
    sent: int = 0
    closing: bool = False

    async def write(self) -> None:
        """Keep the requests in flight until told to close; each message is repeated until it is answered."""
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(5)) as http:
            await asyncio.gather(*(self._writer(http, lane) for lane in range(IN_FLIGHT)))

    async def _writer(self, http: aiohttp.ClientSession, lane: int) -> None:
        own = self.people[lane::IN_FLIGHT]
        turn = 0
        while not self.closing:
            person = own[turn % len(own)]
            turn += 1
            self.sent += 1
            message = {"id": f"{person.name}-{turn}", "text": self.chance.choice(TEXTS)}
            while await person.post(http, self.service.url, message) != 200:
                await asyncio.sleep(0.02)
            self.answered.add(message["id"])
            await asyncio.sleep(self.chance.uniform(0.0, 0.3))

    async def check(self, store: Store, *, title: str, seconds: float = _DRAIN_SECONDS) -> None:
        """Once everything is handled and sent: what was answered is stored once and got exactly one reply."""
        await until_handled(store, seconds=seconds)
        await until_sent(store, seconds=seconds)
        async with store.read() as connection:
            stored = list((await connection.execute(select(inbox.c.external_id, inbox.c.id, inbox.c.state))).all())
            keys = list((await connection.execute(select(outbox.c.dedupe_key, outbox.c.state))).all())
        mails = await count(store, select(func.count()).select_from(mailbox))
        ids = [row.external_id for row in stored]
        told = f"{self.sent} sent, {len(self.answered)} answered, {len(ids)} stored, {mails} replied"
        print(f"\n{title}: {told}")
        assert len(ids) == len(set(ids))
        assert self.answered <= set(ids)
        assert {row.state for row in stored} == {"done"}
        assert sorted(key for key, _ in keys) == sorted(f"inbox:{row.id}:0" for row in stored)
        assert {state for _, state in keys} == {"sent"}
        assert mails == len(ids)
