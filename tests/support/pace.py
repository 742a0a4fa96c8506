"""A provider that notes when each part comes, senders in processes of their own, and how full its windows ever were.

One second of a provider's contract lasts a tenth of it here. Clocks and sleeps are the real ones.
"""

import asyncio
import multiprocessing
import signal
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from random import Random
from typing import Any

import aiohttp
from aiohttp import web

from bot.core.delivery import BULK, Lane
from bot.core.messages import Address, Reply
from bot.store.engine import Store
from bot.store.outbox import TOPIC, Draft, enqueue
from bot.store.transaction import Transaction
from gateway.channel import AccountSettings, Capabilities, Channel, Pace, Parsed, Part, Presence, Window, Wire
from gateway.errors import OutcomeUnknownError, UnreachableError
from gateway.metrics import Metrics
from gateway.sender import Sender
from tests.conftest import open_store
from tests.support.talk import content

CHANNEL = "pace"
SCALE = 10
CHAT, GROUP = Window(units=1, seconds=1 / SCALE), Window(units=20, seconds=60 / SCALE)
BULK_SHARE = 0.6
_SPAWN = multiprocessing.get_context("spawn")


def of_person(address: Address) -> tuple[Window, ...]:
    """What one chat or group may get."""
    return (GROUP if address.user.startswith("-") else CHAT,)


PACES = {
    "seconds": Pace(windows=(Window(units=30, seconds=1 / SCALE),), person=of_person),
    "minutes": Pace(windows=(Window(units=400, seconds=60 / SCALE),), bulk=BULK_SHARE),
    "both": Pace(
        windows=(Window(units=30, seconds=1 / SCALE), Window(units=600, seconds=60 / SCALE)),
        bulk=BULK_SHARE,
        person=of_person,
    ),
}
"""What the accounts may send, by their names."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A part that came, whether or not it had come before."""

    at: float
    account: str
    user: str
    lane: int
    key: str
    text: str


# --- the provider ------------------------------------------------------------------------------------


def provide(ready: Any) -> None:
    """Be the provider, for ever; it lists what came at ``/arrived``."""
    arrived: list[tuple[object, ...]] = []

    async def take(request: web.Request) -> web.Response:
        at = time.monotonic()
        form = await request.json()
        arrived.append((at, form["account"], form["user"], form["lane"], form["key"], form["text"]))
        return web.Response(status=web.HTTPAccepted.status_code)

    async def show(_request: web.Request) -> web.Response:
        return web.json_response(arrived)

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/send", take)
        app.router.add_get("/arrived", show)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        ready.put(f"http://{host}:{port}")
        await asyncio.Event().wait()

    asyncio.run(serve())


def start_provider() -> tuple[BaseProcess, str]:
    """The process of a provider, and its address."""
    ready = _SPAWN.Queue()
    process = _SPAWN.Process(target=provide, args=(ready,), daemon=True)
    process.start()
    return process, ready.get(timeout=60)


async def arrivals(address: str) -> list[Arrival]:
    """What came, in the order of coming."""
    async with aiohttp.ClientSession(read_bufsize=1 << 20) as session, session.get(f"{address}/arrived") as response:
        return [Arrival(*one) for one in await response.json()]


# --- the senders -------------------------------------------------------------------------------------


def channel(address: str) -> Channel[AccountSettings]:
    """A channel that posts to the provider at ``address``, which drops a repeated key."""

    async def send(part: Part, to: Address, key: str, account: AccountSettings, wire: Wire) -> str:
        form = {"account": account.account, "user": to.user, "lane": int(part.lane), "key": key, "text": part.text}
        try:
            async with wire.session.post(f"{address}/send", json=form) as response:
                await response.read()
        except aiohttp.ClientConnectorError as error:
            raise UnreachableError("no connection") from error
        except aiohttp.ClientError as error:
            raise OutcomeUnknownError("no answer") from error
        return key

    return Channel(
        name=CHANNEL,
        capabilities=Capabilities(limit=4000, pages=1, keyed=True),
        settings=AccountSettings,
        verify=lambda _hook, _account: None,
        parse=lambda _hook, _account, _now: Parsed(),
        send=send,
        pace=lambda account: PACES[account.account],
    )


