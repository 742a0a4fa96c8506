"""Keep up with the configured sources: each is synced at the start and then at its own interval."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.core.errors import ContentError
from bot.notify.alarm import Alarm
from bot.search.places import load_places
from bot.store.engine import Store
from bot.store.source import find_source
from gateway.assumed_cycles import check_cycle
from gateway.deployment import DATA
from gateway.portal import BadSourceError, Offline, Portal, PortalError, Request, read_source, silent
from gateway.settings import Settings
from gateway.syncing.child import AsideError, sync_aside
from gateway.syncing.order import Order

_INTERVAL = re.compile(r"(\d{1,4})([mhd])")
_COUNTS = ("added", "updated", "removed", "unchanged", "whole")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A configured source and how often it is read."""

    portal: Portal
    request: Request
    every: timedelta


async def read_followed(settings: Settings) -> tuple[Followed, ...]:
    """The sources of ``settings``, its files readable now. Raises ContentError naming the one that is not."""
    followed = []
    for number, (portal, request) in enumerate(read_configured(settings), 1):
        place = f"sources[{number}]"
        every = _interval(settings.sources[number - 1].every, place)
        if portal.local:
            await _check(portal, request, place)
        followed.append(Followed(portal=portal, request=request, every=every))
    return tuple(followed)


async def _check(portal: Portal, request: Request, place: str) -> None:
    try:
        async for _ in portal.fetch(request, Offline(), silent):
            break
    except PortalError as error:
        raise ContentError(request.address, place, str(error)) from None


async def follow(
    store: Store,
    alarm: Alarm,
    *,
    followed: Sequence[Followed],
    order: Callable[[Request], Order],
    clock: Callable[[], datetime],
) -> None:
    """Sync everything that is due, one after the other, and set the alarm for the rest.

    Files of this machine are read at every start; other sources are only when they are due, however often we start.
    """
    for one in followed:
        if one.portal.local or await _is_due(store, one, now=clock()):
            await _sync(one, order)
        alarm.every(one.every, f"sync {one.request.name}", partial(_sync, one, order))


async def _is_due(store: Store, one: Followed, *, now: datetime) -> bool:
    request = one.request
    source = await find_source(store, kind=request.kind, name=request.name, province=request.province)
    return source is None or source.synced_at is None or not (now - one.every < source.synced_at <= now)


async def _sync(one: Followed, order: Callable[[Request], Order]) -> None:
    """A source that fails or shrinks too much leaves what we have in force, and the log says so."""
    name = one.request.name
    try:
        told = await sync_aside(order(one.request))
    except AsideError as error:
        log.error("sync.broken", source=name, reason=str(error))  # noqa: TRY400 – no trace is needed
        return
    if "error" in told:
        say = log.error if told["grave"] else log.warning
        refused = {"consent": told["consent"]} if told.get("consent") else {}
        say("sync.refused" if told["grave"] else "sync.failed", source=name, reason=told["error"], **refused)
        return
    report = told["report"]
    for notice in [*report["drift"], *report["notices"]]:
        log.info("sync.notice", source=name, notice=notice)
    log.info("sync.done", source=name, **{count: report[count] for count in _COUNTS})


def read_configured(settings: Settings) -> list[tuple[Portal, Request]]:
    """The sources of ``settings``; relative file names start at the settings file. Raises ContentError."""
    found = []
    for number, source in enumerate(settings.sources, 1):
        place = f"sources[{number}]"
        province = locate_province(source.province, "settings", f"{place}.province")
        check_cycle(source.cycle, f"{place}.cycle")
        try:
            address = f"{source.kind}:{source.url}"
            found.append(read_source(address, name=source.name, province=province, folder=settings.folder))
        except BadSourceError as error:
            raise ContentError("settings", place, str(error)) from None
    return found


def locate_province(text: str, file: str, key: str) -> str:
    """The id of a province given by its id or name. Raises ContentError naming ``file`` and ``key``."""
    province = load_places(DATA / "places").locate(text)
    if province is None:
        raise ContentError(file, key, f"{text} is no province")
    return province


def _interval(text: str, place: str) -> timedelta:
    interval = _INTERVAL.fullmatch(text.strip())
    if interval is None or not int(interval[1]):
        raise ContentError("settings", f"{place}.every", f"{text} is not a span like 30m, 1h or 1d")
    return int(interval[1]) * _UNITS[interval[2]]
