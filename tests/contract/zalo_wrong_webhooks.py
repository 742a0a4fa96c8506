"""Wrong and right webhooks of Zalo, rule by rule."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from gateway.site import open_site
from simulator.zalo.double import Zalo


@dataclass(kw_only=True)
class Hook:
    """A webhook that answers ``statuses`` in turn, then 200.

    ``deaf``: it does not answer before it is ``released``; ``careful``: 401 to what bears no signature; ``pages`` are
    the pages of its domain.
    """

    statuses: list[int] = field(default_factory=list)
    deaf: bool = False
    careful: bool = False
    came: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    pages: Mapping[str, str] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Note bytes and headers."""
        self.came.append((await request.read(), dict(request.headers)))
        if self.deaf:
            await self.released.wait()
        if self.careful and len(request.headers.get("X-ZEvent-Signature", "")) != 68:
            return web.Response(status=401)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def show(self, request: web.Request) -> web.Response:
        """A page of the domain."""
        page = self.pages.get(request.path)
        return web.Response(status=200 if page else 404, text=page or "", content_type="text/html")


@dataclass(frozen=True, kw_only=True)
class HookRow:
    """A rule, a webhook that breaks it, one that keeps it, and what Zalo does to find out."""

    rule: str
    what: str
    wrong: Callable[[], Hook]
    act: Callable[[Zalo], Awaitable[object]]


ROWS = (
    HookRow(rule="Z91", what="an answer of 500", wrong=lambda: Hook(statuses=[500]), act=lambda z: z.say("1", "x")),
    HookRow(rule="Z91", what="an answer of 202", wrong=lambda: Hook(statuses=[202]), act=lambda z: z.say("1", "x")),
    HookRow(rule="Z91", what="no answer in time", wrong=lambda: Hook(deaf=True), act=lambda z: z.say("1", "x")),
    HookRow(
        rule="Z95",
        what="401 to the console's unsigned posts",
        wrong=lambda: Hook(careful=True),
        act=lambda z: z.check_webhook(),
    ),
)


@contextlib.asynccontextmanager
async def running_hook(hook: Hook) -> AsyncIterator[Hook]:
    """``hook`` on a port of this machine."""
    app = web.Application()
    app.router.add_post("/hooks/zalo", hook.answer)
    app.router.add_get("/{page:.*}", hook.show)
    async with open_site(app, host="127.0.0.1", port=0) as url:
        hook.url = f"{url}/hooks/zalo"
        yield hook
