"""Keep up with the configured sources: each is synced at the start and then at its own interval."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

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
from gateway.syncing.trouble import drop_strangers, note_trouble

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
    await drop_strangers(store, known={one.request.identity for one in followed})
    for one in followed:
        if one.portal.local or await _is_due(store, one, now=clock()):
            await _sync(store, one, order, clock)
        alarm.every(one.every, f"sync {one.request.name}", partial(_sync, store, one, order, clock))


async def _is_due(store: Store, one: Followed, *, now: datetime) -> bool:
    request = one.request
    source = await find_source(store, kind=request.kind, name=request.name, province=request.province)
    return source is None or source.synced_at is None or not (now - one.every < source.synced_at <= now)


async def _sync(store: Store, one: Followed, order: Callable[[Request], Order], clock: Callable[[], datetime]) -> None:
    """A source that fails or shrinks too much leaves what we have in force; the log and the store say so."""
    name = one.request.name
    try:
        told = await sync_aside(order(one.request))
    except AsideError as error:
        log.error("sync.broken", source=name, reason=str(error))  # noqa: TRY400 – no trace is needed
        await note_trouble(store, one.request, str(error), now=clock())
        return
    if "error" in told:
        await _refused(store, one.request, told, now=clock())
        return
    report = told["report"]
    for notice in [*report["drift"], *report["notices"]]:
        log.info("sync.notice", source=name, notice=notice)
    log.info("sync.done", source=name, **{count: report[count] for count in _COUNTS})


async def _refused(store: Store, request: Request, told: Mapping[str, Any], *, now: datetime) -> None:
    if not told["grave"]:
        log.warning("sync.failed", source=request.name, reason=told["error"])
        return
    consent = told.get("consent", "")
    # also before its first sync, of which whoever tried it by hand was told
    await note_trouble(store, request, told["error"], consent=consent, now=now)
    log.error("sync.refused", source=request.name, reason=told["error"], **({"consent": consent} if consent else {}))


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
