"""Keep up with the configured sources: each is synced at the start and then at its own interval."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.core.errors import ConflictError, ContentError, TracuuError
from bot.notify.alarm import Alarm
from bot.search.places import load_places
from bot.store.engine import Store
from gateway.assumed_cycles import check_cycle
from gateway.deployment import DATA
from gateway.portal import BadSourceError, Offline, Portal, PortalError, Request, read_source, silent
from gateway.settings import Settings
from gateway.sync import GuardError, sync

_INTERVAL = re.compile(r"(\d{1,4})([mhd])")
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


async def follow(store: Store, alarm: Alarm, followed: Sequence[Followed], *, clock: Callable[[], datetime]) -> None:
    """Sync everything once, one after the other, and set the alarm for the rest."""
    for one in followed:
        await _sync(store, one, clock=clock)
        alarm.every(one.every, f"sync {one.request.name}", partial(_sync, store, one, clock=clock))


async def _sync(store: Store, one: Followed, *, clock: Callable[[], datetime]) -> None:
    """A source that fails or shrinks too much leaves what we have in force, and the log says so."""
    try:
        report = await sync(store, one.portal, one.request, now=clock())
    except (PortalError, GuardError) as error:
        log.error("sync.refused", source=one.request.name, reason=str(error))  # noqa: TRY400 – no trace is needed
    except (ConflictError, TracuuError) as error:
        log.warning("sync.failed", source=one.request.name, reason=str(error))
    else:
        log.info(
            "sync.done", source=one.request.name, added=report.added, updated=report.updated, removed=report.removed
        )


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
