"""Messages that a wall clock which was ahead has put off: set right again, it would let them wait for the difference.

The inbox looks after itself (``conversations.claim_due``); here is the outbox, where a message may truly be for later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, and_, or_, select, tuple_, update

from bot.core.delivery import OutboxState
from bot.store.engine import Store
from bot.store.outbox import TOPIC
from bot.store.queue import lock
from bot.store.tables import outbox, outbox_heads
from bot.store.transaction import Transaction
from bot.store.waiting import LONGEST_PAUSE

ASTRAY = timedelta(minutes=1)
"""By so much the clocks of our processes may differ."""
_SLICE = 500


async def bring_back(store: Store, *, now: datetime) -> int:
    """Make due what was to be sent at once, or again, at a time that the clock has yet to reach. Returns how many."""
    async with store.read() as connection:
        found = (
            await connection.execute(
                select(outbox.c.id, outbox.c.person, outbox.c.lane)
                .where(_put_off(now))
                .order_by(outbox.c.id)
                .limit(_SLICE)
            )
        ).all()
    if not found:
        return 0
    return await store.write(lambda connection: _make_due(connection, found, now=now), wake=[TOPIC])


def _put_off(now: datetime) -> ColumnElement[bool]:
    """What was queued in the future, or is to be tried again further ahead than any pause lasts."""
    from_the_future = and_(outbox.c.created_at > now + ASTRAY, outbox.c.not_before <= outbox.c.created_at)
    too_far = and_(outbox.c.error.is_not(None), outbox.c.not_before > now + LONGEST_PAUSE + ASTRAY)
    return and_(outbox.c.state == OutboxState.QUEUED, outbox.c.not_before > now, or_(from_the_future, too_far))


async def _make_due(connection: Transaction, found: Sequence[Row[int, str, int]], *, now: datetime) -> int:
    """Heads first, as everywhere: whoever looks at the rows of a head has locked it."""
    heads = sorted({(row.person, row.lane) for row in found})
    behind = tuple_(outbox_heads.c.person, outbox_heads.c.lane).in_(heads) & (outbox_heads.c.due_at > now)
    late = await lock(connection, outbox_heads, behind)
    await connection.execute(update(outbox_heads).where(late).values(due_at=now))
    rows = update(outbox).where(outbox.c.id.in_([row.id for row in found]), _put_off(now))
    return (await connection.execute(rows.values(not_before=now))).rowcount
