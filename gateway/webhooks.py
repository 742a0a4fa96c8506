"""Accept what providers post: limit, verify, parse, store, and only then answer 200."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web

from bot.core.errors import StoreUnavailableError
from bot.core.fault import describe
from bot.store import receipts
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.quarantine import set_aside
from gateway.channel import BadPayloadError, Hook, Presence, Presences, RejectedError
from gateway.metrics import Metrics

MAX_BODY = 256 * 1024
BODY_SECONDS = 10.0
"""How long a body may take to arrive."""
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
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._store, self._intake, self._presences = store, intake, presences
        self._body_seconds = body_seconds
        self._metrics, self._clock = metrics, clock
        self._timers = {name: metrics.accept_seconds.labels(name) for name, _ in presences}

    def add_routes(self, app: web.Application) -> None:
        """Open the entrances on ``app``."""
        app.router.add_route("*", "/hooks/{channel}/{account}", self.accept)
        app.router.add_route("*", "/hooks/{channel}/{account}/{path}", self.accept)

    async def accept(self, request: web.Request) -> web.Response:
        """One hook. 200 only when everything in it is durable; 503 when the database cannot commit now."""
        channel = request.match_info["channel"]
        presence = self._presences.get((channel, request.match_info["account"]))
        path = request.match_info.get("path", "")
        if presence is None or request.method not in ("GET", "POST") or path not in presence.channel.paths:
            return web.Response(status=404, text="no such account")
        started = time.perf_counter()
        response = await self._take(request, presence)
        self._timers[channel].observe(time.perf_counter() - started)
        self._metrics.hooks.labels(channel, str(response.status)).inc()
        return response

    async def _take(self, request: web.Request, presence: Presence) -> web.Response:
        try:
            hook = Hook(
                method=request.method,
                query=request.query,
                headers=Headers(request.headers),
                cookies=request.cookies if "Cookie" in request.headers else {},
                body=await _read_body(request, seconds=self._body_seconds),
                path=request.match_info.get("path", ""),
            )
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
            await self._set_aside(hook, presence, str(error), now)
            raise
        except RejectedError:
            raise
        except Exception as error:
            raise await self._surprise(hook, presence, error, now) from error
        if parsed.messages:
            await self._intake.accept(parsed.messages)
        if parsed.receipts:
            try:
                await receipts.accept(self._store, parsed.receipts)
            except StoreUnavailableError:
                raise
            except Exception as error:
                raise await self._surprise(hook, presence, error, now) from error

    async def _surprise(self, hook: Hook, presence: Presence, error: Exception, now: datetime) -> BadPayloadError:
        """A channel's bug, or a report that the database does not take: repeated, it would fail for ever."""
        fault = describe(error)
        refused = BadPayloadError(f"not expected: {fault['error']} at {fault['place']}")
        await self._set_aside(hook, presence, str(refused), now)
        return refused

    async def _set_aside(self, hook: Hook, presence: Presence, reason: str, now: datetime) -> None:
        name, account = presence.channel.name, presence.account.account
        log.warning("accept.quarantined", channel=name, reason=reason)
        await set_aside(self._store, channel=name, account=account, raw=hook.body, reason=reason, now=now)


class BodyError(RejectedError):
    """The body of a request cannot be read."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def _read_body(request: web.Request, *, seconds: float) -> bytes:
    """The bytes that came. Raises BodyError."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        # what a provider signs are the bytes that came, and no message is so long that it needs packing
        raise BodyError(415, "a packed body is not taken")
    try:
        async with asyncio.timeout(seconds):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise BodyError(413, f"at most {MAX_BODY} bytes") from None
    except TimeoutError:
        raise BodyError(408, "the body took too long") from None
    except (web.RequestPayloadError, ConnectionError):
        raise BodyError(400, "the body did not arrive whole") from None


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
