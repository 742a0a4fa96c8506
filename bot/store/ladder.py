"""The ladder of a message that must reach somebody, as it is written down: which addresses it took, and when.

What became of it at each is not copied: it stands with the message and its parts.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, exists, insert, select, update

from bot.core.delivery import DeliveryState, OutboxState
from bot.core.errors import StoreError
from bot.core.messages import Address
from bot.core.reach import LadderState, Rung
from bot.store.engine import Store
from bot.store.tables import conversations, ladders, outbox, outbox_parts, rungs
from bot.store.transaction import Transaction
from bot.store.vault import Vault

RESTORED = "the database was restored while it was on its way"
LATE = "it was reported when nobody expected it any more"
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The message at one address, None = erased or sealed with another key. ``queued_at``: when it might go there.

    ``state`` is where it stands, None when that was forgotten; ``delivery`` what its provider says, None when nothing
    has left; ``ended_at`` when it left or was given up.
    """

    address: Address | None
    channel: str
    account: str
    queued_at: datetime
    state: OutboxState | None
    delivery: DeliveryState | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """A message that must reach somebody, by the ``key`` under which it was queued, with all addresses it took."""

    key: str
    state: LadderState
    reason: str
    begun_at: datetime
    ended_at: datetime | None
    steps: tuple[Step, ...]


async def begin(connection: Transaction, key: str, *, within: timedelta, at: datetime) -> None:
    """Write down that the message queued under ``key``, which may go from ``at`` on, must be confirmed ``within`` a
    time of having left."""
    opened = insert(ladders).values(
        key=key, rung=1, confirm_within=within // _MICROSECOND, due_at=at + within, state=LadderState.OPEN, begun_at=at
    )
    number = (await connection.execute(opened.returning(ladders.c.id))).scalar_one()
    await _add(connection, number, 1, key, at=at)


async def lock(connection: Transaction, row: int) -> Row[Any] | None:
    """The open ladder that the message ``row`` is on, None without one. Nobody else changes it until the commit."""
    mine = exists().where(rungs.c.ladder == ladders.c.id, rungs.c.outbox_id == row)
    query = select(ladders).where(mine, ladders.c.state == LadderState.OPEN).with_for_update()
    return (await connection.execute(query)).one_or_none()


async def follow(connection: Transaction, ladder: Row[Any], key: str, *, at: datetime) -> None:
    """Write down that the message of ``ladder``, which the caller has locked, has gone on as the one under ``key``."""
    within = ladder.confirm_within * _MICROSECOND
    higher = update(ladders).where(ladders.c.id == ladder.id)
    await connection.execute(higher.values(rung=ladder.rung + 1, due_at=at + within))
    await _add(connection, ladder.id, ladder.rung + 1, key, at=at)


async def confirm(connection: Transaction, messages: Sequence[int]) -> None:
    """Each of ``messages`` of which every part has arrived has reached somebody, also where nobody expected it any
    more."""
    missing = exists().where(
        outbox_parts.c.outbox_id == rungs.c.outbox_id, outbox_parts.c.state < DeliveryState.DELIVERED
    )
    mine = select(rungs.c.ladder).where(rungs.c.outbox_id.in_(messages), ~missing)
    given_up = update(ladders).where(ladders.c.id.in_(mine), ladders.c.state == LadderState.UNCONFIRMED)
    await connection.execute(given_up.values(state=LadderState.REACHED, reason=LATE))


async def visited(connection: Transaction, ladder: Row[Any] | None) -> frozenset[str] | None:
    """The people (by address) to whom the message of ``ladder`` has gone already; None where it is on none."""
    if ladder is None:
        return None
    taken = select(rungs.c.person).where(rungs.c.ladder == ladder.id)
    return frozenset((await connection.execute(taken)).scalars())


async def _add(connection: Transaction, ladder: int, number: int, key: str, *, at: datetime) -> None:
    columns = (outbox.c.id, outbox.c.person, outbox.c.channel, outbox.c.account)
    row = (await connection.execute(select(*columns).where(outbox.c.dedupe_key == key))).one()
    place = {"outbox_id": row.id, "person": row.person, "channel": row.channel, "account": row.account}
    await connection.execute(insert(rungs).values(ladder=ladder, number=number, queued_at=at, **place))


def known(row: Row[Any], parts: Sequence[int], *, held: bool = False, trusted: bool = False) -> Rung:
    """What :func:`rows_of` and the states of the parts say of one address."""
    return Rung(
        state=None if row.state is None else OutboxState(row.state),
        parts=tuple(map(DeliveryState, parts)),
        from_at=row.queued_at,
        ended_at=row.finished_at,
        held=held,
        trusted=trusted,
    )


