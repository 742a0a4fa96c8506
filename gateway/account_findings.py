"""What the doctor looks at for each account: whether its hosts answer, and what its provider says of it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

import aiohttp
from yarl import URL

from bot.core.errors import ContentError
from bot.store import budget
from bot.store.budget import Ledger
from bot.store.engine import Store
from gateway.channel import Presence
from gateway.deployment import read_presences
from gateway.errors import SendError
from gateway.finding import Finding, Verdict
from gateway.outbound import SessionOf, is_near
from gateway.outbound_rules import Outbound
from gateway.reach import reach
from gateway.settings import Settings
from gateway.telegram.account import TelegramAccount
from gateway.telegram.webhook import judge, look_at
from gateway.zalo.caller import find_callers
from gateway.zalo.condition import examine_token
from gateway.zalo_bot.account import ZaloBotAccount
from gateway.zalo_bot.webhook import advise, judge_budget, word_budget


def official_accounts(settings: Settings, store: Store) -> list[str]:
    """Those that speak to Zalo; what is wrong with the accounts is said elsewhere."""
    try:
        presences = read_presences(settings, store)
    except ContentError:
        return []
    return [caller.account for caller, _ in find_callers(presences.values())]


async def examine_zalo_token(store: Store, account: str, *, now: datetime) -> Finding:
    """A warning at most: the other channels work without it."""
    condition = await examine_token(store, account, now=now)
    well = condition.is_good and not condition.is_late(now)
    verdict = Verdict.OK if well else Verdict.WARN
    return Finding(name=f"token zalo/{account}", verdict=verdict, detail=condition.sentence(now))


def zalo_bots(settings: Settings, store: Store) -> list[ZaloBotAccount]:
    """Those with a budget; what is wrong with the accounts is said elsewhere."""
    try:
        presences = read_presences(settings, store)
    except ContentError:
        return []
    return [one.account for one in presences.values() if isinstance(one.account, ZaloBotAccount)]


async def examine_budget(store: Store, account: ZaloBotAccount, *, now: datetime) -> Finding:
    """How much of a bot's month is used: a warning from 80 % on."""
    usage = await budget.look(store, Ledger(channel=account.channel, account=account.account), now=now)
    verdict = Verdict.WARN if judge_budget(usage, account) else Verdict.OK
    name = f"budget {account.channel}/{account.account}"
    return Finding(name=name, verdict=verdict, detail=f"{usage.month}: {word_budget(usage, account)}")


async def examine_account(presence: Presence, settings: Settings, rules: Outbound, session_of: SessionOf) -> Finding:
    """Whether the hosts that this account calls, or the proxy before them, can be reached from here.

    Where Telegram can be asked it also says how its updates come.
    """
    name = f"account {presence.channel.name}/{presence.account.account}"
    peers = presence.channel.peers(presence.account)
    hosts = sorted({f"{URL(peer).host}:{URL(peer).port}" for peer in peers})
    if away := await find_unreached(peers, rules.proxy):
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


async def find_unreached(urls: Iterable[str], proxy: str) -> list[str]:
    """Those of ``urls`` that cannot be reached, by the way on which they are called, and why."""
    wanted = sorted(set(urls))
    found = await asyncio.gather(*(reach(url, proxy="" if is_near(url) else proxy) for url in wanted))
    return [f"{URL(url).host}:{URL(url).port}: {reason}" for url, reason in zip(wanted, found, strict=True) if reason]
