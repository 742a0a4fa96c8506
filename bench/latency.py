"""From posting a question to having its answer on the page: alone, during a broadcast, and beside one who floods.

The whole service is a process of its own; one person asks one question after the other with the page's stream open.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Table, insert

from bench.conditions import percentile
from bench.database import databases, now, opened
from bench.dispatch import put_in
from bench.table import Line, Scale, missing
from bot.core.delivery import Lane
from bot.core.messages import Address, Reply
from bot.store.engine import Store
from bot.store.reply import to_document
from bot.store.tables import conversations, outbox, outbox_heads
from tests.support.serving import Person, Serving, running

QUESTION = "dan so quang ngai"
WAIT_SECONDS = 60
IDLE_MS, BROADCAST_MS = 150, 2000
UNCHANGED = 1.25
"""Beside a flooder p95 may be this many times the idle one; idle runs of one day have differed by 1.2."""
Trouble = Callable[[Store, Scale], Awaitable[None]]


def lines(engine: str, scale: Scale) -> Iterator[Line]:
    """A line for each of the three situations on ``engine``."""
    idle = float("nan")
    with databases(engine) as urls:
        for name, trouble in _SITUATIONS.items():
            what = f"question to reply, {engine}, {name}"
            if urls is None:
                yield missing(what, engine)
                continue
            waits = _measure(next(urls), trouble, scale)
            p50, p95, p99 = (percentile(waits, share) for share in (0.5, 0.95, 0.99))
            idle = p95 if trouble is _calm else idle
            bar = {_calm: IDLE_MS, _broadcast: BROADCAST_MS, _flood: UNCHANGED * idle}[trouble]
            yield Line(
                what=what,
                figure=f"p50 {p50:.0f} p95 {p95:.0f} p99 {p99:.0f} ms",
                ratio=f"p95 {p95 / idle:.2f} x idle",
                bar=f"p95 {bar:.0f} ms",
                met=p95 <= bar,
            )


def _measure(url: str, trouble: Trouble, scale: Scale) -> list[float]:
    with tempfile.TemporaryDirectory() as folder, running(Serving(folder=Path(folder), store_url=url)) as (service,):
        return asyncio.run(_ask_under(trouble, service.url, url, scale))


async def _ask_under(trouble: Trouble, service: str, url: str, scale: Scale) -> list[float]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(None)) as http, opened(url) as store:
        person = Person(name="asker")
        await person.post(http, service, {"id": "hello", "text": "HD"})
        async with _page(http, service, person) as answers:
            await _next(answers)
            await _question(http, service, person, answers, "warm")
            await trouble(store, scale)
            return [await _question(http, service, person, answers, f"q{number}") for number in range(scale.questions)]


async def _question(
    http: aiohttp.ClientSession, service: str, person: Person, answers: "asyncio.Queue[Any]", number: str
) -> float:
    """How long the answer took, in ms."""
    begun = time.perf_counter()
    if await person.post(http, service, {"id": number, "text": QUESTION}) != 200:
        raise SystemExit("a question was not accepted")
    await _next(answers)
    return (time.perf_counter() - begun) * 1000


async def _next(answers: "asyncio.Queue[Any]") -> None:
    await asyncio.wait_for(answers.get(), WAIT_SECONDS)


@contextlib.asynccontextmanager
async def _page(http: aiohttp.ClientSession, service: str, person: Person) -> AsyncIterator["asyncio.Queue[Any]"]:
    """What arrives on the person's open page."""
    answers: asyncio.Queue[Any] = asyncio.Queue()

    async def read() -> None:
        async for answer in person._stream(http, service):  # noqa: SLF001 – the page's reader is not worth a second one
            answers.put_nowait(answer)

    reading = asyncio.create_task(read())
    try:
        yield answers
    finally:
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading


async def _calm(_store: Store, _scale: Scale) -> None:
    """Nothing else is going on."""


async def _flood(store: Store, scale: Scale) -> None:
    """One other person has ``scale.flood`` messages waiting."""
    await put_in(store, messages=scale.flood, people=1, text="HD")


async def _broadcast(store: Store, scale: Scale) -> None:
    """A notice waits for ``scale.broadcast`` people of the web chat, inserted as they would be found there."""
    at, place = now(), {"channel": "web", "account": "main"}
    addresses = [Address(channel="web", account="main", user=f"{number:032x}") for number in range(scale.broadcast)]
    people = [(person, store.vault.seal(address, person)) for address, person in _persons(store, addresses)]
    talk = {**place, "state": "", "data": {}, "choices": [], "language": "vi", "version": 0, "mail_count": 0}
    head = {**place, "lane": int(Lane.BROADCAST), "due_at": at, "waiting_since": at}
    row = {**place, "lane": int(Lane.BROADCAST), "reply": to_document(Reply(text="Thông báo chung")), "language": "vi"}
    row |= {"origin": "bench", "created_at": at, "not_before": at, "state": "queued", "attempts": 0, "resends": 0}
    await _put(store, conversations, [{"person": person, "sealed": sealed, **talk} for person, sealed in people])
    await _put(store, outbox, [{"person": person, "dedupe_key": f"n-{person}", **row} for person, _ in people])
    await _put(store, outbox_heads, [{"person": person, **head} for person, _ in people])


def _persons(store: Store, addresses: list[Address]) -> Iterator[tuple[Address, str]]:
    for address in addresses:
        yield address, store.vault.person(address)


async def _put(store: Store, table: Table, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 1000):
        await store.write(lambda connection, start=start: connection.execute(insert(table), rows[start : start + 1000]))


_SITUATIONS: dict[str, Trouble] = {"idle": _calm, "during a broadcast": _broadcast, "beside a flooder": _flood}
