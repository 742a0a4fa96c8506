"""What is configured, reachable and missing: one line each, for half an administrator."""

import asyncio
import os
import shutil
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import aiohttp
from yarl import URL

from bot.core.errors import ContentError, StoreError, TracuuError
from bot.store import budget, catalogue
from bot.store.backup import LAST
from bot.store.budget import Ledger
from bot.store.engine import Store
from bot.store.fact import read_fact
from bot.store.migrate import check_key, pending, server_version
from bot.store.source import list_sources
from bot.store.stats import look
from bot.store.transaction import Transaction
from bot.store.vault import KEY_BYTES
from gateway.channel import Presence
from gateway.deployment import build_mind, made_before, read_presences, unprepared_store
from gateway.errors import SendError
from gateway.follow import read_followed
from gateway.outbound import SessionOf, is_near, open_sessions
from gateway.reach import reach
from gateway.settings import Settings
from gateway.spool import BROKEN, WAITING
from gateway.telegram.account import TelegramAccount
from gateway.telegram.webhook import judge, look_at
from gateway.zalo.caller import find_callers
from gateway.zalo.condition import examine_token
from gateway.zalo_bot.account import ZaloBotAccount
from gateway.zalo_bot.webhook import advise, judge_budget, word_budget

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
    """Look at settings, this machine, database, catalogue, queues, content, sources and accounts. Changes nothing."""
    configured = f"{len(settings.accounts)} accounts, {len(settings.sources)} sources"
    yield Finding(name="settings", verdict=Verdict.OK, detail=configured)
    try:
        for local in _local(settings):
            yield local
        async for finding in _database(settings, clock=clock):
            yield finding
    except TracuuError as error:
        yield Finding(name="store", verdict=Verdict.FAIL, detail=str(error))
    try:
        async for finding in _content(settings, clock=clock):
            yield finding
    except TracuuError as error:
        yield Finding(name="content", verdict=Verdict.FAIL, detail=str(error))
    yield await _sources(settings)
    yield _port(settings)


