"""Look after messages that must reach somebody: those that nothing confirms go on to the next address.

It looks at what is, never at what ran before, and takes each step in one transaction that locks the ladder first: any
number of processes may do it at once, and one that is killed is followed by the next look.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select, update

from bot.core.delivery import DeliveryState, Lane, OutboxState
from bot.core.local_time import when_awake
from bot.core.messages import Address
from bot.core.reach import LOOK_AGAIN, GoOn, LadderState, Over, Reached, Rung, Verdict, Wait, judge
from bot.store import ladder as ladder_store
from bot.store.diversion import go_on, ways_on
from bot.store.engine import Store
from bot.store.fact import count_up
from bot.store.outbox import TOPIC
from bot.store.reply import from_document
from bot.store.tables import ladders, outbox, outbox_heads, outbox_parts, rungs
from bot.store.transaction import Transaction

UNCONFIRMED = "reach.unconfirmed"
"""The fact that counts the messages of which nobody knows whether they have reached anybody."""
ELSEWHERE = "it has reached the person elsewhere"
_SLICE = 20  # others wait for the write lane meanwhile
_MICROSECOND = timedelta(microseconds=1)
_LOST = (DeliveryState.EXPIRED, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Our accounts by channel and name: ``ours`` are all that messages may go on to; ``trusted`` those from which
    nothing is reported, where to be accepted is to arrive."""

    ours: Container[tuple[str, str]]
    trusted: Container[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look changed: how many have ``reached`` somebody, how many ``went_on``, and why others ended
    ``unconfirmed``."""

    reached: int = 0
    went_on: int = 0
    unconfirmed: tuple[str, ...] = ()


async def look_after(store: Store, accounts: Accounts, *, now: datetime) -> Looked:
    """Take the step that each ladder is due for."""
    reached, went_on, unconfirmed, last = 0, 0, list[str](), 0
    while True:
        async with store.read() as connection:
            due = list((await connection.execute(_due(now, after=last))).scalars())
        if not due:
            return Looked(reached=reached, went_on=went_on, unconfirmed=tuple(unconfirmed))
        job = partial(_step_all, store=store, due=due, accounts=accounts, now=now)
        for verdict in await store.write(job, wake=[TOPIC]):
            reached += isinstance(verdict, Reached)
            went_on += isinstance(verdict, GoOn)
            unconfirmed += [verdict.reason] if isinstance(verdict, Over) else []
        last = due[-1]


def _due(now: datetime, *, after: int) -> Any:
    """The open ladders whose time has come, or of which something is known that ends the waiting."""
    mine = and_(rungs.c.ladder == ladders.c.id, rungs.c.outbox_id == outbox_parts.c.outbox_id)
    present = rungs.c.number == ladders.c.rung
    told = or_(outbox_parts.c.state >= DeliveryState.DELIVERED, and_(present, outbox_parts.c.state.in_(_LOST)))
    given_up = exists().where(
        rungs.c.ladder == ladders.c.id, present, outbox.c.id == rungs.c.outbox_id, outbox.c.state == OutboxState.DEAD
    )
    news = or_(ladders.c.due_at <= now, exists().where(mine, told), given_up)
    open_ones = and_(ladders.c.state == LadderState.OPEN, ladders.c.id > after)
    return select(ladders.c.id).where(open_ones, news).order_by(ladders.c.id).limit(_SLICE)


async def _step_all(
    connection: Transaction, *, store: Store, due: Sequence[int], accounts: Accounts, now: datetime
) -> list[Verdict]:
    mine = select(ladders).where(ladders.c.id.in_(due), ladders.c.state == LadderState.OPEN)
    locked = (await connection.execute(mine.order_by(ladders.c.id).with_for_update())).all()
    return [await _step(connection, store, one, accounts, now=now) for one in locked]


async def _step(connection: Transaction, store: Store, one: Row[Any], accounts: Accounts, *, now: datetime) -> Verdict:
    rows, parts = await ladder_store.rows_of(connection, one.id)
    known = [await _known(connection, row, parts[row.outbox_id], accounts, now=now) for row in rows]
    verdict = judge(known, within=one.confirm_within * _MICROSECOND, now=now)
    if isinstance(verdict, GoOn):
        verdict = await _go_on(connection, store, one, row=rows[-1], verdict=verdict, accounts=accounts, now=now)
    match verdict:
        case Reached():
            await _end(connection, one, LadderState.REACHED, "", now=now)
            await _recall(connection, [row.outbox_id for row in rows], now=now)
        case Over():
            await _end(connection, one, LadderState.UNCONFIRMED, verdict.reason, now=now)
            await count_up(connection, UNCONFIRMED)
        case Wait():
            later = update(ladders).where(ladders.c.id == one.id)
            await connection.execute(later.values(due_at=verdict.until))
        case GoOn():
            pass
    return verdict


async def _known(
    connection: Transaction, row: Row[Any], parts: Sequence[int], accounts: Accounts, *, now: datetime
) -> Rung:
    place = (row.channel, row.account)
    held = False
    if row.state == OutboxState.QUEUED and not parts and not row.resends:
        held = (row.attempts > 0 or place not in accounts.ours) and not await _in_hand(connection, row, now=now)
    return ladder_store.known(row, parts, held=held, trusted=place in accounts.trusted)


async def _in_hand(connection: Transaction, row: Row[Any], *, now: datetime) -> bool:
    """Whether a sender is at this person's queue right now: then the message may be leaving."""
    lane = select(outbox.c.lane).where(outbox.c.id == row.outbox_id).scalar_subquery()
    mine = (outbox_heads.c.person == row.person, outbox_heads.c.lane == lane)
    return bool(await connection.scalar(select(exists().where(*mine, outbox_heads.c.lease_until > now))))


async def _go_on(
    connection: Transaction,
    store: Store,
    one: Row[Any],
    *,
    row: Row[Any],
    verdict: GoOn,
    accounts: Accounts,
    now: datetime,
) -> Verdict:
    """Queue the message for its next address; without one it is over, or goes on waiting."""
    message = (await connection.execute(select(outbox).where(outbox.c.id == row.outbox_id).with_for_update())).one()
    if message.expires_at is not None and message.expires_at <= now:
        return Over(reason=f"{verdict.reason}, and its time is over")
    following: Sequence[Address] = await ways_on(connection, store.vault, message, one, accounts.ours)
    if not following:
        return Wait(until=now + LOOK_AGAIN) if verdict.patient else Over(reason=f"{verdict.reason}, and no way is left")
    unsent = (OutboxState.QUEUED, OutboxState.DEAD)
    ended = update(outbox).where(outbox.c.id == message.id, outbox.c.state.in_(unsent))
    await connection.execute(ended.values(state=OutboxState.ELSEWHERE, finished_at=now, error=verdict.reason))
    urgent = message.lane == Lane.ANSWER or from_document(message.reply).urgent
    at = now if urgent else when_awake(now)
    await go_on(connection, store.vault, message, following, climbed=one, now=now, not_before=at)
    return verdict


async def _end(connection: Transaction, one: Row[Any], state: LadderState, reason: str, *, now: datetime) -> None:
    ended = update(ladders).where(ladders.c.id == one.id)
    await connection.execute(ended.values(state=state, reason=reason, ended_at=now))


async def _recall(connection: Transaction, messages: Sequence[int], *, now: datetime) -> None:
    """End those of ``messages`` of which nothing has left yet."""
    begun = exists().where(outbox_parts.c.outbox_id == outbox.c.id)
    waiting = update(outbox).where(outbox.c.id.in_(messages), outbox.c.state == OutboxState.QUEUED, ~begun)
    await connection.execute(waiting.values(state=OutboxState.EXPIRED, finished_at=now, error=ELSEWHERE))
