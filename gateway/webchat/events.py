"""``GET /web/events``: a person's replies as server-sent events, from the one after ``Last-Event-ID`` on.

Each event's id is the id of the part, its data the part as JSON. A stream reads the mailbox when it is woken and every
two seconds besides, so it also sees what another process put there.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.core.errors import StoreUnavailableError
from bot.store.engine import Store
from bot.store.mailbox import fetch, mailbox_topic
from bot.store.wakeup import Wakeup
from gateway.channels.web import WebAccount, part_id

POLL_SECONDS = 2.0
HEARTBEAT_SECONDS = 15.0
_WRITE_SECONDS = 8.0  # a reader that takes nothing for so long is gone; also bounds a stop
_RETRY_AFTER = {"Retry-After": "5"}
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a reverse proxy must pass events on at once
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The last part a reader has: its number and, when known, its mark."""

    number: int = 0
    mark: str | None = None

    @classmethod
    def read(cls, event_id: str) -> "Position":
        """The position named by an event id or a bare number; the beginning when it is neither."""
        number, _, mark = event_id.partition("-")
        if not (number.isascii() and number.isdecimal() and len(number) <= 15):
            return cls()
        return cls(number=int(number), mark=mark or None)


async def fetch_missed(store: Store, person: str, position: Position) -> list[tuple[int, dict[str, Any]]]:
    """What a reader at ``position`` has not had yet, at most 200 parts, oldest first.

    A mailbox that was erased counts from 1 again: then the part at ``position`` is not the one the reader has, and
    everything is new.
    """
    if position.mark is None:
        return await fetch(store, person, after=position.number)
    rows = await fetch(store, person, after=position.number - 1)
    if rows and rows[0][0] == position.number and rows[0][1]["mark"] == position.mark:
        return rows[1:]
    return await fetch(store, person, after=0)


class Stream:
    """One open window of a person."""

    def __init__(self) -> None:
        self.replaced = False


class Streams:
    """The streams that are open in this process.

    ``per_person``: one more ends the oldest, because a phone that changes networks leaves dead streams behind.
    ``total``: beyond it nobody new is let in.
    """

    def __init__(self, wakeup: Wakeup, *, per_person: int = 6, total: int = 2000) -> None:
        self._wakeup, self._per_person, self._total = wakeup, per_person, total
        self._open: dict[str, list[Stream]] = {}
        self.closing = False

    @property
    def full(self) -> bool:
        """Whether nobody new can be let in now."""
        return self.closing or sum(map(len, self._open.values())) >= self._total

    @contextlib.contextmanager
    def join(self, person: str) -> Iterator[Stream]:
        """Count a stream of ``person`` as open while the block lasts."""
        stream, streams = Stream(), self._open.setdefault(person, [])
        streams.append(stream)
        for oldest in streams[: -self._per_person]:
            oldest.replaced = True
            self._wakeup.signal([mailbox_topic(person)])
        try:
            yield stream
        finally:
            streams.remove(stream)
            if not streams:
                self._open.pop(person, None)

    async def close(self, _app: web.Application) -> None:
        """End every stream at once: the service stops, and pages come back to it by themselves."""
        self.closing = True
        self._wakeup.signal([mailbox_topic(person) for person in self._open])


class Events:
    """The route. ``streams`` are all that it has open."""

    def __init__(self, store: Store, account: WebAccount, streams: Streams) -> None:
        self._store, self._account, self._streams = store, account, streams

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Stream until the reader goes, a newer window takes its place, or the service or the database is away.

        401 without a session, 503 when too many streams are open.
        """
        address = self._account.address(request.cookies)
        if address is None:
            return web.Response(status=401, text="the session is missing or not ours")
        if self._streams.full:
            return web.Response(status=503, text="too many open windows, try again soon", headers=_RETRY_AFTER)
        person = self._store.vault.person(address)
        position = Position.read(request.headers.get("Last-Event-ID") or request.query.get("after", ""))
        response = web.StreamResponse(headers=_HEADERS)
        with (
            contextlib.suppress(ConnectionError, TimeoutError, StoreUnavailableError),
            self._streams.join(person) as stream,
        ):
            await response.prepare(request)
            await _write(response, "retry: 1000\n\n")
            await self._follow(request, response, person, stream, position)
        return response

    async def _follow(
        self, request: web.Request, response: web.StreamResponse, person: str, stream: Stream, position: Position
    ) -> None:
        time = asyncio.get_running_loop().time
        written = time()
        with self._store.wakeup.subscribe(mailbox_topic(person)) as signals:
            while not self._streams.closing and not _gone(request):
                if stream.replaced:
                    await _write(response, "event: replaced\ndata: {}\n\n")
                    return
                if missed := await fetch_missed(self._store, person, position):
                    position = await _pass_on(response, missed)
                    written = time()
                    continue
                if time() - written >= HEARTBEAT_SECONDS:
                    await _write(response, ": still here\n\n")
                    written = time()
                await signals.wait(POLL_SECONDS)


async def _pass_on(response: web.StreamResponse, parts: list[tuple[int, dict[str, Any]]]) -> Position:
    """Write ``parts`` and return where the reader stands then."""
    await _write(response, "".join(_event(number, part) for number, part in parts))
    number, part = parts[-1]
    return Position(number=number, mark=part["mark"])


def _event(number: int, part: dict[str, Any]) -> str:
    shown = {name: value for name, value in part.items() if name != "mark"}
    return f"id: {part_id(number, part['mark'])}\ndata: {json.dumps(shown, ensure_ascii=False)}\n\n"


async def _write(response: web.StreamResponse, text: str) -> None:
    async with asyncio.timeout(_WRITE_SECONDS):
        await response.write(text.encode())


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
