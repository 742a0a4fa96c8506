"""Tell an operator when little of a bot's budget is left: one line at each level and month, whichever process looks."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.notify.alarm import Alarm
from bot.store import budget
from bot.store.budget import Ledger
from bot.store.engine import Store
from gateway.channel import Presences
from gateway.zalo_bot.account import NAME, ZaloBotAccount
from gateway.zalo_bot.webhook import word_budget

LOOKED_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


def schedule_watch(alarm: Alarm, store: Store, presences: Presences, *, clock: Callable[[], datetime]) -> None:
    """Set the alarm, where there is a bot."""
    accounts = [one.account for one in presences.values() if isinstance(one.account, ZaloBotAccount)]
    if accounts:
        alarm.every(LOOKED_EVERY, "budgets", lambda: watch(store, accounts, now=clock()))


async def watch(store: Store, accounts: Sequence[ZaloBotAccount], *, now: datetime) -> None:
    """Look once. Raises StoreUnavailableError."""
    for account in accounts:
        ledger = Ledger(channel=NAME, account=account.account)
        usage = await budget.look(store, ledger, now=now)
        level = usage.level(account.allowance)
        if level and await budget.tell_level(store, ledger, level, now=now):
            used = word_budget(usage, account)
            log.error(
                "budget.used", channel=NAME, account=account.account, per_cent=level, month=usage.month, used=used
            )
