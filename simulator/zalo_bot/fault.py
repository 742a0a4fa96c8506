"""What may go wrong on the way of a call, planned by a test or by whoever plays the provider."""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong with a call of ``method`` (any, when empty).

    ``code``: that answer with ``ok: false`` (B4), nothing is done. ``status``: an error page (B5). ``hang``: no answer
    for so many seconds of ours, then the connection closes. ``reset``: it breaks in the middle of the answer.
    ``garbled``: HTTP 200 with a body that is no JSON. ``taken``: the call is done all the same, only its answer is lost
    – the case that no key protects from (B37).
    """

    method: str = ""
    code: int = 0
    status: int = 0
    hang: float = 0.0
    reset: bool = False
    garbled: bool = False
    taken: bool = False


@dataclass(kw_only=True)
class Faults:
    """What is planned, in order. ``released`` ends every hanging answer."""

    planned: deque[Fault] = field(default_factory=deque)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, method: str) -> Fault | None:
        """The first fault that concerns this call, which is then used up."""
        found = next((fault for fault in self.planned if fault.method in {"", method}), None)
        if found is not None:
            self.planned.remove(found)
        return found

    async def spoil(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """Answer ``request`` as badly as ``fault`` says."""
        if fault.hang:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.released.wait(), fault.hang)
        if fault.status:
            return web.Response(status=fault.status, text=BAD_GATEWAY, content_type="text/html")
        if fault.garbled:
            return web.Response(text="<!doctype html><title>Zalo</title>", content_type="text/html")
        if fault.reset:
            response = web.StreamResponse(headers={"content-type": "application/json", "content-length": "300"})
            await response.prepare(request)
            await response.write(b'{"ok":true,"result":{"message_id":')
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
