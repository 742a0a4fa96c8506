"""Accept what providers post: limit, verify, parse, store, and only then answer 200."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType

import structlog
from aiohttp import web
from yarl import URL

from bot.core.errors import StoreUnavailableError
from bot.core.fault import describe
from bot.store import receipts
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.quarantine import set_aside
from gateway.acknowledging import outcome_of
from gateway.addressees import is_empty, ours
from gateway.channel import Ack, Heard, Hook, Outcome, Parsed, Presence, Presences
from gateway.errors import BadPayloadError, BadSignatureError, RejectedError
from gateway.holding import open_slots
from gateway.metrics import Metrics
from gateway.quarantine import pack, take_signs
from gateway.request import read_hook
from gateway.spool import Place, Spool, Spooled, Storing

MAX_BODY = 256 * 1024
BODY_SECONDS = 10.0
"""How long a body may take to arrive."""
MARGIN = 0.5
"""So long before its provider's patience ends a hook is synced to the disk instead, seconds."""
_RETRY_AFTER_SECONDS = 2

log = structlog.get_logger()


class Webhooks:
    """The routes ``/hooks/{channel}/{account}``, one for each of our accounts and the addresses below it."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        presences: Presences,
        *,
        metrics: Metrics,
        clock: Callable[[], datetime],
        body_seconds: float = BODY_SECONDS,
        spool: Spool | None = None,
    ) -> None:
        self._entrances = {
            (presence.channel.name, presence.account.account, path): Entrance(
                store,
                intake,
                presence,
                path,
                presences=presences,
                metrics=metrics,
                clock=clock,
                body_seconds=body_seconds,
                spool=spool,
            )
            for presence in presences.values()
            for path in presence.channel.paths
        }

    def add_routes(self, app: web.Application) -> None:
        """Open the entrances on ``app``."""
        for place, entrance in self._entrances.items():
            app.router.add_route("*", _address(place), entrance.accept)
        app.router.add_route("*", "/hooks/{rest:.*}", _refuse)

    @property
    def storing(self) -> Mapping[Place, Storing]:
        """By which way a hook is stored that waits in the spool."""
        return {place: entrance.take for place, entrance in self._entrances.items()}


def _address(place: Place) -> str:
    return URL.build(path="/".join(["", "hooks", *place]).removesuffix("/")).raw_path


def _forget(storing: "asyncio.Task[Parsed]") -> None:
    if not storing.cancelled():
        storing.exception()  # the spool stores it


async def _refuse(_request: web.Request) -> web.Response:
    return web.Response(status=404, text="no such account")


def _written(ack: Ack) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of an answer."""
    return ack.status, ack.body.encode("utf-8", "replace"), {"Content-Type": f"{ack.content_type}; charset=utf-8"}


