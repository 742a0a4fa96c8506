"""Several processes on one PostgreSQL, and one person who floods."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.core.messages import Address
from bot.store.engine import Store
from bot.store.tables import inbox, outbox
from tests.support.crowd import ACCOUNT, CHANNEL, count, message, percentile, put_in, until_handled, until_sent
from tests.support.engines import POSTGRES_IN_SOAK
from tests.support.serving import Person, Serving, running

WORKERS, PEOPLE, EACH = 4, 200, 10
FLOOD = 20_000
ASKERS, QUESTIONS = 20, 5
SPLIT = ("web", "work", "send", "tick")


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_four_workers_handle_each_message_once_and_each_person_in_order(
    tmp_path: Path, engine: str, engine_url: str, store: Store, now: object
) -> None:
    folders = [tmp_path / str(number) for number in range(WORKERS)]
    for folder in folders:
        folder.mkdir()
    workers = [Serving(folder=folder, store_url=engine_url, roles=("work",)) for folder in folders]
    with running(*workers):
        begun = time.perf_counter()
        rounds = [
            message(f"u{person}", turn, ("HD", "danh muc")[turn % 2], now)  # type: ignore[arg-type]  # the fixture is a datetime
            for turn in range(EACH)
            for person in range(PEOPLE)
        ]
        await put_in(store, rounds, at_once=100)
        await until_handled(store, seconds=120)
        took = time.perf_counter() - begun
    async with store.read() as connection:
        rows = (await connection.execute(select(inbox.c.id, inbox.c.person, inbox.c.state).order_by(inbox.c.id))).all()
        replies = (await connection.execute(select(outbox.c.person, outbox.c.origin).order_by(outbox.c.id))).all()
    print(f"\n{WORKERS} workers, {len(rows)} messages of {PEOPLE} people: {len(rows) / took:.0f}/s")
    assert {row.state for row in rows} == {"done"}
    assert len(rows) == PEOPLE * EACH
    asked: dict[str, list[str]] = {}
    for row in rows:
        asked.setdefault(row.person, []).append(f"inbox:{row.id}")
    answered: dict[str, list[str]] = {}
    for reply in replies:
        answered.setdefault(reply.person, []).append(reply.origin)
    assert answered == asked


async def _latencies(url: str, group: str) -> list[float]:
    """How long each of some people waits for each of their answers, in ms."""
    async with aiohttp.ClientSession() as http:
        waits = await asyncio.gather(*(_ask(http, url, f"{group}{number}") for number in range(ASKERS)))
    return [wait for person in waits for wait in person]


async def _ask(http: aiohttp.ClientSession, url: str, name: str) -> list[float]:
    person = Person(name=name)
    waits: list[float] = []
    for turn in range(1, QUESTIONS + 1):
        begun = time.perf_counter()
        assert await person.post(http, url, {"id": f"{name}-{turn}", "text": "dan so quang ngai"}) == 200
        assert len(await person.replies(http, url, expect=turn, seconds=30)) == turn
        waits.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.1)
    return waits


@POSTGRES_IN_SOAK
async def test_a_flooder_slows_nobody_and_is_told_so_once(
    tmp_path: Path, engine: str, engine_url: str, store: Store, now: object
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        await _latencies(service.url, "warm")
        calm = await _latencies(service.url, "calm")
        flood = [message("flooder", number, "HD", now) for number in range(FLOOD)]  # type: ignore[arg-type]  # the fixture is a datetime
        await put_in(store, flood)
        flooded = await _latencies(service.url, "flooded")
        await until_handled(store, seconds=120, user="flooder")
        await until_sent(store, seconds=60)
    for name, waits in (("calm", calm), ("with a flooder", flooded)):
        print(f"\n{engine}, {name}: p50 {percentile(waits, 0.5):.0f} ms, p95 {percentile(waits, 0.95):.0f} ms", end="")
    person = store.vault.person(Address(channel=CHANNEL, account=ACCOUNT, user="flooder"))
    mine = select(func.count()).select_from(outbox).where(outbox.c.person == person)
    stored = select(func.count()).select_from(inbox).where(inbox.c.person == person)
    capped = await count(store, stored.where(inbox.c.state == "capped"))
    print(f"\n{engine}: {FLOOD - capped} of {FLOOD} answered, {capped} set aside")
    assert await count(store, stored) == FLOOD
    assert await count(store, stored.where(inbox.c.state == "done")) == FLOOD - capped
    assert capped > FLOOD * 0.9
    assert await count(store, mine.where(outbox.c.origin == "flood")) == 1
    assert await count(store, mine) == FLOOD - capped + 1
