"""The composition root: start the roles of one process in order, stop them in reverse."""

import asyncio
import contextlib
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from random import Random

import structlog
from aiohttp import web

from bot.core.errors import StoreUnavailableError
from bot.core.fault import describe
from bot.core.pools import Pool
from bot.dispatch import Dispatcher
from bot.mind import Mind
from bot.notify.alarm import Alarm
from bot.notify.backlog import schedule_looks
from bot.notify.balancing import schedule_balancing
from bot.notify.following import schedule_following
from bot.notify.reminding import schedule_reminding
from bot.notify.sweeper import schedule_sweeps
from bot.store import consents, conversations, outbox
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.migrate import pending
from gateway.api.opening import add_api
from gateway.calendar_feed.opening import add_feeds
from gateway.calendar_watch import count_days_left, schedule_calendar
from gateway.channel import Presence, Presences, Wire
from gateway.channels.web import WebAccount
from gateway.charts import Charts
from gateway.database import open_store
from gateway.deployment import build_mind, find_channels, read_presences
from gateway.follow import follow, read_followed
from gateway.kinship import kin_of
from gateway.listening import Listener, taking
from gateway.metrics import Metrics
from gateway.outbound import open_sessions
from gateway.outbound_rules import read_rules
from gateway.ownership import own_file
from gateway.pools import read_pools, ways
from gateway.reminding.child import Looking
from gateway.sample import ensure_sample
from gateway.sender import Sender
from gateway.settings import Settings
from gateway.site import Health, new_app, open_site
from gateway.site_pages import add_pages
from gateway.spool import Spool
from gateway.supervisor import find_supervisor
from gateway.syncing.order import order_of
from gateway.troubles import Troubles
from gateway.watchdog import watching
from gateway.webchat.page import add_routes as add_chat
from gateway.webhooks import Webhooks
from gateway.worker import running, until_stopped, watch_strays
from gateway.zalo.caller import find_callers
from gateway.zalo.keeping import keep_tokens
from gateway.zalo.token import settle
from gateway.zalo_bot.watch import schedule_watch

STOP_SECONDS = 20.0
"""A graceful stop takes at most this long in all."""
_CATALOGUE_SECONDS = 2.0
_SENDING_SECONDS = 8.0  # a part that is cut off may have left: it would go twice

log = structlog.get_logger()

WireOf = Callable[[Presence], Wire]


class Role(StrEnum):
    """What a process can be there for; any number of processes may share a role on PostgreSQL."""

    WEB = "web"
    WORK = "work"
    SEND = "send"
    TICK = "tick"


async def serve(
    settings: Settings,
    *,
    roles: Collection[Role],
    clock: Callable[[], datetime],
    stop: asyncio.Event,
    announce: Callable[[str], None],
) -> None:
    """Run ``roles`` until ``stop`` is set. ``announce`` is told the URL as soon as hooks are accepted.

    Raises TracuuError with one sentence when the service cannot start.
    """
    metrics = Metrics()
    async with contextlib.AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings, clock=clock))
        alone = stack.enter_context(own_file(settings.store_url, roles))
        if alone:
            await _take_over(store, roles)
        presences = read_presences(settings, store)
        store.vault.kin = kin_of(find_channels(), [*presences, *await consents.places(store)])
        pools = read_pools(settings, presences)
        followed = await read_followed(settings)
        mind = build_mind(
            store, settings, {key: presence.account.meaning() for key, presence in presences.items()}, clock=clock
        )
        watch_strays()
        supervisor = find_supervisor(os.environ)
        stack.enter_context(watching(metrics, supervisor))
        charts = Charts(store, settings.chart_folder)  # drawn for the page and for what is sent
        stack.push_async_callback(charts.close)
        rules = read_rules(settings, presences.values(), key=store.vault.derive("trace"))
        if rules.trace is not None:
            metrics.trace_dropped.set_function(rules.trace.count_dropped)
        metrics.calendar_days.set_function(partial(count_days_left, settings, clock))
        session_of = await stack.enter_async_context(open_sessions(rules))
        stack.push_async_callback(settle)  # a refresh that is cut off costs a log-in

        def wire_of(presence: Presence) -> Wire:
            return Wire(store=store, session=session_of(presence), clock=clock, picture=charts.picture)

        if Role.SEND in roles:
            await stack.enter_async_context(_send(mind, presences, wire_of, metrics, pools))
        if Role.WORK in roles:  # stopped before the senders, so that the last answers still leave
            await stack.enter_async_context(_work(mind, metrics, settings))
        if Role.TICK in roles:
            keep_up = partial(follow, store, followed=followed, order=partial(order_of, settings, rules), clock=clock)
            stack.enter_context(_tick(mind, settings, keep_up, presences, pools))
            callers = [(caller, wire_of(presence)) for caller, presence in find_callers(presences.values())]
            await stack.enter_async_context(until_stopped("zalo tokens", lambda end: keep_tokens(callers, end)))
        if Role.WEB in roles:
            intake, spool = Intake(store), Spool(settings.spool_folder, store.vault)
            hooks = Webhooks(store, intake, presences, metrics=metrics, clock=clock, spool=spool)
            stack.enter_context(running("spool", lambda: spool.run(hooks.storing)))
            if Role.WORK not in roles and settings.service.api != "off":
                stack.enter_context(running("catalogue", lambda: _follow_catalogue(mind, sample=False)))
            app = _web_app(settings, mind, presences, metrics, hooks=hooks, charts=charts, index=Role.WORK in roles)
            announce(
                await stack.enter_async_context(open_site(app, host=settings.service.host, port=settings.service.port))
            )
            await stack.enter_async_context(_listen(presences, wire_of, metrics, intake))
        else:
            announce("")
        gc.freeze()  # what a start makes stays: to look through it again and again would hold the loop for 10 ms
        supervisor.ready()
        await _until_stopped(stop, store)
        supervisor.stopping()
        log.info("stopping")


