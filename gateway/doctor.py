"""What is configured, reachable and missing: one line each, for half an administrator."""

import asyncio
import shutil
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from yarl import URL

from bot.core.errors import TracuuError
from bot.store import catalogue
from bot.store.backup import LAST
from bot.store.engine import Store
from bot.store.fact import read_fact
from bot.store.migrate import holds_data, pending, server_version
from bot.store.source import list_sources
from bot.store.stats import look
from gateway.channel import Presence
from gateway.deployment import build_mind, read_presences, unprepared_store
from gateway.outbound import is_near
from gateway.reach import reach
from gateway.settings import Settings

_WORRY_SECONDS = 60
_BACKUP = timedelta(days=7)
_GIGABYTE = 1_000_000_000
_FREE_BYTES = _GIGABYTE
_PRIVATE = 0o077  # permissions of others than the owner


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
    """Look at settings, this machine, database, content, accounts, catalogue and queues. Changes nothing."""
    configured = f"{len(settings.accounts)} accounts, {len(settings.sources)} sources"
    yield Finding(name="settings", verdict=Verdict.OK, detail=configured)
    for local in _local(settings):
        yield local
    try:
        async with unprepared_store(settings) as store:
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
    version = await server_version(store)
    yield Finding(name="store", verdict=Verdict.OK, detail=f"{store.dialect} {version}, migrated")
    yield await _backup(store, now=clock())
    try:
        presences = read_presences(settings, store)
        build_mind(store, settings, {}, clock=clock)
    except TracuuError as error:
        yield Finding(name="content", verdict=Verdict.FAIL, detail=str(error))
        return
    yield Finding(name="content", verdict=Verdict.OK, detail="replies, commands, synonyms and places are sound")
    for found in await asyncio.gather(*(_account(one, settings.service.proxy) for one in presences.values())):
        yield found
    yield await _catalogue(store)
    stats = await look(store, now=clock())
    age = int(stats.oldest_unhandled.total_seconds())
    waiting = f"{stats.unhandled} unhandled (oldest {age} s), {sum(stats.queued.values())} to send"
    detail = f"{waiting}, {stats.dead} dead, {stats.quarantined} quarantined"
    worry = Verdict.WARN if age > _WORRY_SECONDS or stats.dead else Verdict.OK
    yield Finding(name="queues", verdict=worry, detail=detail)


def _local(settings: Settings) -> Iterator[Finding]:
    """What lies on this machine: the key, and the disk under a SQLite file."""
    key = settings.key_file
    if settings.security.key is None and key.exists():
        open_to_others = stat.S_IMODE(key.stat().st_mode) & _PRIVATE
        detail = f"{key} can be read by others: chmod 600" if open_to_others else f"{key}; keep a copy of it elsewhere"
        yield Finding(name="key", verdict=Verdict.WARN if open_to_others else Verdict.OK, detail=detail)
    scheme, _, path = settings.store_url.partition(":///")
    if scheme == "sqlite" and Path(path).exists():
        yield _disk(Path(path))


def _disk(database: Path) -> Finding:
    """A backup beside the database, and room to write, want more than it takes itself."""
    free, size = shutil.disk_usage(database.parent).free, database.stat().st_size
    verdict = Verdict.OK if free > max(_FREE_BYTES, 2 * size) else Verdict.WARN
    detail = f"{free / _GIGABYTE:.1f} GB free beside {database.name} ({size / _GIGABYTE:.1f} GB)"
    return Finding(name="disk", verdict=verdict, detail=detail)


async def _backup(store: Store, *, now: datetime) -> Finding:
    last = await read_fact(store, LAST)
    if last is None:
        return Finding(name="backup", verdict=Verdict.WARN, detail="none was ever taken: tracuu backup FILE")
    age = now - datetime.fromisoformat(last)
    verdict = Verdict.OK if age <= _BACKUP else Verdict.WARN
    return Finding(name="backup", verdict=verdict, detail=f"the last one is {age.days} days old")


async def _account(presence: Presence, proxy: str) -> Finding:
    """Whether the hosts that this account calls, or the proxy before them, can be reached from here."""
    name = f"account {presence.channel.name}/{presence.account.account}"
    ways = {peer if is_near(peer) or not proxy else proxy for peer in presence.channel.peers(presence.account)}
    hosts = {f"{URL(way).host}:{URL(way).port}": await reach(way) for way in sorted(ways)}
    away = [f"{host}: {reason}" for host, reason in hosts.items() if reason]
    if away:
        return Finding(name=name, verdict=Verdict.WARN, detail=f"cannot reach {'; '.join(away)}")
    detail = f"configured, {', '.join(hosts)} can be reached" if hosts else "configured"
    return Finding(name=name, verdict=Verdict.OK, detail=detail)


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
