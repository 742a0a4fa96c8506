"""Look at accounts that stand in for each other, and say when weights move."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.core.pools import Pool
from bot.notify.alarm import Alarm
from bot.store import balancing
from bot.store.engine import Store

LOOK_EVERY = timedelta(seconds=10)
KEEP_TROUBLES = timedelta(hours=1)
KEEP_STEPS = timedelta(days=30)

log = structlog.get_logger()


def schedule_balancing(alarm: Alarm, store: Store, pools: Sequence[Pool], *, clock: Callable[[], datetime]) -> None:
    """Set the alarm for the looks at ``pools``; those that are none any more are forgotten."""

    async def look() -> None:
        for pool in pools:
            moved = await balancing.rebalance(store, pool, now=clock())
            if moved is not None:
                weights = {"/".join(member): weight for member, weight in moved.weights.items()}
                log.warning("pool.moved", pool=moved.pool, reason=str(moved.reason), weights=weights)

    async def forget() -> None:
        now = clock()
        await balancing.forget(
            store, [pool.name for pool in pools], troubles=now - KEEP_TROUBLES, steps=now - KEEP_STEPS
        )

    alarm.every(LOOK_EVERY, "pools", look)
    alarm.every(KEEP_TROUBLES, "pools' past", forget)
