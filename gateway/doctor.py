"""What is configured, reachable and missing: one line each, for half an administrator."""

import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.errors import TracuuError
from bot.store import catalogue
from bot.store.engine import Store
from bot.store.migrate import holds_data, pending
from bot.store.source import list_sources
from bot.store.stats import look
from gateway.deployment import build_mind, open_store, read_presences
from gateway.settings import Settings

_WORRY_SECONDS = 60


class Verdict(StrEnum):
    """How a finding is to be taken: only FAIL means that the service cannot work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    detail: str


async def examine(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """Look at settings, database, content, accounts, catalogue and queues, in this order. Changes nothing."""
    configured = f"{len(settings.accounts)} accounts, {len(settings.sources)} sources"
    yield Finding(name="settings", verdict=Verdict.OK, detail=configured)
    try:
        async with open_store(settings, clock=clock, prepare=False) as store:
            async for finding in _look_inside(store, settings, clock=clock):
                yield finding
    except TracuuError as error:
        yield Finding(name="store", verdict=Verdict.FAIL, detail=str(error))
    yield _port(settings)


async def _look_inside(store: Store, settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    if not await holds_data(store):
        yield Finding(name="store", verdict=Verdict.OK, detail=f"{store.dialect}, new: the first start prepares it")
        return
    missing = await pending(store)
    if missing:
        detail = f"{store.dialect}: migrations missing ({', '.join(missing)}); run tracuu migrate"
        yield Finding(name="store", verdict=Verdict.WARN, detail=detail)
        return
    yield Finding(name="store", verdict=Verdict.OK, detail=f"{store.dialect}, migrated")
    try:
        presences = read_presences(settings, store)
        build_mind(store, settings, {}, clock=clock)
    except TracuuError as error:
        yield Finding(name="content", verdict=Verdict.FAIL, detail=str(error))
        return
    yield Finding(name="content", verdict=Verdict.OK, detail="replies, commands, synonyms and places are sound")
    for channel, account in presences:
        yield Finding(name=f"account {channel}/{account}", verdict=Verdict.OK, detail="configured")
    yield await _catalogue(store)
    stats = await look(store, now=clock())
    age = int(stats.oldest_unhandled.total_seconds())
    waiting = f"{stats.unhandled} unhandled (oldest {age} s), {sum(stats.queued.values())} to send"
    detail = f"{waiting}, {stats.dead} dead, {stats.quarantined} quarantined"
    worry = Verdict.WARN if age > _WORRY_SECONDS or stats.dead else Verdict.OK
    yield Finding(name="queues", verdict=worry, detail=detail)


async def _catalogue(store: Store) -> Finding:
    _, datasets = await catalogue.current(store)
    sources = [source for source in await list_sources(store) if source.version]
    tables = sum(resource.table is not None for dataset in datasets for resource in dataset.resources)
    kind = "sample only" if sources and all(source.sample for source in sources) else f"{len(sources)} sources"
    verdict = Verdict.OK if datasets else Verdict.WARN
    return Finding(name="catalogue", verdict=verdict, detail=f"{len(datasets)} datasets, {tables} tables ({kind})")


def _port(settings: Settings) -> Finding:
    host, port = settings.service.host, settings.service.port
    try:
        with socket.create_server((host, port)):
            return Finding(name="port", verdict=Verdict.OK, detail=f"{host}:{port} is free")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Finding(name="port", verdict=Verdict.WARN, detail=f"{host}:{port}: {reason} (is the service running?)")
