"""The sweeps and their times: no state is left without an owner and a maximum age."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.notify.alarm import Alarm
from bot.store import budget, long_choices, members, receipts, stranded, sweep, tickets, unanswered, uploads
from bot.store.engine import Store

FORGOTTEN_EVERY = timedelta(seconds=15)
LEFT_OVER_EVERY = timedelta(seconds=30)
KEEP = timedelta(days=30)
"""How long what people wrote is kept after it was answered (law of 2025 on personal data: no longer than needed)."""
KEEP_RECEIPTS = timedelta(hours=72)
KEEP_REPORTERS = timedelta(days=730)
"""How long a report keeps who wrote it and what; that there was one on these rows stays."""

log = structlog.get_logger()


def schedule_sweeps(alarm: Alarm, store: Store, *, clock: Callable[[], datetime]) -> None:
    """Set the alarm for every sweep."""

    async def wake_forgotten() -> None:
        found = await sweep.wake_forgotten(store, now=clock())
        if found:
            log.warning("sweep.forgotten", heads=found)
        put_off = await stranded.bring_back(store, now=clock())
        if put_off:
            log.warning("sweep.put_off", messages=put_off)

    async def tidy_outbox() -> None:
        await sweep.expire(store, now=clock())
        await receipts.join_left_over(store)

    async def forget() -> None:
        gone = await sweep.forget(store, before=clock() - KEEP) + await receipts.forget(
            store, before=clock() - KEEP_RECEIPTS
        )
        gone += await tickets.forget(store, before=clock() - KEEP_REPORTERS)
        gone += await unanswered.forget(store, now=clock())
        gone += await uploads.forget(store, now=clock())
        gone += await long_choices.forget(store, before=clock() - KEEP)
        gone += await budget.forget(store, now=clock())
        gone += await members.forget(store, now=clock(), memberships=KEEP_REPORTERS, others=KEEP)
        log.info("sweep.forgot", rows=gone)

    alarm.every(FORGOTTEN_EVERY, "forgotten", wake_forgotten)
    alarm.every(LEFT_OVER_EVERY, "outbox", tidy_outbox)
    alarm.daily(3, 30, "forget", forget)
