"""What may go wrong with the answer of any portal, planned by a test for the next requests."""

import asyncio
import gzip
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate

from aiohttp import web

PAGE = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
LOGIN = (
    "<!DOCTYPE html><html><body><form method='post'><input name='login'>"
    '<input name="password" type="password"></form></body></html>'
)
BOMB = 80 * 2**20
"""Bytes that a gzip bomb unpacks to."""
_AHEAD = 200


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong, by its ``name``; ``seconds`` is what a busy portal asks for."""

    name: str
    seconds: int = 0


@dataclass(kw_only=True)
class Faults:
    """What is planned: the next ``good`` requests go well, then one fault after the other.

    ``today`` gives the ``Date`` of answers as Unix seconds; ``patience`` is told when a portal asks to be left alone.
    """

    today: Callable[[], float]
    patience: Callable[[float | None], None]
    planned: deque[Fault | None] = field(default_factory=deque)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def plan(self, name: str, *, times: int, after: int, seconds: int) -> None:
        """After ``after`` more requests, the next ``times`` meet the fault ``name``."""
        if name not in NAMES:
            raise ValueError(f"no fault is called {name}")
        self.planned.extend([None] * after + [Fault(name=name, seconds=seconds)] * times)

    def clear(self) -> None:
        """All goes well again, and whatever hangs is let go."""
        self.planned.clear()
        self.released.set()
        self.released = asyncio.Event()

    def take(self) -> Fault | None:
        """What the present request meets."""
        return self.planned.popleft() if self.planned else None

    def before(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        """The answer of a fault that needs none of the portal's; None where its answer is wanted first."""
        if fault.name in {"busy", "away"}:
            return self._busy(429 if fault.name == "busy" else 503, fault.seconds)
        if fault.name == "drop":
            return _hang_up(request)
        if fault.name == "circle":
            return _lead(str(request.rel_url))
        made = _ANSWERS.get(fault.name)
        return made() if made else None

    def after(self, fault: Fault, response: web.StreamResponse, request: web.Request) -> web.StreamResponse:
        """The portal's own ``response``, spoilt; one that is sent already stays as it is."""
        if not isinstance(response, web.Response):
            return response
        body = response.body if isinstance(response.body, bytes) else b""
        match fault.name:
            case "half":
                return web.Response(body=body[: len(body) // 2], content_type=response.content_type)
            case "short":
                return _send(request, response, body[: len(body) // 2], said=len(body))
            case "long":
                return _send(request, response, body, said=len(body) - min(_AHEAD, len(body) // 2))
            case "bare":
                return web.json_response({"data": []})
            case _:
                return response

    async def hang(self, request: web.Request) -> web.StreamResponse:
        """Begin an answer to ``request`` and say no more, until all goes well again."""
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "9999"})
        await response.prepare(request)
        await response.write(b'{"success":')
        await self.released.wait()
        return _hang_up(request)

    def _busy(self, status: int, seconds: int) -> web.Response:
        """429 says the seconds, 503 the moment; 0 says nothing."""
        self.patience(float(seconds) if seconds else None)
        response = web.Response(status=status, text="slow down")
        response.headers["Date"] = _http_date(self.today())
        if seconds:
            later = _http_date(self.today() + seconds)
            response.headers["Retry-After"] = str(seconds) if status == 429 else later
        return response


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _http_date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


def _lead(where: str) -> web.Response:
    return web.Response(status=302, headers={"Location": where})


def _bomb() -> web.Response:
    return web.Response(
        body=gzip.compress(b" " * BOMB, compresslevel=1),
        headers={"Content-Encoding": "gzip", "Content-Type": "application/json"},
    )


def _send(request: web.Request, response: web.Response, body: bytes, *, said: int) -> web.StreamResponse:
    """``body`` with a ``Content-Length`` of ``said``, and the connection closed behind it."""
    transport = request.transport
    if transport is not None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {response.content_type}\r\nContent-Length: {said}\r\n\r\n"
        transport.write(head.encode() + body)
        transport.close()
    return web.Response()


def _page(status: int, text: str = PAGE) -> web.Response:
    return web.Response(status=status, text=text, content_type="text/html")


_ANSWERS: dict[str, Callable[[], web.Response]] = {
    "broken": lambda: _page(502),
    "page": lambda: _page(200),
    "denied": lambda: _page(403),
    "sign-in page": lambda: _page(200, LOGIN),
    "unauthorized": lambda: web.Response(status=401, headers={"WWW-Authenticate": "Basic"}),
    "sign-in": lambda: _lead("/user/login?came_from=/api"),
    "elsewhere": lambda: _lead("https://files.example.vn/data"),
    "bomb": _bomb,
}
STALL = "stall"
NAMES = frozenset({*_ANSWERS, STALL, "busy", "away", "drop", "circle", "half", "short", "long", "bare"})
