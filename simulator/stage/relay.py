"""A stretch of wire between the service and a provider: it can be cut, slowed down, and tells what went over it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from yarl import URL

from gateway.site import open_site
from simulator.stage.trouble import Trouble

MAX_BODY = 64 * 1024 * 1024
_NOT_PASSED_ON = frozenset(
    {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "accept-encoding"}
)
_TIMEOUT = aiohttp.ClientTimeout(total=120)


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """A request that came by, and what it was answered; ``status`` None when there was no answer.

    ``told``: whether the caller was there to hear it.
    """

    request: web.Request
    status: int | None
    body: bytes = b""
    told: bool = True


@dataclass(kw_only=True, eq=False)
class Relay:
    """Passes on to ``target`` (an origin) what comes to ``url``, as ``trouble()`` allows.

    ``refuse(request)`` is how this provider says that it is too busy; ``saw`` hears of everything that came by.
    """

    target: str
    session: aiohttp.ClientSession
    saw: Callable[[Crossing], None]
    trouble: Callable[[], Trouble] = Trouble
    refuse: Callable[[web.Request], web.Response] = lambda _: web.Response(status=429)
    url: str = ""
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _site: contextlib.AsyncExitStack | None = None

    async def listen(self) -> None:
        """Accept, on the same port as before if there was one. Does nothing when it does."""
        if self._site is not None:
            return
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._answer)
        app.on_shutdown.append(self._let_go)
        self._closing.clear()
        self._site = contextlib.AsyncExitStack()
        port = URL(self.url).port if self.url else 0
        self.url = await self._site.enter_async_context(open_site(app, host="127.0.0.1", port=port or 0))

    async def hang_up(self) -> None:
        """Listen no more: whoever calls is refused, and who waits is cut off."""
        site, self._site = self._site, None
        if site is not None:
            await site.aclose()

    async def _let_go(self, _app: web.Application) -> None:
        self._closing.set()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        trouble = self.trouble()
        if trouble.slow:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), trouble.slow)
        if trouble.busy:
            response = self.refuse(request)
            body = response.body if isinstance(response.body, bytes) else b""
            self.saw(Crossing(request=request, status=response.status, body=body))
            return response
        try:
            status, headers, body = await self._pass_on(request)
        except (aiohttp.ClientError, OSError, TimeoutError):
            self.saw(Crossing(request=request, status=None))
            return _cut(request)
        told = not trouble.silent and request.transport is not None and not request.transport.is_closing()
        self.saw(Crossing(request=request, status=status, body=body, told=told))
        return _cut(request) if trouble.silent else web.Response(status=status, headers=headers, body=body)

    async def _pass_on(self, request: web.Request) -> tuple[int, Mapping[str, str], bytes]:
        address = URL(f"{self.target}{request.raw_path}", encoded=True)
        sent = await request.read()
        async with self.session.request(
            request.method,
            address,
            data=sent,
            headers=_passed_on(request.headers),
            allow_redirects=False,
            timeout=_TIMEOUT,
            skip_auto_headers=("Content-Type", "User-Agent"),
        ) as response:
            return response.status, _passed_on(response.headers), await response.read()


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _NOT_PASSED_ON}


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


@contextlib.asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[Relay]:
    """``relay`` listens as long as the block lasts, or until it is told to hang up."""
    await relay.listen()
    try:
        yield relay
    finally:
        await relay.hang_up()
