"""Zalo's Bot Platform with people behind it, on a port of this machine.

Each rule that it enforces is a numbered line of docs/zalo-bot-contract.md.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import aiohttp
from aiohttp import web

from gateway.site import open_site
from simulator.zalo.clock import Timeline
from simulator.zalo_bot.answers import Refusal
from simulator.zalo_bot.api import Api
from simulator.zalo_bot.courier import Courier
from simulator.zalo_bot.crowd import Crowd
from simulator.zalo_bot.fault import Fault
from simulator.zalo_bot.state import State
from simulator.zalo_bot.world import Bot, Group, Limits, Person, Sent, Webhook

MAX_BODY = 4 * 1024 * 1024


class ZaloBotDouble(Crowd):
    """What a test sees: the provider at ``url``, which is the ``api_base`` of an account. What people do is in
    :class:`Crowd`."""

    def __init__(self, state: State, courier: Courier) -> None:
        super().__init__(state, courier)
        self.url = ""

    @property
    def bot(self) -> Bot:
        """The first bot; its ``token`` is what a client needs."""
        return self.a_bot(None)

    @property
    def violations(self) -> list[Refusal]:
        """Calls that broke a rule which the client could have kept."""
        return self.state.violations

    @property
    def refusals(self) -> list[Refusal]:
        """Every call that was answered with ``ok: false``."""
        return self.state.refusals

    @property
    def sent(self) -> list[Sent]:
        """Every message that was accepted."""
        return self.state.sent

    @property
    def calls(self) -> list[str]:
        """Every method that was called by a known bot."""
        return self.state.calls

    @property
    def used(self) -> int:
        """The messages of this month in both directions, of the first bot."""
        return self.state.used(self.bot)

    def shown(self, place: Person | Group) -> list[Sent]:
        """What bots wrote to a person or into a group."""
        return [sent for sent in self.sent if sent.chat_id == place.id]

    def front(self, public: str, local: str) -> None:
        """From now on the public origin ``public`` (``https://host``) is answered by ``local`` here."""
        self.state.fronts[public.rstrip("/")] = local.rstrip("/")

    def hook(self, address: str, *, secret: str, bot: Bot | None = None) -> None:
        """Have updates posted to ``address``, as if the webhook had been set before."""
        url = f"https://tracuu.example/{address.partition('://')[2].partition('/')[2]}"
        self.a_bot(bot).webhook = Webhook(url=url, address=address, secret=secret, updated_at=self.state.clock())

    def plan(self, *faults: Fault, times: int = 1) -> None:
        """Let ``faults`` happen, one after the other, to the next calls that they concern; the row ``times`` times."""
        self.state.faults.planned.extend(list(faults) * times)

    def recover(self) -> None:
        """All goes well again, and whatever hangs is let go."""
        self.state.faults.planned.clear()
        self.state.faults.released.set()
        self.state.faults.released = asyncio.Event()

    async def until(self, number: int, place: Person | Group | None = None, *, seconds: float = 20.0) -> list[Sent]:
        """What bots wrote, once that are ``number`` messages. Raises TimeoutError."""

        def seen() -> list[Sent]:
            return self.sent if place is None else self.shown(place)

        await self.wait_for(lambda: len(seen()) >= number, seconds=seconds)
        return seen()

    async def settled(self, *, seconds: float = 20.0) -> None:
        """Until every update was posted or fetched. Raises TimeoutError."""
        await self.wait_for(lambda: all(update.ended.is_set() for update in self.state.updates), seconds=seconds)

    async def wait_for(self, condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
        """Until ``condition`` holds; it is asked whenever something happened. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():
                self.state.news.clear()
                await self.state.news.wait()


@contextlib.asynccontextmanager
async def running_zalo_bot(
    *,
    bots: int = 1,
    clock: Callable[[], datetime] | None = None,
    limits: Limits | None = None,
    loopback: bool = False,
    port: int = 0,
) -> AsyncIterator[ZaloBotDouble]:
    """The double on ``port`` (a free one) of this machine, as long as the block lasts.

    ``clock`` is the provider's time (that of this machine unless given), ``loopback``: addresses of this machine count
    as public, in plain http too. At the end raises ExceptionGroup with what went wrong in the double itself.
    """
    state = State(clock=clock or Timeline(datetime.now(UTC)), limits=limits or Limits(), loopback=loopback)
    for number in range(1, bots + 1):
        token = f"{4_318_000_000_000_000_000 + number}:zaloBotDoubleSecret{number:08d}"
        state.bots[token] = Bot(id=f"{number:016x}", token=token, name=f"Bot tra cứu {number}")
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_route("*", "/bot{token}/{method}", Api(state).answer)
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        open_site(app, host="127.0.0.1", port=port) as url,
    ):
        courier = Courier(state, session)
        double = ZaloBotDouble(state, courier)
        double.url = url
        try:
            yield double
        finally:
            state.faults.released.set()
            for bot in state.bots.values():
                bot.changed.set()
            await courier.stop()
    if state.broken:
        raise ExceptionGroup("the double itself is broken", state.broken)