async def _database(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    if not await made_before(settings):
        yield Finding(name="store", verdict=Verdict.OK, detail="new: the first start prepares it")
        return
    async with unprepared_store(settings, new_key=False) as store:
        async for finding in _look_inside(store, clock=clock):
            yield finding
        if not await pending(store):
            for account in _official_accounts(settings, store):
                yield await _zalo_token(store, account, now=clock())
            for bot in _zalo_bots(settings, store):
                yield await _budget(store, bot, now=clock())


async def _look_inside(store: Store, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    await check_key(store)
    await store.write(_nothing)
    missing = await pending(store)
    if missing:
        detail = f"{store.dialect}: migrations missing ({', '.join(missing)}); run tracuu migrate"
        yield Finding(name="store", verdict=Verdict.WARN, detail=detail)
        return
    version = await server_version(store)
    yield Finding(name="store", verdict=Verdict.OK, detail=f"{store.dialect} {version}, migrated")
    yield await _backup(store, now=clock())
    yield await _catalogue(store)
    stats = await look(store, now=clock())
    age = int(stats.oldest_unhandled.total_seconds())
    waiting = f"{stats.unhandled} unhandled (oldest {age} s), {sum(stats.queued.values())} to send"
    detail = f"{waiting}, {stats.dead} dead, {stats.quarantined} quarantined"
    worry = Verdict.WARN if age > _WORRY_SECONDS or stats.dead else Verdict.OK
    yield Finding(name="queues", verdict=worry, detail=detail)


def _official_accounts(settings: Settings, store: Store) -> list[str]:
    """Those that speak to Zalo; what is wrong with the accounts is said elsewhere."""
    try:
        presences = read_presences(settings, store)
    except ContentError:
        return []
    return [caller.account for caller, _ in find_callers(presences.values())]


async def _zalo_token(store: Store, account: str, *, now: datetime) -> Finding:
    """A warning at most: the other channels work without it."""
    condition = await examine_token(store, account, now=now)
    well = condition.is_good and not condition.is_late(now)
    verdict = Verdict.OK if well else Verdict.WARN
    return Finding(name=f"token zalo/{account}", verdict=verdict, detail=condition.sentence(now))


def _zalo_bots(settings: Settings, store: Store) -> list[ZaloBotAccount]:
    """Those with a budget; what is wrong with the accounts is said elsewhere."""
    try:
        presences = read_presences(settings, store)
    except ContentError:
        return []
    return [one.account for one in presences.values() if isinstance(one.account, ZaloBotAccount)]


async def _budget(store: Store, account: ZaloBotAccount, *, now: datetime) -> Finding:
    usage = await budget.look(store, Ledger(channel=account.channel, account=account.account), now=now)
    verdict = Verdict.WARN if judge_budget(usage, account) else Verdict.OK
    name = f"budget {account.channel}/{account.account}"
    return Finding(name=name, verdict=verdict, detail=f"{usage.month}: {word_budget(usage, account)}")


async def _content(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """What a start reads: wording and accounts, whatever the database is like."""
    unopened = Store(settings.store_url, bytes(KEY_BYTES), owner="")
    presences = read_presences(settings, unopened)
    build_mind(unopened, settings, {}, clock=clock)
    yield Finding(name="content", verdict=Verdict.OK, detail="replies, commands, synonyms and places are sound")
    async with open_sessions(settings.service.proxy) as session_of:
        for found in await asyncio.gather(*(_account(one, settings, session_of) for one in presences.values())):
            yield found


async def _sources(settings: Settings) -> Finding:
    try:
        followed = await read_followed(settings)
    except ContentError as error:
        return Finding(name="sources", verdict=Verdict.FAIL, detail=str(error))
    detail = f"{len(followed)} can be read" if followed else "none: the sample answers"
    return Finding(name="sources", verdict=Verdict.OK, detail=detail)


def _local(settings: Settings) -> Iterator[Finding]:
    """What lies on this machine: secrets, and the disk under a SQLite file."""
    secrets = dict(settings.secret_files)
    if settings.security.key is None:
        secrets["security.key"] = settings.key_file
    try:
        for name, file in secrets.items():
            if file.exists():
                yield from _secrecy(name, file)
        scheme, _, path = settings.store_url.partition(":///")
        if scheme == "sqlite" and Path(path).exists():
            yield _disk(Path(path))
        yield from _spool(settings.spool_folder)
    except OSError as error:
        raise StoreError(f"{error.filename} cannot be looked at ({error.strerror})") from error


def _spool(folder: Path) -> Iterator[Finding]:
    """Only what is there: events that the database has not taken yet, and files that nobody could read."""
    waiting, broken = (len(list(folder.glob(f"*{kind}"))) for kind in (WAITING, BROKEN))
    if waiting or broken:
        detail = f"{waiting} events wait in {folder} for the database, {broken} cannot be stored"
        yield Finding(name="spool", verdict=Verdict.WARN, detail=detail)


def _secrecy(name: str, file: Path) -> Iterator[Finding]:
    """Of the key always, of other secrets only what is wrong."""
    shown = "key" if name == "security.key" else name
    if stat.S_IMODE(file.stat().st_mode) & _PRIVATE:
        yield Finding(name=shown, verdict=Verdict.WARN, detail=f"{file} can be read by others: chmod 600")
    elif shown == "key":
        yield Finding(name=shown, verdict=Verdict.OK, detail=f"{file}; keep a copy of it elsewhere")


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


async def _account(presence: Presence, settings: Settings, session_of: SessionOf) -> Finding:
    """Whether the hosts that this account calls, or the proxy before them, can be reached from here.

    Where Telegram can be asked it also says how its updates come.
    """
    proxy = settings.service.proxy
    name = f"account {presence.channel.name}/{presence.account.account}"
    ways = {peer if is_near(peer) or not proxy else proxy for peer in presence.channel.peers(presence.account)}
    hosts = {f"{URL(way).host}:{URL(way).port}": await reach(way) for way in sorted(ways)}
    away = [f"{host}: {reason}" for host, reason in hosts.items() if reason]
    if away:
        return Finding(name=name, verdict=Verdict.WARN, detail=f"cannot reach {'; '.join(away)}")
    detail = f"configured, {', '.join(hosts)} can be reached" if hosts else "configured"
    if isinstance(presence.account, TelegramAccount):
        return await _bot(presence.account, session_of(presence), name, detail, public_url=settings.service.public_url)
    if isinstance(presence.account, ZaloBotAccount):
        advice = await advise(session_of(presence), presence.account, public_url=settings.service.public_url)
        verdict = Verdict.WARN if advice else Verdict.OK
        return Finding(name=name, verdict=verdict, detail="; ".join(filter(None, (detail, advice))))
    return Finding(name=name, verdict=Verdict.OK, detail=detail)


async def _bot(
    account: TelegramAccount, session: aiohttp.ClientSession, name: str, detail: str, *, public_url: str
) -> Finding:
    try:
        state = await look_at(session, account, public_url=public_url)
    except SendError as error:
        return Finding(name=name, verdict=Verdict.WARN, detail=f"{detail}; {error}")
    if advice := judge(state, account):
        return Finding(name=name, verdict=Verdict.WARN, detail=f"{detail}; {advice}")
    how = "Telegram posts here" if account.mode == "webhook" else "updates are fetched"
    return Finding(name=name, verdict=Verdict.OK, detail=f"{detail}; {how}, {state.waiting} wait there")


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
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        return Finding(name="port", verdict=Verdict.WARN, detail=f"{host}:{port}: {reason} (is the service running?)")


async def _nothing(connection: Transaction) -> None:
    """What may be written at all may be written after this."""
