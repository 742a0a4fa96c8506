"""A provider to send to: a real HTTP server that answers as it was told and remembers what it was asked."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import web

from gateway.site import open_site
from tests.contract.casefile import Answer


@dataclass(kw_only=True)
class Provider:
    """``script`` holds the answers still to be given, ``requests`` the bodies that came, ``surprises`` counts those for
    which there was no answer."""

    script: deque[Answer] = field(default_factory=deque)
    requests: list[bytes] = field(default_factory=list)
    surprises: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def look_back(self) -> None:
        """Fail where an answer was never asked for, or a request came that nobody had announced."""
        assert not self.script, f"{len(self.script)} answers of the script were not used"
        assert not self.surprises, f"{self.surprises} requests came that nobody had announced"

    async def answer(self, request: web.Request) -> web.Response:
        """Give the next answer; a request that nobody announced is a failure."""
        self.requests.append(await request.read())
        if not self.script:
            self.surprises += 1
            return web.Response(status=599, text="the script has no answer left")
        answer = self.script.popleft()
        if answer.hang:
            await self.released.wait()
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body.encode())


@contextlib.asynccontextmanager
async def running_provider() -> AsyncIterator[tuple[Provider, str]]:
    """A provider and its address, as long as the block lasts."""
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.answer)
    async with open_site(app, host="127.0.0.1", port=0) as url:
        yield provider, url
        provider.released.set()
