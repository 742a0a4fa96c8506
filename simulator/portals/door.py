"""How a double of a portal is asked, whatever it runs: manners are noted, planned faults happen, time is its own."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from email.utils import formatdate
from typing import Self

from aiohttp import web

from gateway.site import open_site
from simulator.portals.fault import STALL, Fault, Faults
from simulator.portals.manners import Manners, Offence

TODAY = 1_793_491_200.0
"""1 November 2026 as Unix seconds: the day of the portal."""
_WORK = 0.001
"""Seconds of this machine that an answer takes: who asks for two things at once has both under way."""
NOT_FOUND = "<html><body>404</body></html>"


class Door(ABC):
    """What a test sees of a portal: ``url``, what was ``asked``, the rules that were broken, the faults to come."""

    def __init__(self) -> None:
        self.url = ""
        self.seconds = 0.0
        self.manners = Manners(clock=lambda: self.seconds)
        self.faults = Faults(today=lambda: TODAY + self.seconds, patience=self.manners.ask_for_patience)

    @property
    def offences(self) -> list[Offence]:
        """The rules that were broken by those who called."""
        return self.manners.offences

    @property
    def asked(self) -> list[str]:
        """Path and query of every request, in order."""
        return self.manners.asked

    async def sleep(self, seconds: float) -> None:
        """Let so much of the portal's time pass: what a client is to sleep with, so that no test waits."""
        self.seconds += seconds
        await asyncio.sleep(0)

    def fault(self, name: str, *, times: int = 1, after: int = 0, seconds: int = 0) -> None:
        """After ``after`` more requests the next ``times`` go wrong: see :mod:`simulator.portals.fault`."""
        self.faults.plan(name, times=times, after=after, seconds=seconds)

    def recover(self) -> None:
        """All goes well again."""
        self.faults.clear()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Any request."""
        bearing = any(name in request.headers for name in ("Cookie", "Authorization", "X-CKAN-API-Key"))
        with self.manners.receive(str(request.rel_url), request.headers.get("User-Agent", ""), bearing=bearing):
            await asyncio.sleep(_WORK)
            fault = self.faults.take()
            if fault is None or fault.name != STALL:
                return await self._answer(request, fault)
        return await self.faults.hang(request)  # whoever gives up may ask anew: this one is no request any more

    async def _answer(self, request: web.Request, fault: Fault | None) -> web.StreamResponse:
        spoilt = self.faults.before(fault, request) if fault else None
        response = spoilt or await self.route(request)
        response.headers.setdefault("Date", formatdate(TODAY + self.seconds, usegmt=True))
        return self.faults.after(fault, response, request) if fault and not spoilt else response

    @abstractmethod
    async def route(self, request: web.Request) -> web.StreamResponse:
        """The portal's own answer."""

    @contextlib.asynccontextmanager
    async def open(self, *, port: int = 0) -> AsyncIterator[Self]:
        """The portal on ``port`` (a free one) of this machine, as long as the block lasts."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.serve)
        async with open_site(app, host="127.0.0.1", port=port) as url:
            self.url = url
            try:
                yield self
            finally:
                self.faults.clear()


def not_found() -> web.Response:
    """What a web server says of an address that it does not know."""
    return web.Response(status=404, text=NOT_FOUND, content_type="text/html")
