"""Accept what providers post: limit, verify, parse, store, and only then answer 200."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web

from bot.core.errors import StoreUnavailableError
from bot.store import receipts
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.quarantine import set_aside
from gateway.channel import BadPayloadError, Hook, Presence, Presences, RejectedError
from gateway.metrics import Metrics

MAX_BODY = 256 * 1024
_RETRY_AFTER_SECONDS = 2

log = structlog.get_logger()


class Webhooks:
    """The routes ``/hooks/{channel}/{account}``."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        presences: Presences,
        *,
        metrics: Metrics,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._intake, self._presences = store, intake, presences
        self._metrics, self._clock = metrics, clock
        self._timers = {name: metrics.accept_seconds.labels(name) for name, _ in presences}

    def add_routes(self, app: web.Application) -> None:
        """Open the entrances on ``app``."""
        app.router.add_route("*", "/hooks/{channel}/{account}", self.accept)

    async def accept(self, request: web.Request) -> web.Response:
        """One hook. 200 only when everything in it is durable; 503 when the database cannot commit now."""
        channel = request.match_info["channel"]
        presence = self._presences.get((channel, request.match_info["account"]))
        if presence is None or request.method not in ("GET", "POST"):
            return web.Response(status=404, text="no such account")
        started = time.perf_counter()
        response = await self._take(request, presence)
        self._timers[channel].observe(time.perf_counter() - started)
        self._metrics.hooks.labels(channel, str(response.status)).inc()
        return response

    async def _take(self, request: web.Request, presence: Presence) -> web.Response:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413, text=f"at most {MAX_BODY} bytes")
        hook = Hook(
            method=request.method,
            query=request.query,
            headers=Headers(request.headers),
            cookies=request.cookies if "Cookie" in request.headers else {},
            body=body,
        )
        try:
            await self._store_hook(hook, presence)
        except RejectedError as error:
            return web.Response(status=error.status, text=str(error))
        except StoreUnavailableError:
            log.warning("accept.store_unavailable", channel=presence.channel.name)
            retry = {"Retry-After": str(_RETRY_AFTER_SECONDS)}
            return web.Response(status=503, text="try again", headers=retry)
        ack = presence.channel.ack
        return web.Response(text=ack.body, content_type=ack.content_type)

    async def _store_hook(self, hook: Hook, presence: Presence) -> None:
        channel, account = presence.channel, presence.account
        channel.verify(hook, account)
        now = self._clock()
        try:
            parsed = channel.parse(hook, account, now)
        except BadPayloadError as error:
            log.warning("accept.quarantined", channel=channel.name, reason=str(error))
            await set_aside(
                self._store, channel=channel.name, account=account.account, raw=hook.body, reason=str(error), now=now
            )
            raise
        if parsed.messages:
            await self._intake.accept(parsed.messages)
        if parsed.receipts:
            await receipts.accept(self._store, parsed.receipts)


class Headers(Mapping[str, str]):
    """Request headers by lower-case name, without copying them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        return self._headers[name]

    def __iter__(self) -> Any:
        return (name.lower() for name in self._headers)

    def __len__(self) -> int:
        return len(self._headers)
