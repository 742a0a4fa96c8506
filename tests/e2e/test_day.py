"""A day in the life: mixed messages, two peaks, repeated deliveries; all answered once, memory and latency flat."""

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import fmean

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.core.messages import Address
from bot.store.engine import Store
from bot.store.stats import look
from bot.store.tables import inbox, mailbox, outbox, outbox_parts, quarantine
from simulator.kannel.sendsms import SendSms, running_sendsms
from tests.support.crowd import ACCOUNT, CHANNEL, count, percentile, until_handled, until_sent
from tests.support.day import Event, pace, plan
from tests.support.engines import POSTGRES_IN_SOAK
from tests.support.phones import CHANNEL as SMS
from tests.support.phones import Phone, kannel_account, phone
from tests.support.serving import Person, Serving, running

LOOKS, EVERY = 20, 50
IN_FLIGHT = 256
MOST_WAITING = 200
"""A machine that is slower than the day gets the day slower: beyond so many unhandled messages nobody writes."""
PAGES = 20
"""People whose chat page stays open all day."""
PAGE_SECONDS = 60
"""By then every page must have shown all its replies."""
RATE = float(os.environ.get("DAY_RATE", "80"))
"""Messages a second in the mean; the peaks are 1.6 times as high."""
MORE_MEMORY, MORE_LATENCY, LATENCY_SLACK = 1.10, 2.0, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The service after ``sent`` messages."""

    sent: int
    at: float
    rss: float
    unhandled: int
    queued: int


@dataclass(slots=True)
class Day:
    """Everybody who writes to ``service``, and what was seen meanwhile."""

    service: Serving
    store: Store
    kannel: SendSms
    people: list[Person | Phone]
    accepted: list[str] = field(default_factory=list)
    deliveries: int = 0
    looks: list[Look] = field(default_factory=list)
    shown: dict[str, set[str]] = field(default_factory=dict)

    async def live(self, events: list[Event]) -> None:
        """Let all of ``events`` happen at their time."""
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(30)) as http:
            pages = [person for person in self.people if isinstance(person, Person)]
            for person in pages:
                await person._arrive(http, self.service.url)
            reading = [asyncio.create_task(self._read(http, person)) for person in pages[:PAGES]]
            await self._write(http, events)
            await until_handled(self.store, seconds=120)
            await until_sent(self.store, seconds=120)
            async with asyncio.timeout(PAGE_SECONDS):
                while await self._misses_something():
                    await asyncio.sleep(0.5)
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)

    async def _write(self, http: aiohttp.ClientSession, events: list[Event]) -> None:
        room, begun, due = asyncio.Semaphore(IN_FLIGHT), time.monotonic(), 0.0
        rested = 0.0
        step = max(1, len(events) // LOOKS)
        async with asyncio.TaskGroup() as group:
            for number, event in enumerate(events, 1):
                due += 1 / (RATE * pace(number / len(events)))
                await asyncio.sleep(max(0.0, begun + rested + due - time.monotonic()))
                if number % EVERY == 0:
                    rested += await self._rest()
                await room.acquire()
                group.create_task(self._deliver(http, event, room))
                if number % step == 0:
                    self.looks.append(await self._look(number, time.monotonic() - begun))

    async def _rest(self) -> float:
        """Wait until not too many messages wait; how long that took."""
        begun = time.monotonic()
        while (await look(self.store, now=datetime.now(UTC))).unhandled > MOST_WAITING:
            await asyncio.sleep(0.2)
        return time.monotonic() - begun

    async def _deliver(self, http: aiohttp.ClientSession, event: Event, room: asyncio.Semaphore) -> None:
        person, body = self.people[event.person], {"id": event.id, "text": event.text}
        try:
            for _ in range(event.deliveries):
                while await person.post(http, self.service.url, body) != 200:
                    await asyncio.sleep(0.2)
                self.deliveries += 1
        finally:
            room.release()
        self.accepted.append(event.id)

    async def _read(self, http: aiohttp.ClientSession, person: Person) -> None:
        """Keep the page of ``person`` open; it comes back when the stream ends, and gets everything again."""
        seen = self.shown.setdefault(person.cookie, set())
        while True:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                async for part, _ in person._stream(http, self.service.url):
                    seen.add(part)
            await asyncio.sleep(1)

    async def _misses_something(self) -> bool:
        """Whether a page has not shown exactly what was sent to its person."""
        for cookie, seen in self.shown.items():
            user = cookie.partition("=")[2].split(".")[1]
            person = self.store.vault.person(Address(channel=CHANNEL, account=ACCOUNT, user=user))
            mine = select(func.count()).select_from(mailbox).where(mailbox.c.person == person)
            if len(seen) != await count(self.store, mine):
                return True
        return False

    async def _look(self, sent: int, at: float) -> Look:
        queues = await look(self.store, now=datetime.now(UTC))
        status = Path(f"/proc/{self.service.pid}/status").read_text(encoding="ascii")
        rss = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        queued = sum(queues.queued.values())
        return Look(sent=sent, at=at, rss=rss / 1024, unhandled=queues.unhandled, queued=queued)


async def _waits(store: Store) -> list[float]:
    """How long each message waited for its reply to be handed over, in seconds, in the order of their arrival."""
    async with store.read() as connection:
        came = list((await connection.execute(select(inbox.c.id, inbox.c.received_at).order_by(inbox.c.id))).all())
        gone = dict((await connection.execute(select(outbox.c.dedupe_key, outbox.c.finished_at))).all())  # type: ignore[arg-type]  # pairs
    return [(gone[f"inbox:{row.id}:0"] - row.received_at) / timedelta(seconds=1) for row in came]


async def _all_answered_once(store: Store, day: Day) -> None:
    async with store.read() as connection:
        stored = list((await connection.execute(select(inbox.c.external_id, inbox.c.state))).all())
        states = set((await connection.execute(select(outbox.c.state).distinct())).scalars())
        keys = set((await connection.execute(select(mailbox.c.key))).scalars())
        parts = list((await connection.execute(select(outbox_parts))).all())
    assert sorted(day.accepted) == sorted(external for external, _ in stored)
    assert {state for _, state in stored} == {"done"}
    assert states == {"sent"}
    assert keys == {f"{part.outbox_id}:{part.number}" for part in parts if part.channel == CHANNEL}
    assert len(day.kannel.arrived) == sum(part.channel == SMS for part in parts)
    assert day.kannel.refused == []
    assert await count(store, select(func.count()).select_from(quarantine)) == 0


def _print(engine: str, day: Day, waits: list[float]) -> None:
    print(
        f"\n{engine}: {len(waits)} messages in {day.deliveries} deliveries of {len(day.people)} people, mean {RATE:g}/s"
    )
    print("   sent  minute  RSS MB  unhandled  queued   p50 ms   p95 ms")
    for before, now in pairwise([Look(sent=0, at=0, rss=0, unhandled=0, queued=0), *day.looks]):
        part = waits[before.sent : now.sent]
        p50, p95 = (percentile(part, share) * 1000 for share in (0.5, 0.95))
        told = f"{now.sent:7} {now.at / 60:7.1f} {now.rss:7.0f} {now.unhandled:10} {now.queued:7}"
        print(f"{told} {p50:8.0f} {p95:8.0f}")


def _quarters(day: Day, waits: list[float]) -> dict[str, tuple[float, float]]:
    """Second and last quarter, each with a peak: mean memory in MB, p95 of the waits in seconds."""
    rss, looks, size = [seen.rss for seen in day.looks], len(day.looks) // 4, len(waits) // 4
    return {
        "memory": (fmean(rss[looks : 2 * looks]), fmean(rss[-looks:])),
        "p95": (percentile(waits[size : 2 * size], 0.95), percentile(waits[-size:], 0.95)),
    }


async def _spend(folder: Path, url: str, store: Store, *, engine: str, size: int) -> dict[str, tuple[float, float]]:
    chance, people = Random(2026), max(2 * PAGES, size // 25)
    events = list(plan(size, people=people, chance=chance))
    crowd = [phone(number) if number % 5 == 0 else Person(name=str(number)) for number in range(people)]
    async with running_sendsms() as kannel:
        settings = kannel_account(kannel.url)
        with running(Serving(folder=folder, store_url=url, settings=settings)) as (service,):
            day = Day(service, store, kannel, crowd)
            await day.live(events)
    waits = await _waits(store)
    _print(engine, day, waits)
    await _all_answered_once(store, day)
    assert '"level": "error"' not in service.log.read_text(encoding="utf-8")
    return _quarters(day, waits)


@POSTGRES_IN_SOAK
async def test_a_short_day_is_answered_once_and_whole(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    await _spend(tmp_path, engine_url, store, engine=engine, size=int(os.environ.get("DAY_SIZE", "1200")))


@pytest.mark.soak
async def test_a_day_in_the_life_leaves_memory_and_latency_flat(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    size = int(os.environ.get("DAY_SIZE", "100000"))
    quarters = await _spend(tmp_path, engine_url, store, engine=engine, size=size)
    (rss, rss_last), (wait, wait_last) = quarters["memory"], quarters["p95"]
    print(f"second and last quarter: RSS {rss:.0f} and {rss_last:.0f} MB, p95 {wait:.3f} and {wait_last:.3f} s")
    assert rss_last <= rss * MORE_MEMORY
    assert wait_last <= max(wait * MORE_LATENCY, wait + LATENCY_SLACK)
