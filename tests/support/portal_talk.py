"""The client for portals before a server of a test: what it asked, and the pauses that it made."""

import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.outbound_rules import plan
from gateway.portal_client import Patience, PortalClient, open_client

AGENT = "tracuu/0 (+mailto:dulieumo@example.vn)"
PATIENCE = Patience(connect=2, silence=0.05, whole=2)
"""Short, for servers that stall on this machine."""
Serve = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A client before one server; ``pauses`` are those that it made, ``asked`` what it asked for."""

    url: str
    client: PortalClient
    pauses: list[float]
    asked: list[web.BaseRequest]


@contextlib.asynccontextmanager
async def talking(
    serve: Serve, *, certificate: ssl.SSLContext | None = None, patience: Patience = PATIENCE, **rules: Any
) -> AsyncIterator[Talk]:
    """A client that may call the server ``serve``, and what it did."""
    pauses: list[float] = []
    asked: list[web.BaseRequest] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request)
        return await serve(request)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate).start()
    url = f"{'https' if certificate else 'http'}://127.0.0.1:{runner.addresses[0][1]}/x"
    allowed = plan([], **{"sources": [url], **rules})
    async with open_client(allowed, agent=AGENT, sleep=sleep, patience=patience) as client:
        yield Talk(url=url, client=client, pauses=pauses, asked=asked)
    await runner.cleanup()


def always(**options: Any) -> Serve:
    """The same answer to every request."""

    async def serve(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(**options)

    return serve


def after(faults: int, fault: Serve) -> Serve:
    """``fault`` for the first requests, then all is well."""
    left = [faults]

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        left[0] -= 1
        return await fault(request) if left[0] >= 0 else web.Response(text="ok")

    return serve
