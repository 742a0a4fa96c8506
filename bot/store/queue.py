"""The claim: one builder for every queue, inbox and outbox alike; only the ordering differs.

A queue is a table of *heads*, one per person (and lane), however many rows wait behind it, so that the cost of a claim
does not grow with anybody's backlog. ``due_at`` is NULL while nothing waits. A lease keeps other workers away until it
ends; a worker that died lets go by dying.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Table, and_, or_, select, tuple_, update

from bot.store.transaction import Transaction

LEASE = timedelta(seconds=6)
"""Long against a turn of work, short against a person's patience: after a crash this is how long a person waits. Losing
it is harmless where the work is checked against it or may be repeated."""


async def claim(
    connection: Transaction,
    heads: Table,
    *,
    where: ColumnElement[bool],
    order: Sequence[ColumnElement[object]],
    owner: str,
    now: datetime,
    limit: int,
    lease: timedelta = LEASE,
) -> Sequence[Row[tuple[object, ...]]]:
    """Take up to ``limit`` due heads for ``owner`` until ``now + lease`` and return them whole, in no certain order."""
    key = list(heads.primary_key.columns)
    free = or_(
        heads.c.lease_until.is_(None),
        heads.c.lease_until <= now,
        heads.c.lease_until > now + lease * 2,  # the clock was set back: nobody can hold a lease that long
    )
    picked = (
        select(*key)
        .where(and_(heads.c.due_at <= now, free, where))
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("picked")  # PostgreSQL runs it once; a plain subquery it may run again for each row, and take too many
    )
    statement = (
        update(heads)
        .where(tuple_(*key).in_(select(*picked.c)))
        .values(lease_owner=owner, lease_until=now + lease)
        .returning(*heads.c)
    )
    return (await connection.execute(statement)).all()


async def lock(connection: Transaction, heads: Table, where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Lock the heads that fulfil ``where`` until the end of the transaction; returns the condition that names them.

    In the order of their keys, as everybody locks who takes several and waits for them: a statement that changes many
    rows locks them as it comes upon them, and two of them, or one and the accepting of messages, would wait for each
    other for ever.
    """
    key = list(heads.primary_key.columns)
    rows = await connection.execute(select(*key).where(where).order_by(*key).with_for_update())
    return tuple_(*key).in_([tuple(row) for row in rows])


async def release_all(connection: Transaction, heads: Table) -> int:
    """End every lease; for a process that knows that their owners are dead. Returns how many there were."""
    held = await lock(connection, heads, heads.c.lease_owner.is_not(None))
    return (await connection.execute(update(heads).where(held).values(lease_owner=None, lease_until=None))).rowcount
