"""Depths and ages of the queues, for metrics and health."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from bot.core.delivery import Lane, OutboxState
from bot.store.conversations import CLI_ACCOUNT
from bot.store.dead import GIVEN_UP
from bot.store.engine import Store
from bot.store.reaching import UNCONFIRMED
from bot.store.receipts import ORPHANS
from bot.store.tables import conversations, facts, inbox, outbox, outbox_heads, quarantine

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How long the oldest message has waited for a handler, and the oldest answer for its sending. Nothing waits: 0.

    These are the alarms: they grow when nobody works, nobody sends, or a provider is away.
    """

    unhandled: timedelta
    unsent: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """One look at the queues."""

    oldest_unhandled: timedelta
    oldest_unsent: timedelta
    unhandled: int
    queued: dict[tuple[str, int], int]  # (channel, lane) → messages
    dead: int
    quarantined: int
    unconfirmed: int = 0  # messages that had to reach somebody, and nobody knows if they have
    orphans: int = 0  # reports of which no part was ever found


async def look(store: Store, *, now: datetime) -> QueueStats:
    """Count what waits. Raises StoreUnavailableError when the database is away."""
    ages = await look_at_ages(store, now=now)
    async with store.read() as connection:
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
        counted = select(facts.c.name, facts.c.value).where(facts.c.name.in_([UNCONFIRMED, ORPHANS]))
        totals = {name: int(value) for name, value in await connection.execute(counted)}
    return QueueStats(
        oldest_unhandled=ages.unhandled,
        oldest_unsent=ages.unsent,
        unhandled=unhandled or 0,
        queued=queued,
        dead=(dead or 0) + (dead_in or 0),
        quarantined=aside or 0,
        unconfirmed=totals.get(UNCONFIRMED, 0),
        orphans=totals.get(ORPHANS, 0),
    )


async def look_at_ages(store: Store, *, now: datetime) -> Ages:
    """The two ages alone: cheap, however much waits. Raises StoreUnavailableError when the database is away."""
    unhandled = select(func.min(conversations.c.waiting_since)).where(
        conversations.c.due_at.is_not(None), conversations.c.account != CLI_ACCOUNT
    )
    unsent = select(func.min(outbox_heads.c.waiting_since)).where(
        outbox_heads.c.due_at.is_not(None), outbox_heads.c.account != CLI_ACCOUNT, outbox_heads.c.lane == Lane.ANSWER
    )
    async with store.read() as connection:
        return Ages(
            unhandled=_age(await connection.scalar(unhandled), now), unsent=_age(await connection.scalar(unsent), now)
        )


def _age(since: datetime | None, now: datetime) -> timedelta:
    """After the clock was set back, what came before it has no age."""
    return _NOTHING if since is None else max(_NOTHING, now - since)


async def ping(store: Store) -> None:
    """One round trip. Raises StoreUnavailableError when the database is away."""
    async with store.read() as connection:
        await connection.execute(text("SELECT 1"))