async def rows_of(
    connection: Transaction, numbers: Sequence[int]
) -> tuple[dict[int, list[Row[Any]]], dict[int, list[int]]]:
    """The rungs of the ladders ``numbers`` in their order, each with where its message stands, and the states of their
    parts by message."""
    message = (outbox.c.state, outbox.c.attempts, outbox.c.resends, outbox.c.finished_at)
    columns = (rungs, conversations.c.sealed, *message)
    joined = rungs.outerjoin(outbox, outbox.c.id == rungs.c.outbox_id)
    joined = joined.outerjoin(conversations, conversations.c.person == rungs.c.person)
    found = select(*columns).select_from(joined).where(rungs.c.ladder.in_(numbers))
    rows = (await connection.execute(found.order_by(rungs.c.ladder, rungs.c.number))).all()
    steps: dict[int, list[Row[Any]]] = {number: [] for number in numbers}
    for row in rows:
        steps[row.ladder].append(row)
    parts: dict[int, list[int]] = {row.outbox_id: [] for row in rows}
    states = select(outbox_parts.c.outbox_id, outbox_parts.c.state).where(outbox_parts.c.outbox_id.in_(list(parts)))
    for part in await connection.execute(states):
        parts[part.outbox_id].append(part.state)
    return steps, parts


async def read_ladder(store: Store, key: str) -> Ladder | None:
    """The ladder of the message that was first queued under ``key``, None when it never had one or was forgotten."""
    async with store.read() as connection:
        newest = select(ladders).where(ladders.c.key == key).order_by(ladders.c.id.desc()).limit(1)
        ladder = (await connection.execute(newest)).one_or_none()
        if ladder is None:
            return None
        steps, parts = await rows_of(connection, [ladder.id])
    return Ladder(
        key=key,
        state=LadderState(ladder.state),
        reason=ladder.reason,
        begun_at=ladder.begun_at,
        ended_at=ladder.ended_at,
        steps=tuple(_step(store.vault, row, parts[row.outbox_id]) for row in steps[ladder.id]),
    )


def _step(vault: Vault, row: Row[Any], parts: Sequence[int]) -> Step:
    address = None
    if row.sealed is not None:
        with contextlib.suppress(StoreError):
            address = vault.open(row.sealed, row.person)
    rung = known(row, parts)
    return Step(
        address=address,
        channel=row.channel,
        account=row.account,
        queued_at=row.queued_at,
        state=rung.state,
        delivery=rung.delivery,
        ended_at=rung.ended_at,
    )


async def erase_person(connection: Transaction, person: str) -> dict[str, int]:
    """Forget every ladder with a person's address; what waits elsewhere still goes. Returns how many rows went."""
    mine = select(rungs.c.ladder).where(rungs.c.person == person)
    doomed = sorted(set((await connection.execute(mine)).scalars()))
    return {"ladders": len(doomed), "rungs": await _delete(connection, doomed)}


async def forget(store: Store, *, before: datetime, limit: int = 500) -> int:
    """Delete the ladders that ended before then. Returns how many rungs there were."""
    gone = 0
    while True:
        over = select(ladders.c.id).where(ladders.c.ended_at < before).limit(limit)
        async with store.read() as connection:
            doomed = sorted((await connection.execute(over)).scalars())
        if not doomed:
            return gone

        async def job(connection: Transaction, doomed: Sequence[int] = doomed) -> int:
            return await _delete(connection, doomed)

        gone += await store.write(job)


async def _delete(connection: Transaction, doomed: Sequence[int]) -> int:
    await connection.execute(delete(ladders).where(ladders.c.id.in_(doomed)))
    return (await connection.execute(delete(rungs).where(rungs.c.ladder.in_(doomed)))).rowcount


async def end_under_way(connection: Transaction, *, now: datetime) -> None:
    """End every ladder but those whose message still waits: what a restored database knows of the others is old, and
    must not set off further messages."""
    message = and_(outbox.c.id == rungs.c.outbox_id, outbox.c.state == OutboxState.QUEUED)
    waits = exists().where(rungs.c.ladder == ladders.c.id, message)
    under_way = update(ladders).where(ladders.c.state == LadderState.OPEN, ~waits)
    await connection.execute(under_way.values(state=LadderState.UNCONFIRMED, reason=RESTORED, ended_at=now))
