"""What is configured, reachable and missing: one line each, for half an administrator."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.balance import Balance
from bot.core.errors import TracuuError
from bot.store import catalogue
from bot.store.backup import LAST
from bot.store.balancing import read_balances
from bot.store.engine import Store
from bot.store.fact import read_fact
from bot.store.migrate import check_key, pending, server_version
from bot.store.source import list_sources
from bot.store.stats import look
from bot.store.transaction import Transaction
from bot.store.vault import KEY_BYTES
from gateway.account_findings import (
    examine_account,
    examine_budget,
    examine_zalo_token,
    find_unreached,
    official_accounts,
    zalo_bots,
)
from gateway.calendar_watch import examine_calendar
from gateway.database import made_before, unprepared_store
from gateway.deployment import build_mind, read_presences
from gateway.finding import Finding, Verdict
from gateway.machine import examine_machine, examine_port
from gateway.outbound import open_sessions
from gateway.outbound_rules import Outbound, read_rules
from gateway.people.finding import examine_people
from gateway.pools import read_pools
from gateway.profile_findings import examine_profiles
from gateway.settings import Settings
from gateway.source_findings import examine_copies, examine_sources

_WORRY_SECONDS = 60
_BACKUP = timedelta(days=7)


async def examine(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """Look at settings, this machine, database, catalogue, queues, content, sources, calendar and accounts.

    Changes nothing."""
    configured = f"{len(settings.accounts)} accounts, {len(settings.sources)} sources"
    yield Finding(name="settings", verdict=Verdict.OK, detail=configured)
    try:
        for local in examine_machine(settings):
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
    for source in await examine_sources(settings):
        yield source
    yield examine_calendar(settings, now=clock())
    yield examine_port(settings)


async def _database(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    if not await made_before(settings):
        yield Finding(name="store", verdict=Verdict.OK, detail="new: the first start prepares it")
        return
    async with unprepared_store(settings, new_key=False) as store:
        async for finding in _look_inside(store, settings, clock=clock):
            yield finding
        if not await pending(store):
            for name, balance in (await read_balances(store)).items():
                yield _pool(name, balance)
            yield await examine_people(store, now=clock())
            for account in official_accounts(settings, store):
                yield await examine_zalo_token(store, account, now=clock())
            for bot in zalo_bots(settings, store):
                yield await examine_budget(store, bot, now=clock())


async def _look_inside(store: Store, settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
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
    yield await examine_profiles(store)
    async for source in examine_copies(store, settings):
        yield source
    stats = await look(store, now=clock())
    age = int(stats.oldest_unhandled.total_seconds())
    waiting = f"{stats.unhandled} unhandled (oldest {age} s), {sum(stats.queued.values())} to send"
    detail = f"{waiting}, {stats.dead} dead, {stats.quarantined} quarantined"
    worry = Verdict.WARN if age > _WORRY_SECONDS or stats.dead else Verdict.OK
    yield Finding(name="queues", verdict=worry, detail=detail)


def _pool(name: str, balance: Balance) -> Finding:
    """A warning while weights are away from where they rest."""
    shares = [f"{'/'.join(one.member)} {one.weight} (at rest {one.rest})" for one in balance.shares]
    verdict = Verdict.OK if all(one.weight == one.rest for one in balance.shares) else Verdict.WARN
    return Finding(name=f"pool {name}", verdict=verdict, detail=", ".join(shares))


async def _content(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[Finding]:
    """What a start reads: wording and accounts, whatever the database is like."""
    unopened = Store(settings.store_url, bytes(KEY_BYTES), owner="")
    presences = read_presences(settings, unopened)
    read_pools(settings, presences)
    build_mind(unopened, settings, {}, clock=clock)
    yield Finding(name="content", verdict=Verdict.OK, detail="replies, commands, synonyms and places are sound")
    rules = read_rules(settings, presences.values())
    async with open_sessions(replace(rules, trace=None)) as session_of:
        for found in await asyncio.gather(
            *(examine_account(one, settings, rules, session_of) for one in presences.values())
        ):
            yield found
    yield await _elsewhere(settings, rules)


async def _backup(store: Store, *, now: datetime) -> Finding:
    last = await read_fact(store, LAST)
    if last is None:
        return Finding(name="backup", verdict=Verdict.WARN, detail="none was ever taken: tracuu backup FILE")
    age = now - datetime.fromisoformat(last)
    verdict = Verdict.OK if age <= _BACKUP else Verdict.WARN
    return Finding(name="backup", verdict=verdict, detail=f"the last one is {age.days} days old")


async def _elsewhere(settings: Settings, rules: Outbound) -> Finding:
    """Which hosts may be called, and those of them that can be reached by no account's finding: extra ones, sources."""
    urls = [f"https://{host}" for host in settings.outbound.hosts]
    urls += [source.url for source in settings.sources if source.url.lower().startswith(("http://", "https://"))]
    away = await find_unreached(urls, rules.proxy)
    called = sorted({host for host, _ in rules.hosts | rules.more})
    may = f"may call {', '.join(called)}" if called else "nothing may be called"
    if away:
        return Finding(name="outbound", verdict=Verdict.WARN, detail=f"{may}; cannot reach {'; '.join(away)}")
    return Finding(name="outbound", verdict=Verdict.OK, detail=may)


async def _catalogue(store: Store) -> Finding:
    _, datasets = await catalogue.current(store)
    sources = [source for source in await list_sources(store) if source.version]
    tables = sum(resource.table is not None for dataset in datasets for resource in dataset.resources)
    kind = "sample only" if sources and all(source.sample for source in sources) else f"{len(sources)} sources"
    verdict = Verdict.OK if datasets else Verdict.WARN
    return Finding(name="catalogue", verdict=verdict, detail=f"{len(datasets)} datasets, {tables} tables ({kind})")


async def _nothing(connection: Transaction) -> None:
    """What may be written at all may be written after this."""