async def _until_stopped(stop: asyncio.Event, store: Store) -> None:
    """Wait to be told. Raises StoreError when a newer program has changed the database under our feet."""
    events = [asyncio.create_task(event.wait()) for event in (stop, store.left_behind)]
    await asyncio.wait(events, return_when=asyncio.FIRST_COMPLETED)
    for event in events:
        event.cancel()
    if not stop.is_set():
        await pending(store)


async def _take_over(store: Store, roles: Collection[Role]) -> None:
    """Nobody else can hold a lease on our own file: whoever did is dead, and its work need not wait."""
    if Role.WORK in roles:
        await conversations.release_stale(store)
    if Role.SEND in roles:
        await outbox.release_stale(store)


def _web_app(
    settings: Settings,
    mind: Mind,
    presences: Presences,
    metrics: Metrics,
    *,
    hooks: Webhooks,
    charts: Charts,
    index: bool,
) -> web.Application:
    app = new_app()
    hooks.add_routes(app)
    Health(mind.store, metrics, index_ready=mind.library.ready if index else None, clock=mind.clock).add_routes(app)
    chat = next((one.account for one in presences.values() if isinstance(one.account, WebAccount)), None)
    charts.add_routes(app)
    if chat is not None and settings.service.web_chat:
        add_chat(app, store=mind.store, account=chat, public_url=settings.service.public_url)
    add_api(app, mind.store, mind.library, settings.service, metrics=metrics, clock=mind.clock)
    add_feeds(app, mind.store, settings, clock=mind.clock)
    add_pages(app, presences)
    return app


@contextlib.asynccontextmanager
async def _work(mind: Mind, metrics: Metrics, settings: Settings) -> AsyncIterator[None]:
    """Keep the catalogue in memory and work the inbox. Accepting does not wait for either."""
    dispatcher = Dispatcher(mind, watched=lambda decided: metrics.handled.labels(decided.handler).inc())
    with running("catalogue", lambda: _follow_catalogue(mind, sample=not settings.sources)):
        async with until_stopped("dispatcher", dispatcher.run):
            yield


@contextlib.asynccontextmanager
async def _send(
    mind: Mind, presences: Presences, wire_of: WireOf, metrics: Metrics, pools: Sequence[Pool]
) -> AsyncIterator[None]:
    troubles = Troubles(mind.store, {member for pool in pools for member in pool.weights}, mind.clock)
    senders = [
        Sender(
            presence,
            wire_of(presence),
            mind.content,
            metrics=metrics,
            jitter=Random(),
            accounts=presences,
            pools=pools,
            troubles=troubles,
        )
        for presence in presences.values()
    ]
    async with (
        until_stopped("troubles", *([troubles.run] if pools else [])),
        until_stopped("sender", *(sender.run for sender in senders), seconds=_SENDING_SECONDS),
    ):
        yield


@contextlib.asynccontextmanager
async def _listen(presences: Presences, wire_of: WireOf, metrics: Metrics, intake: Intake) -> AsyncIterator[None]:
    """Fetch what providers do not post, on the same way as what they do."""
    listeners = [
        Listener(presence, wire, taking(presence, wire, intake, metrics), jitter=Random())
        for presence in presences.values()
        if presence.channel.listen is not None
        for wire in (wire_of(presence),)
    ]
    async with until_stopped("listener", *(listener.run for listener in listeners)):
        yield


@contextlib.contextmanager
def _tick(
    mind: Mind,
    settings: Settings,
    keep_up: Callable[[Alarm], Awaitable[None]],
    presences: Presences,
    pools: Sequence[Pool],
) -> Iterator[None]:
    alarm, store, clock = Alarm(), mind.store, mind.clock
    schedule_sweeps(alarm, store, ways(presences), clock=clock)
    schedule_balancing(alarm, store, pools, clock=clock)
    schedule_looks(alarm, store, clock=clock)
    schedule_watch(alarm, store, presences, clock=clock)
    schedule_calendar(alarm, store, settings, clock=clock)
    schedule_following(alarm, store, mind.content, mind.accounts, pools, clock=clock, draw=Random().random)
    schedule_reminding(alarm, Looking(settings, store), clock=clock)
    alarm.start()
    try:
        with running("sources", lambda: keep_up(alarm)):
            yield
    finally:
        alarm.stop()


async def _follow_catalogue(mind: Mind, *, sample: bool) -> None:
    """Load the embedded sample where nothing else is configured, then take over every new version."""
    with mind.store.wakeup.subscribe("catalogue") as wake:
        while True:
            if sample:
                sample = not await _patiently(lambda: ensure_sample(mind.store, now=mind.clock()))
            await _patiently(lambda: _renew(mind))
            await wake.wait(_CATALOGUE_SECONDS)


async def _renew(mind: Mind) -> None:
    first = not mind.library.ready.is_set()
    if await mind.library.refresh():
        if first:
            gc.freeze()  # as at the start; not each time, for what is garbage by then stays for ever
        mind.library.prepare()


async def _patiently(step: Callable[[], Awaitable[object]]) -> bool:
    """Take a step of a long-running task; whether it succeeded: if not, it is taken again later."""
    try:
        await step()
    except StoreUnavailableError as error:
        log.warning("catalogue.store_unavailable", reason=str(error))
    except Exception as error:  # noqa: BLE001 – the catalogue in memory stays in force
        log.error("catalogue.failed", **describe(error))  # noqa: TRY400 – a trace may hold data
    else:
        return True
    return False