def send(url: str, address: str, owner: str) -> None:
    """Send for every account until told to stop."""

    async def work() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        connector = aiohttp.TCPConnector(limit=0)
        async with open_store(url, owner=owner) as store, aiohttp.ClientSession(connector=connector) as session:
            wire = Wire(store=store, session=session, clock=lambda: datetime.now(UTC))
            presences = [
                Presence(channel=channel(address), account=AccountSettings(channel=CHANNEL, account=name))
                for name in PACES
            ]
            senders = [Sender(one, wire, content(), metrics=Metrics(), jitter=Random()) for one in presences]
            await asyncio.gather(*(sender.run(stop) for sender in senders))

    asyncio.run(work())


def start_sender(url: str, address: str, owner: str) -> BaseProcess:
    """The process of a sender: SIGTERM asks it to stop, SIGKILL is a crash."""
    process = _SPAWN.Process(target=send, args=(url, address, owner), daemon=True)
    process.start()
    return process


# --- how full the windows were -----------------------------------------------------------------------


def fullest(moments: Iterable[float], seconds: float) -> int:
    """The most of ``moments`` that lie within any ``seconds``, whenever these begin."""
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass(frozen=True, slots=True)
class Fullness:
    """The fullest that a window ever was, and what fits into it."""

    name: str
    most: int
    fits: int


def measure(arrived: Sequence[Arrival]) -> list[Fullness]:
    """How full each window of each account was: all together, bulk alone, and of the busiest chat and group."""
    found = []
    for name, pace in PACES.items():
        mine = [one for one in arrived if one.account == name]
        bulk = [one.at for one in mine if Lane(one.lane) in BULK]
        for window in pace.windows:
            title = f"{name}: {window.units} in {window.seconds:g} s"
            found.append(Fullness(title, fullest((one.at for one in mine), window.seconds), window.units))
            if pace.bulk < 1:
                share = int(window.units * pace.bulk)
                found.append(Fullness(f"{title}, bulk {share}", fullest(bulk, window.seconds), share))
        found += _of_people(name, pace, mine)
    return found


def _of_people(name: str, pace: Pace, mine: Sequence[Arrival]) -> list[Fullness]:
    people: dict[str, list[float]] = defaultdict(list)
    for one in mine:
        people[one.user].append(one.at)
    most: dict[Window, int] = defaultdict(int)
    for user, moments in people.items():
        for window in pace.person(Address(channel=CHANNEL, account=name, user=user)):
            most[window] = max(most[window], fullest(moments, window.seconds))
    kinds = {CHAT: "a chat", GROUP: "a group"}
    return [
        Fullness(f"{name}: {kinds[window]}, {window.units} in {window.seconds:g} s", count, window.units)
        for window, count in sorted(most.items(), key=lambda one: one[0].seconds)
    ]


async def fill(store: Store, places: Sequence[tuple[Address, Lane]], *, begin: int) -> None:
    """Queue a message for each of ``places``, numbered from ``begin`` on."""
    now = datetime.now(UTC)

    # in the order of persons, as everybody locks who takes several
    ordered = sorted((store.vault.person(place[0]), number, *place) for number, place in enumerate(places, begin))

    async def job(connection: Transaction) -> None:
        for person, number, address, lane in ordered:
            draft = Draft(
                person=person,
                channel=CHANNEL,
                account=address.account,
                lane=lane,
                reply=Reply(text=str(number)),
                language="vi",
                origin="pace",
                dedupe_key=f"pace:{number}",
            )
            await enqueue(connection, draft, now=now)

    await store.write(job, wake=[TOPIC])