class Entrance:
    """One address that a provider calls; ``path`` is what follows the account in it.

    ``presences`` are all our accounts: an address may carry what is for another one.
    """

    def __init__(
        self,
        store: Store,
        intake: Intake,
        presence: Presence,
        path: str,
        *,
        presences: Presences = MappingProxyType({}),
        metrics: Metrics,
        clock: Callable[[], datetime],
        body_seconds: float,
        spool: Spool | None = None,
    ) -> None:
        self._spool = spool
        self._store, self._intake, self._clock = store, intake, clock
        self._presence, self._path, self._body_seconds = presence, path, body_seconds
        self._presences, self._metrics = presences, metrics
        self._said: set[str] = set()
        name = presence.channel.name
        self._observe = metrics.accept_seconds.labels(name).observe
        self._counter = cache(lambda status: metrics.hooks.labels(name, str(status)))
        self._ack = _written(presence.channel.ack)
        self._within = presence.channel.within(presence.account)
        held = presence.channel.holds(presence.account)
        self._holds = None if held is None else timedelta(seconds=held)

    async def accept(self, request: web.Request) -> web.Response:
        """One hook. 200 only when everything in it is durable; 503 when the database cannot commit now."""
        if request.method not in ("GET", "POST"):
            return await _refuse(request)
        response = await self._take(request, time.perf_counter())
        self._counter(response.status).inc()
        return response

    async def _take(self, request: web.Request, started: float) -> web.Response:
        hook: Hook | None = None
        try:
            try:
                hook = await read_hook(request, self._path, limit=MAX_BODY, seconds=self._body_seconds)
                self._presence.channel.verify(hook, self._presence.account)
                parsed = await self._take_in_time(hook)
            finally:  # what follows may wait for the reply itself, which says nothing of accepting
                self._observe(time.perf_counter() - started)
            ack = await self._acknowledge(request, hook, parsed)
        except RejectedError as error:
            self._count(error)
            return self._reject(hook, error)
        except StoreUnavailableError:
            log.warning("accept.store_unavailable", channel=self._presence.channel.name)
            retry = {"Retry-After": str(_RETRY_AFTER_SECONDS)}
            return web.Response(status=503, text="try again", headers=retry)
        status, body, headers = self._ack if ack is None else _written(ack)
        return web.Response(status=status, body=body, headers=headers)

    async def _acknowledge(self, request: web.Request, hook: Hook, parsed: Parsed) -> Ack | None:
        """What the provider hears; None = the channel's own word."""
        answer = self._presence.channel.answer
        if answer is None:
            return parsed.ack

        def gone() -> bool:
            return request.transport is None or request.transport.is_closing()

        outcome = await outcome_of(self._store, self._presence, parsed, gone=gone)
        if outcome.heard is Heard.TAKEN and parsed.ack is not None:
            return parsed.ack
        return answer(hook, self._presence.account, outcome)

    def _reject(self, hook: Hook | None, error: RejectedError) -> web.Response:
        answer = self._presence.channel.answer
        heard = {BadSignatureError: Heard.REFUSED, BadPayloadError: Heard.UNREADABLE}.get(type(error))
        if answer is not None and hook is not None and heard is not None:
            status, body, headers = _written(answer(hook, self._presence.account, Outcome(heard=heard)))
            return web.Response(status=status, body=body, headers=headers)
        # how our secrets are set is the operator's business, not that of whoever tries an address
        return web.Response(status=error.status, text="" if error.reason else str(error))

    async def _take_in_time(self, hook: Hook) -> Parsed:
        """Make durable what ``hook`` carries: in the database or, where its provider will not wait, on the disk."""
        within, came_at = self._within, self._clock()
        if within is None or self._spool is None:
            return await self.take(hook, came_at)
        storing = asyncio.create_task(self.take(hook, came_at), name="take")
        try:
            async with asyncio.timeout(within - MARGIN):
                return await asyncio.shield(storing)
        except (TimeoutError, StoreUnavailableError):
            storing.add_done_callback(_forget)  # it may come to its end yet: what is stored twice is stored once
            place = (self._presence.channel.name, self._presence.account.account, self._path)
            await self._spool.keep(Spooled(place=place, hook=hook, came_at=came_at))
            return Parsed()

    async def take(self, hook: Hook, came_at: datetime | None = None) -> Parsed:
        """Make durable what ``hook``, known to be authentic, carries; what is not understood goes to quarantine.

        ``came_at`` is now, unless it has waited. Raises RejectedError for what is not taken, StoreUnavailableError when
        the database cannot commit now.
        """
        now = came_at or self._clock()
        carried = await self._parse(hook, now)
        parsed = ours(carried, self._presence, self._presences)
        self._observe_event(parsed, foreign=is_empty(parsed) and not is_empty(carried))
        try:
            if parsed.signs:  # before the answer to a message asks how its author stands to us
                await take_signs(self._store, self._intake, parsed.signs)
            if parsed.messages:
                if self._holds is not None:  # before anybody can answer them
                    await open_slots(self._store, parsed.messages, until=now + self._holds)
                await self._intake.accept(parsed.messages)
            if parsed.receipts:
                await receipts.accept(self._store, parsed.receipts)
            if parsed.aside:
                await self._set_aside(hook, parsed.aside, now)
        except StoreUnavailableError:
            raise
        except Exception as error:
            raise await self._surprise(hook, error, now) from error
        return parsed

    def _count(self, error: RejectedError) -> None:
        """Count a refusal that an operator can do something about, and say once what that is."""
        if not error.reason:
            return
        name, account = self._presence.channel.name, self._presence.account.account
        self._metrics.refused.labels(name, error.reason).inc()
        if error.reason not in self._said:
            self._said.add(error.reason)
            log.error("accept.refused", channel=name, account=account, reason=error.reason, advice=str(error))

    def _observe_event(self, parsed: Parsed, *, foreign: bool) -> None:
        """Count what was passed over, and tell an operator what is for them."""
        name, account = self._presence.channel.name, self._presence.account.account
        if parsed.event:
            self._metrics.events.labels(name, parsed.event).inc()
        if foreign:
            self._metrics.foreign.labels(name).inc()
        if parsed.alert:
            log.warning("accept.event", channel=name, account=account, event_name=parsed.event)

    async def _parse(self, hook: Hook, now: datetime) -> Parsed:
        try:
            return self._presence.channel.parse(hook, self._presence.account, now)
        except BadPayloadError as error:
            await self._set_aside(hook, str(error), now)
            raise
        except RejectedError:
            raise
        except Exception as error:
            raise await self._surprise(hook, error, now) from error

    async def _surprise(self, hook: Hook, error: Exception, now: datetime) -> BadPayloadError:
        """A channel's bug, or a report that the database does not take: repeated, it would fail for ever."""
        fault = describe(error)
        refused = BadPayloadError(f"not expected: {fault['error']} at {fault['place']}")
        await self._set_aside(hook, str(refused), now)
        return refused

    async def _set_aside(self, hook: Hook, reason: str, now: datetime) -> None:
        name, account = self._presence.channel.name, self._presence.account.account
        log.warning("accept.quarantined", channel=name, reason=reason)
        await set_aside(
            self._store, channel=name, account=account, raw=pack(hook, self._store.vault), reason=reason, now=now
        )
