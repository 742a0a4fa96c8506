"""Depths and ages of the queues, for metrics and health."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from bot.core.delivery import OutboxState
from bot.store.conversations import CLI_ACCOUNT
from bot.store.dead import GIVEN_UP
from bot.store.engine import Store
from bot.store.tables import conversations, inbox, outbox, quarantine

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """One look at the queues. ``oldest_unhandled`` is the alarm: it grows when nobody works."""

    oldest_unhandled: timedelta
    unhandled: int
    queued: dict[tuple[str, int], int]  # (channel, lane) → messages
    dead: int
    quarantined: int


async def look(store: Store, *, now: datetime) -> QueueStats:
    """Count what waits. Raises StoreUnavailableError when the database is away."""
    real = conversations.c.account != CLI_ACCOUNT
    async with store.read() as connection:
        since = await connection.scalar(
            select(func.min(conversations.c.waiting_since)).where(conversations.c.due_at.is_not(None), real)
        )
        unhandled = await connection.scalar(
            select(func.count()).select_from(inbox).where(inbox.c.state == "pending", inbox.c.account != CLI_ACCOUNT)
        )
        lanes = await connection.execute(
            select(outbox.c.channel, outbox.c.lane, func.count())
            .where(outbox.c.state == OutboxState.QUEUED)
            .group_by(outbox.c.channel, outbox.c.lane)
        )
        queued = {(channel, lane): count for channel, lane, count in lanes}
        dead = await connection.scalar(select(func.count()).select_from(outbox).where(GIVEN_UP))
        dead_in = await connection.scalar(select(func.count()).select_from(inbox).where(inbox.c.state == "dead"))
        aside = await connection.scalar(select(func.count()).select_from(quarantine))
    return QueueStats(
        oldest_unhandled=_NOTHING if since is None else max(_NOTHING, now - since),
        unhandled=unhandled or 0,
        queued=queued,
        dead=(dead or 0) + (dead_in or 0),
        quarantined=aside or 0,
    )


async def ping(store: Store) -> None:
    """One round trip. Raises StoreUnavailableError when the database is away."""
    async with store.read() as connection:
        await connection.execute(text("SELECT 1"))
