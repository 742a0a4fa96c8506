"""How long an answer waits while a notice goes to very many people at the pace that a contract allows.

``python -m bench.broadcast [sms|kannel|zalo]…``: by SMS a notice to 50,000 people at 100 segments a second, five
answers a second for twenty seconds; on a package of Zalo with 100 calls a minute, at four times real time, once with 30
answers a minute and once with 95. The wait is from queueing the answer to handing it over, in seconds of the provider;
what has not left at the end counts with the time that it has waited. The doubles of SMS are processes of their own.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import aiohttp

from bench.backlog import acquaint, asking, fill, subscribers
from bench.conditions import conditions, percentile
from bench.database import ENGINES, databases, now, opened
from bench.outbox import DATA, ask, connected
from bench.routes import ROUTES, Route, provider
from bot.content import load_content
from bot.store.engine import Store
from gateway.channel import Wire
from gateway.channels.zalo import CHANNEL as ZALO
from gateway.metrics import Metrics
from gateway.sender import Sender
from simulator.zalo.clock import Timeline
from simulator.zalo.double import running_zalo
from tests.support.official import Official, settings_of

PEOPLE, CONTRACT, EVERY = 50_000, 100.0, 0.2
SPEED, NOTICES, PER_MINUTE, MINUTES = 4.0, 400, (30, 95), 4
_GRACE_SECONDS = 20.0
_AHEAD_SECONDS, _TAKEN_OVER_SECONDS = 2.0, 80.0
"""How long notices go alone; on Zalo whoever takes an account over waits a minute for what others may have sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Waits of answers in seconds of ours, and how many notices left in so many seconds."""

    waits: list[float]
    notices: int
    seconds: float


async def ask_beside(
    store: Store, route: Route, wire: Wire, users: Sequence[str], *, every: float, ahead: float
) -> Beside:
    """Queue an answer for each of ``users`` in turn while a sender works through what waits for others."""
    stop, asked = asyncio.Event(), dict[str, float]()
    sender = Sender(route.presence, wire, load_content(DATA), metrics=Metrics(), jitter=Random(1))
    sending = asyncio.create_task(sender.run(stop))
    begun = time.monotonic()
    await asyncio.sleep(ahead)
    for user in users:
        await ask(store, route.account, user, asked)
        await asyncio.sleep(every)
    seconds, notices = time.monotonic() - begun, len(route.at.keys() - asked.keys())
    patience = time.monotonic() + _GRACE_SECONDS
    while asked.keys() - route.at.keys() and time.monotonic() < patience:  # noqa: ASYNC110 – the last may never leave
        await asyncio.sleep(0.05)
    stop.set()
    await sending
    waits = [route.at.get(user, patience) - at for user, at in asked.items()]
    return Beside(waits=waits, notices=notices, seconds=seconds)


async def by_sms(url: str, name: str, address: str) -> Beside:
    """A notice to very many people at the contract's pace."""
    route = ROUTES[name][1](address)
    route.account = route.account.model_copy(update={"rate": CONTRACT})
    async with opened(url) as store, connected(route) as session:
        await acquaint(store, route.account, asking())
        await fill(store, route.account, subscribers(PEOPLE), messages=PEOPLE)
        return await ask_beside(
            store, route, Wire(store=store, session=session, clock=now), asking(), every=EVERY, ahead=_AHEAD_SECONDS
        )


async def by_zalo(url: str, *, per_minute: int) -> tuple[Beside, int, list[str]]:
    """The same on a package of Zalo; with it the fullest minute and the rules that were broken."""
    users = [f"72936481057382{number:05}" for number in range(NOTICES)]
    others = [f"72936481057383{number:05}" for number in range(per_minute * MINUTES)]
    clock = Timeline(datetime.now(UTC), speed=SPEED)
    async with opened(url) as store, running_zalo(clock=clock) as zalo, aiohttp.ClientSession() as session:
        zalo.echoes = zalo.receipts = False
        oa = Official(zalo=zalo, store=store, session=session, account=settings_of(zalo), pictures={})
        await oa.log_in()
        for user in (*users, *others):
            await oa.wrote(user)
        await acquaint(store, oa.account, others)
        await fill(store, oa.account, users, messages=NOTICES)
        route = Route(ZALO, oa.account)
        found = await ask_beside(
            store, route, oa.wire, others, every=60 / per_minute / SPEED, ahead=_TAKEN_OVER_SECONDS / SPEED
        )
        return found, zalo.world.densest(seconds=60), oa.broken_rules()


def main() -> None:
    """Print a line for each."""
    chosen = [word for word in sys.argv[1:] if word in {*ROUTES, "zalo"}] or [*ROUTES, "zalo"]
    print(*conditions(), sep="\n")
    for engine in ENGINES:
        for name in chosen:
            with databases(engine) as urls:
                if urls is None:
                    continue
                if name == "zalo":
                    _run_zalo(engine, urls)
                else:
                    _run_sms(engine, name, next(urls))


def _run_sms(engine: str, name: str, url: str) -> None:
    with provider(name) as address:
        found = asyncio.run(by_sms(url, name, address))
    _show(f"{engine:10} {name:6} {PEOPLE} people at {CONTRACT:.0f}/s", found, speed=1)


def _run_zalo(engine: str, urls: Iterator[str]) -> None:
    for per_minute in PER_MINUTE:
        found, fullest, broken = asyncio.run(by_zalo(next(urls), per_minute=per_minute))
        _show(f"{engine:10} zalo   {per_minute} answers a minute", found, speed=SPEED)
        print(f"{'':18}fullest minute {fullest} calls, rules broken {broken or 'none'}", flush=True)


def _show(what: str, found: Beside, *, speed: float) -> None:
    waits = "  ".join(f"p{share} {speed * percentile(found.waits, share / 100):.2f} s" for share in (50, 95))
    longest = f"longest {speed * max(found.waits):.2f} s"
    done = f"{len(found.waits)} answers, {found.notices} notices in {speed * found.seconds:.0f} s"
    print(f"{what}: {waits}  {longest}  {done}  load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
