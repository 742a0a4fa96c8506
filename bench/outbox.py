"""How many parts a second one sender hands to a provider, everything durable, and what a claim costs without one.

``python -m bench.outbox [MESSAGES] [kannel|sms]`` prints a line per engine, channel and crowd. The channels are the
real ones, each provider is a double in a process of its own (:mod:`bench.routes`). Notices wait for as many people as
there are messages, then for 200; meanwhile somebody asks 20 times a second, and the wait is from queueing the answer to
handing it over. PostgreSQL runs where it is installed.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import cast

import aiohttp

from bench import marking
from bench.backlog import TEXT, acquaint, asking, fill, notice, subscribers
from bench.conditions import conditions, percentile
from bench.database import ENGINES, databases, now, opened
from bench.routes import IN_FLIGHT, LATENCY, ROUTES, Route, provider
from bot.content import load_content
from bot.core.delivery import Lane
from bot.core.messages import Address, Reply
from bot.store import outbox
from bot.store.engine import Store
from bot.store.outbox import Draft
from gateway.channel import AccountSettings, Part, Wire
from gateway.metrics import Metrics
from gateway.outbound import open_sessions
from gateway.outbound_rules import plan
from gateway.sender import Sender
from gateway.trace_files import TraceFiles

MESSAGES, FEW, ASKED_SECONDS = 20_000, 200, 0.05
DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run showed: parts a second, CPU of the sending process in µs a part, waits of answers in ms."""

    rate: float
    cpu: float
    waits: list[float]


async def drain(store: Store, gateway: Route, *, messages: int, trace: TraceFiles | None = None) -> Run:
    """Let a sender hand over everything, and time it."""
    stop, asked = asyncio.Event(), dict[str, float]()
    async with connected(gateway, trace) as session:
        wire = Wire(store=store, session=session, clock=now)
        sender = Sender(gateway.presence, wire, load_content(DATA), metrics=Metrics(), jitter=Random(1))
        begun, cpu = time.monotonic(), time.process_time()
        sending = asyncio.create_task(sender.run(stop))
        for user in asking():
            if gateway.handed >= messages:
                break
            await ask(store, gateway.account, user, asked)
            await asyncio.sleep(ASKED_SECONDS)
        while gateway.handed < messages:  # noqa: ASYNC110 – whatever is told of every part would cost what is measured
            await asyncio.sleep(ASKED_SECONDS)
        handed, seconds, spent = gateway.handed, time.monotonic() - begun, time.process_time() - cpu
        stop.set()
        await sending
    waits = [1000 * (gateway.at[user] - at) for user, at in asked.items() if user in gateway.at]
    return Run(rate=handed / seconds, cpu=1e6 * spent / handed, waits=waits)


async def ask(store: Store, account: AccountSettings, user: str, asked: dict[str, float]) -> None:
    """Queue an answer, the first time for each."""
    if user in asked:
        return
    place = {"channel": account.channel, "account": account.account}
    person = store.vault.person(Address(**place, user=user))
    draft = Draft(
        person=person,
        **place,
        lane=Lane.ANSWER,
        reply=Reply(text=TEXT),
        language="vi",
        origin="bench",
        dedupe_key=user,
    )
    asked[user] = time.monotonic()
    await store.write(lambda connection: outbox.enqueue(connection, draft, now=now()), wake=[outbox.TOPIC])


@contextlib.asynccontextmanager
async def connected(route: Route, trace: TraceFiles | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    """The service's own client for the provider of ``route``."""
    async with open_sessions(plan([route.presence], trace=trace)) as session_of:
        yield session_of(route.presence)


async def measure(url: str, route: Route, *, messages: int, people: int, trace: TraceFiles | None = None) -> Run:
    """One run on a fresh database."""
    async with opened(url) as store:
        await acquaint(store, route.account, asking())
        await fill(store, route.account, subscribers(people), messages=messages)
        return await drain(store, route, messages=messages, trace=trace)


async def bare(route: Route, *, parts: int) -> float:
    """Parts a second that the same channel hands over, as many at once, when nothing is stored."""
    numbers = iter(range(parts))
    async with connected(route) as session:

        async def post(wire: Wire) -> None:
            for number in numbers:
                to = Address(channel=route.account.channel, account=route.account.account, user=f"+8492{number:07}")
                part = Part(text=notice(number).text)
                await route.send(part, to, f"bare-{number}", route.account, wire)

        begun = time.monotonic()
        wire = Wire(store=cast("Store", None), session=session, clock=now)
        await asyncio.gather(*(post(wire) for _ in range(IN_FLIGHT)))
        return parts / (time.monotonic() - begun)


def main() -> None:
    """Print the table."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    routes = [word for word in sys.argv[1:] if word in ROUTES] or list(ROUTES)
    messages = numbers[0] if numbers else MESSAGES
    print(*conditions(), f"provider of {LATENCY * 1000:.0f} ms, {IN_FLIGHT} in flight", sep="\n")
    for engine in ENGINES:
        for name in routes:
            for people in (messages, FEW):
                _show(engine, name, messages=messages, people=people)
        with databases(engine) as urls:
            for batch in marking.BATCHES if urls else ():
                jobs = asyncio.run(marking.claim_and_mark(next(urls), messages=messages, batch=batch))
                print(f"{engine:10} claim and mark {batch:3} at a time  {jobs:6.0f} messages/s")


def _show(engine: str, name: str, *, messages: int, people: int) -> None:
    """A fresh database and a fresh double for each run: neither pays for what came before."""
    with databases(engine) as urls, provider(name) as address:
        if urls is None:
            return
        alone = asyncio.run(bare(ROUTES[name][1](address), parts=messages // 4))
        run = asyncio.run(measure(next(urls), ROUTES[name][1](address), messages=messages, people=people))
        waits = " ".join(f"p{share} {percentile(run.waits, share / 100):.0f}" for share in (50, 95) if run.waits)
        figures = f"{run.rate:6.0f} parts/s = {run.rate / alone:.2f} x bare client ({alone:.0f}/s)"
        load = f"{os.getloadavg()[0]:.1f}"
        figures += f"  {run.cpu:.0f} µs CPU a part  answers {waits} ms"
        print(f"{engine:10} {name:6} {people:6} people  {figures}  load {load}", flush=True)


if __name__ == "__main__":
    main()
