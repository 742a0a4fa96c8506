"""One host of Zalo's: notes each call, lets it be acted upon, and answers – or fails to, where a test planned so."""

import asyncio
import json
import math
from collections.abc import Callable, Mapping
from typing import Protocol

from aiohttp import web

from simulator.zalo.troubles import Trouble
from simulator.zalo.world import Call, World

MAX_BODY = 32 * 1024**2
PIECE_SECONDS = 0.05
"""Between two pieces of an answer."""


class Host(Protocol):
    """How a host acts upon a call and how it says no."""

    name: str

    def identify(self, request: web.Request, call: Call) -> None:
        """Fill in whose call it is, if that can be told."""

    def act(self, request: web.Request, call: Call) -> dict[str, object] | web.Response:
        """Do what was asked; the body of the answer, also of a refusal."""

    def fail(self, code: int) -> dict[str, object]:
        """The body that refuses with ``code``."""

    def headers(self, call: Call) -> Mapping[str, str]:
        """What the answer to ``call`` carries besides."""


class Door:
    """Serves ``host``; ``acted`` is called after each call on which the host acted."""

    def __init__(self, world: World, host: Host, *, acted: Callable[[], None] = lambda: None) -> None:
        self._world, self._host, self._acted = world, host, acted

    def application(self) -> web.Application:
        """What to serve."""
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Note the call, act and answer."""
        if self._world.away:
            _cut(request)
            return web.Response()
        call = Call(
            host=self._host.name,
            method=request.method,
            path=request.path,
            body=await request.read(),
            oa_id="",
            at=self._world.clock(),
        )
        self._host.identify(request, call)
        self._world.calls.append(call)
        trouble = self._world.plans.take(request.path)
        body: dict[str, object] | web.Response = {}
        if trouble is None or trouble.executed:
            body = self._host.act(request, call)
            self._acted()
        elif trouble.code:
            body = self._host.fail(trouble.code)
        if isinstance(body, web.Response):
            return body
        code = body.get("error", 0)
        call.code = code if isinstance(code, int) else None
        return await self._give(request, body, trouble or Trouble(executed=True), self._host.headers(call))

    async def _give(
        self, request: web.Request, body: dict[str, object], trouble: Trouble, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        if wait := trouble.wait or self._world.latency:
            await self._hold(wait)
        raw = trouble.body.encode() or json.dumps(_changed(body, trouble), ensure_ascii=False).encode()
        if trouble.cut == "before" or trouble.wait == math.inf:
            _cut(request)
            return web.Response(body=raw)
        if trouble.cut == "within":
            return await _break_off(request, raw)
        if trouble.torn:
            return await _give_in_pieces(request, raw)
        kind = "text/html" if trouble.body else "application/json"
        return web.Response(status=trouble.status, body=raw, content_type=kind, charset="utf-8", headers=headers)

    async def _hold(self, seconds: float) -> None:
        released = self._world.plans.released
        timeout = None if seconds == math.inf else seconds
        try:
            await asyncio.wait_for(released.wait(), timeout)
        except TimeoutError:
            return


def _changed(body: dict[str, object], trouble: Trouble) -> dict[str, object]:
    return {key: value for key, value in {**body, **trouble.instead}.items() if key not in trouble.without}


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _break_off(request: web.Request, raw: bytes) -> web.StreamResponse:
    """Promise the whole answer, give a part of it, and hang up."""
    response = web.StreamResponse(headers={"Content-Length": str(len(raw) + 1), "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(raw[: len(raw) // 2])
    _cut(request)
    return response


async def _give_in_pieces(request: web.Request, raw: bytes) -> web.StreamResponse:
    """The whole answer, whose end comes when its beginning has been read."""
    response = web.StreamResponse(headers={"Content-Length": str(len(raw)), "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(raw[: len(raw) // 2])
    await asyncio.sleep(PIECE_SECONDS)
    await response.write(raw[len(raw) // 2 :])
    return response
