"""Kill the service at any instant: what was answered is stored once and gets exactly one reply."""

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.store.engine import Store
from bot.store.tables import inbox, mailbox, outbox
from tests.support.serving import Person, Serving, running

PEOPLE = 320
IN_FLIGHT = 64
DRAIN_SECONDS = 90
TEXTS = ("HD", "dan so quang ngai", "xa tinh ky gio thuoc xa nao", "danh muc")


@dataclass(slots=True)
class Crowd:
    """People who write without pause, at least :data:`IN_FLIGHT` at a time, and repeat what was not answered."""

    service: Serving
    chance: random.Random
    people: list[Person] = field(default_factory=lambda: [Person(name=f"p{number}") for number in range(PEOPLE)])
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


async def _kill_often(service: Serving, kills: int, chance: random.Random) -> Crowd:
    crowd = Crowd(service, chance)
    writing = asyncio.create_task(crowd.write())
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.02, 1.0))
        await asyncio.to_thread(service.kill)
        await asyncio.to_thread(service.start)
    crowd.closing = True
    await writing
    return crowd


async def _drained(store: Store) -> None:
    """Wait until nothing is left to handle or to send."""
    async with asyncio.timeout(DRAIN_SECONDS):
        while True:
            async with store.read() as connection:
                waiting = await connection.scalar(select(func.count()).where(inbox.c.state == "pending"))
                queued = await connection.scalar(select(func.count()).where(outbox.c.state == "queued"))
            if not waiting and not queued:
                return
            await asyncio.sleep(0.2)


async def _check(store: Store, crowd: Crowd, kills: int, engine: str) -> None:
    await _drained(store)
    async with store.read() as connection:
        stored = list((await connection.execute(select(inbox.c.external_id, inbox.c.id, inbox.c.state))).all())
        keys = list((await connection.execute(select(outbox.c.dedupe_key, outbox.c.state))).all())
        mails = await connection.scalar(select(func.count()).select_from(mailbox))
    ids = [row.external_id for row in stored]
    replies = sorted(key for key, _ in keys)
    print(
        f"\n{engine}: {kills} kills, {crowd.sent} sent, {len(crowd.answered)} answered, {len(ids)} stored, {mails} replied"
    )
    assert len(ids) == len(set(ids))
    assert crowd.answered <= set(ids)
    assert {row.state for row in stored} == {"done"}
    assert replies == sorted(f"inbox:{row.id}:0" for row in stored)
    assert {state for _, state in keys} == {"sent"}
    assert mails == len(ids)


async def _survive(folder: Path, url: str, store: Store, *, kills: int, engine: str) -> None:
    with running(Serving(folder=folder, store_url=url)) as (service,):
        crowd = await _kill_often(service, kills, random.Random(7))
        await _check(store, crowd, kills, engine)


async def test_twenty_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    await _survive(tmp_path, engine_url, store, kills=20, engine=engine)


@pytest.mark.soak
async def test_a_thousand_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    await _survive(tmp_path, engine_url, store, kills=1000, engine=engine)
