"""What comes in at the real service: the same event at once on many connections, and bodies that nobody can read."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.store.engine import Store
from bot.store.tables import inbox, outbox, quarantine
from tests.support.crowd import count, until_handled, until_sent
from tests.support.serving import Person, Serving, running

PARALLEL = 8
EVENTS = 20


async def _deliver_eight_times(urls: list[str], store: Store) -> None:
    """Each event on eight connections at once, spread over ``urls``: one row, one reply, and all are answered 200."""
    person = Person(name="nong dan")
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as http:
        assert await person.post(http, urls[0], {"id": "first", "text": "HD"}) == 200
        for event in range(EVENTS):
            same = {"id": f"same {event}", "text": "danh muc"}
            posts = [person.post(http, urls[number % len(urls)], same) for number in range(PARALLEL)]
            assert await asyncio.gather(*posts) == [200] * PARALLEL
        await until_handled(store, seconds=20)
        await until_sent(store, seconds=20)
        replies = await person.replies(http, urls[0], expect=EVENTS + 2, seconds=2)
    assert len(replies) == EVENTS + 1
    assert await count(store, select(func.count()).select_from(inbox)) == EVENTS + 1
    assert await count(store, select(func.count()).select_from(outbox)) == EVENTS + 1


async def test_a2_eight_deliveries_at_once_are_one_row_and_one_reply(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        await _deliver_eight_times([service.url], store)


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_a2_eight_deliveries_at_once_to_several_processes_are_one_row_and_one_reply(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    roles = (("web",), ("web",), ("web", "work", "send", "tick"))
    services = []
    for number, own in enumerate(roles):
        folder = tmp_path / str(number)
        folder.mkdir()
        services.append(Serving(folder=folder, store_url=engine_url, roles=own))
    with running(*services):
        await _deliver_eight_times([service.url for service in services], store)


BAD_BODIES = {
    "no JSON": b"{",
    "nested deeply": b"[" * 100_000,
    "not UTF-8": b'{"id": "1", "text": "\xff\xfe"}',
    "no object": b'"text"',
    "no id": b'{"text": "HD"}',
    "number as text": b'{"id": "1", "text": 5}',
}


async def test_a9_bad_bodies_are_set_aside_and_block_nobody(
    tmp_path: Path, engine: str, engine_url: str, store: Store
) -> None:
    """What is too long to be read cannot be verified either, so it is refused and not kept: anybody could fill the disk."""
    person = Person(name="nong dan")
    with running(Serving(folder=tmp_path, store_url=engine_url)) as (service,):
        async with aiohttp.ClientSession() as http:
            assert await person.post(http, service.url, {"id": "0", "text": "HD"}) == 200
            for body in BAD_BODIES.values():
                headers = {"Cookie": person.cookie, "Content-Type": "application/json"}
                async with http.post(f"{service.url}/hooks/web/main", data=body, headers=headers) as answer:
                    assert answer.status == 200
                    assert "Traceback" not in await answer.text()
            for length in (300_000, 1_000_000):
                assert await person.post(http, service.url, {"id": "2", "text": "x" * length}) == 413
            assert await person.post(http, service.url, {"id": "3", "text": "danh muc"}) == 200
            assert len(await person.replies(http, service.url, expect=2, seconds=20)) == 2
    assert await count(store, select(func.count()).select_from(quarantine)) == len(BAD_BODIES)
    assert await count(store, select(func.count()).select_from(inbox)) == 2
    assert "Traceback" not in service.said()
