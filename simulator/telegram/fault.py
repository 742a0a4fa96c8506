"""What may go wrong on the way of a call, planned by a test."""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong with a call of ``method`` (any, when empty) for ``chat_id`` (any, when 0).

    ``retry_after``: a 429 with so many seconds of the provider, ``everywhere`` or for the chat only.
    ``status`` with ``body``: that answer (a page, as the front servers of Telegram give) instead of JSON.
    ``hang``: no answer for so many seconds of the provider, then the connection closes.
    ``reset``: the connection breaks in the middle of the answer.
    ``taken``: the call is done all the same, only its answer is lost – the case that no key protects from (T70).
    """

    method: str = ""
    chat_id: int = 0
    retry_after: int = 0
    everywhere: bool = False
    status: int = 0
    body: str = BAD_GATEWAY
    hang: float = 0.0
    reset: bool = False
    taken: bool = False

    def concerns(self, method: str, chat_id: int) -> bool:
        """Whether a call is the one it waits for."""
        return self.method.lower() in {"", method} and self.chat_id in {0, chat_id}


@dataclass(kw_only=True)
class Faults:
    """What is planned, in order. ``released`` ends every hanging answer."""

    planned: deque[Fault] = field(default_factory=deque)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, method: str, chat_id: int) -> Fault | None:
        """The first fault that concerns this call, which is then used up."""
        found = next((fault for fault in self.planned if fault.concerns(method, chat_id)), None)
        if found is not None:
            self.planned.remove(found)
        return found

    async def spoil(self, request: web.Request, fault: Fault, *, real_seconds: float) -> web.StreamResponse:
        """Answer ``request`` as badly as ``fault`` says; a hanging one for ``real_seconds``."""
        if fault.hang:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.released.wait(), real_seconds)
        if fault.status:
            return web.Response(status=fault.status, text=fault.body, content_type="text/html")
        if fault.reset:
            response = web.StreamResponse(headers={"content-type": "application/json", "content-length": "300"})
            await response.prepare(request)
            await response.write(b'{"ok":true,"result":{"message_id":')
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
