"""The page's own API: one document of all that is shown, a stream of it, and what a person may do."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.stage.line import Phone
from simulator.stage.stage import Stage
from simulator.stage.trouble import NonsenseError

LOOK_SECONDS = 0.15
"""How often the stage is looked at for the pages that are open."""
HEARTBEAT_SECONDS = 15.0
MOST_STREAMS = 20
_WRITE_SECONDS = 8.0
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_PICTURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff\xe0": "image/jpeg", b"GIF8": "image/gif"}


class Api:
    """The routes below ``/api``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._closing = asyncio.Event()
        self._streams = 0
        self._work: set[asyncio.Task[None]] = set()

    def add_routes(self, app: web.Application) -> None:
        """Add them to ``app``; open streams end when that shuts down."""
        router = app.router
        router.add_get("/api/state", self.show)
        router.add_get("/api/events", self.follow, allow_head=False)
        router.add_get("/api/pictures/{line}/{name}", self.show_picture)
        router.add_post("/api/phones", self._doing(self._add))
        router.add_post("/api/phones/{phone}/{deed:say|press|act|remove}", self._doing(self._play))
        router.add_post("/api/lines/{line}", self._doing(self._spoil))
        router.add_post("/api/prices", self._doing(self._charge))
        router.add_post("/api/service/{deed:start|stop|kill}", self._doing(self._operate))
        app.on_shutdown.append(self._close)

    async def show(self, _request: web.Request) -> web.Response:
        """All that is on the stage now."""
        return web.json_response(self._stage.look(), headers={"Cache-Control": "no-store"})

    async def show_picture(self, request: web.Request) -> web.Response:
        """A picture that a bot sent."""
        line = self._stage.lines.get(request.match_info["line"])
        body = line.picture(request.match_info["name"]) if line else None
        kind = next((kind for start, kind in _PICTURES.items() if body and body.startswith(start)), None)
        if body is None or kind is None:
            raise web.HTTPNotFound
        return web.Response(body=body, content_type=kind, headers={"Cache-Control": "private, max-age=3600"})

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """The same document, now and whenever something changed."""
        if self._streams >= MOST_STREAMS or self._closing.is_set():
            return web.Response(status=503, headers={"Retry-After": "5"})
        response = web.StreamResponse(headers=_HEADERS)
        self._streams += 1
        try:
            with contextlib.suppress(ConnectionError, TimeoutError):
                await response.prepare(request)
                await self._stream(request, response)
        finally:
            self._streams -= 1
        return response

    async def _stream(self, request: web.Request, response: web.StreamResponse) -> None:
        time = asyncio.get_running_loop().time
        told, written = "", time()
        while not self._closing.is_set() and request.transport is not None and not request.transport.is_closing():
            shown = json.dumps(self._stage.look(), ensure_ascii=False)
            if shown != told or time() - written >= HEARTBEAT_SECONDS:
                async with asyncio.timeout(_WRITE_SECONDS):
                    await response.write((f"data: {shown}\n\n" if shown != told else ": still here\n\n").encode())
                told, written = shown, time()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), LOOK_SECONDS)

    def _doing(
        self, deed: Callable[[web.Request, dict[str, Any]], Awaitable[object]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """``deed`` with the JSON object of the body; nonsense is 422 with a sentence."""

        async def handle(request: web.Request) -> web.Response:
            try:
                done = await deed(request, _object(await request.read()))
            except NonsenseError as error:
                return web.json_response({"error": str(error)}, status=422)
            except (ValueError, RecursionError):
                return web.json_response({"error": "that is no JSON"}, status=422)
            return web.json_response({"done": done})

        return handle

    async def _add(self, _request: web.Request, wish: dict[str, Any]) -> int:
        return self._stage.add(_words(wish, "line"), _words(wish, "name")).id

    async def _play(self, request: web.Request, wish: dict[str, Any]) -> None:
        phone, stage = self._phone(request), self._stage
        line = stage.lines[phone.line]
        match request.match_info["deed"]:
            case "say":
                await stage.say(phone, _words(wish, "text"))
            case "press":
                await line.press(phone, _words(wish, "message"), _words(wish, "data"))
            case "act":
                await line.act(phone, _words(wish, "action"))
            case _:
                stage.remove(phone)

    async def _spoil(self, request: web.Request, wish: dict[str, Any]) -> None:
        line = self._stage.lines.get(request.match_info["line"])
        if line is None:
            raise web.HTTPNotFound
        if unknown := wish.keys() - set(line.controls):
            raise NonsenseError(f"this provider has no {', '.join(sorted(unknown))}")
        await line.suffer(line.trouble.changed(wish))

    async def _charge(self, _request: web.Request, wish: dict[str, Any]) -> None:
        self._stage.charge(wish)

    async def _operate(self, request: web.Request, _wish: dict[str, Any]) -> None:
        """Begin; what comes of it is in the stream."""
        child = self._stage.child
        if child is None:
            raise NonsenseError("there is no service")
        deeds = {"start": self._stage.start, "stop": child.stop, "kill": child.kill}
        task = asyncio.get_running_loop().create_task(deeds[request.match_info["deed"]]())
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _phone(self, request: web.Request) -> Phone:
        number = request.match_info["phone"]
        phone = self._stage.phones.get(int(number)) if number.isascii() and number.isdecimal() else None
        if phone is None:
            raise web.HTTPNotFound
        return phone

    async def _close(self, _app: web.Application) -> None:
        self._closing.set()


def _object(body: bytes) -> dict[str, Any]:
    wish = json.loads(body or b"{}")
    if not isinstance(wish, dict):
        raise NonsenseError("a JSON object is wanted")
    return wish


def _words(wish: dict[str, Any], name: str) -> str:
    value = wish.get(name)
    if not isinstance(value, str):
        raise NonsenseError(f"{name} is to be a text")
    return value
