"""Look after messages that must reach somebody: those that nothing confirms go on to the next address.

It looks at what is, never at what ran before, and takes each step in one transaction that locks the ladder first: any
number of processes may do it at once, and one that is killed is followed by the next look.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
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
    """Take the steps of a few ladders: what can be read for all of them is read at once."""
    mine = select(ladders).where(ladders.c.id.in_(due), ladders.c.state == LadderState.OPEN)
    locked = (await connection.execute(mine.order_by(ladders.c.id).with_for_update())).all()
    steps, parts = await ladder_store.rows_of(connection, [one.id for one in locked])
    held = await _held(connection, list(chain.from_iterable(steps.values())), parts, accounts, now=now)
    verdicts: dict[int, Verdict] = {}
    for one in locked:
        rungs_of = [_known(row, parts[row.outbox_id], held, accounts) for row in steps[one.id]]
        verdicts[one.id] = judge(rungs_of, within=one.confirm_within * _MICROSECOND, now=now)
    leaving = [steps[number][-1].outbox_id for number, verdict in verdicts.items() if isinstance(verdict, GoOn)]
    messages = await _messages(connection, leaving)
    for one in locked:
        verdict = verdicts[one.id]
        if isinstance(verdict, GoOn):
            message, taken = messages[steps[one.id][-1].outbox_id], {row.person for row in steps[one.id]}
            if message.state != steps[one.id][-1].state:  # something happened while we waited for it
                verdicts[one.id] = Wait(until=now)
                continue
            errand = _Errand(ladder=one, message=message, taken=taken, verdict=verdict)
            verdicts[one.id] = await _go_on(connection, store, errand, accounts=accounts, now=now)
    await _write_down(connection, verdicts, now=now)
    reached = [number for number, verdict in verdicts.items() if isinstance(verdict, Reached)]
    await _recall(connection, [row.outbox_id for number in reached for row in steps[number]], now=now)
    return list(verdicts.values())


async def _write_down(connection: Transaction, verdicts: Mapping[int, Verdict], *, now: datetime) -> None:
    """What is decided, but for what goes on: equal changes in one statement."""
    changes: dict[tuple[Any, ...], list[int]] = {}
    for number, verdict in verdicts.items():
        match verdict:
            case Reached():
                changes.setdefault((LadderState.REACHED, "", None), []).append(number)
            case Over():
                changes.setdefault((LadderState.UNCONFIRMED, verdict.reason, None), []).append(number)
            case Wait():
                changes.setdefault((LadderState.OPEN, "", verdict.until), []).append(number)
            case GoOn():
                pass
    for (state, reason, until), numbers in changes.items():
        mine = update(ladders).where(ladders.c.id.in_(numbers))
        ended = {"state": state, "reason": reason, "ended_at": now}
        await connection.execute(mine.values(ended if until is None else {"due_at": until}))
        if state is LadderState.UNCONFIRMED:
            await count_up(connection, UNCONFIRMED, len(numbers))


def _known(row: Row[Any], parts: Sequence[int], held: Container[int], accounts: Accounts) -> Rung:
    trusted = (row.channel, row.account) in accounts.trusted
    return ladder_store.known(row, parts, held=row.outbox_id in held, trusted=trusted)


async def _held(
    connection: Transaction,
    rows: Sequence[Row[Any]],
    parts: Mapping[int, Sequence[int]],
    accounts: Accounts,
    *,
    now: datetime,
) -> set[int]:
    """The messages of ``rows`` that could not be sent so far, for a reason that another address does not share; none at
    whose queue a sender is right now: that may be leaving."""
    waiting = {
        row.outbox_id
        for row in rows
        if row.state == OutboxState.QUEUED
        and not parts[row.outbox_id]
        and not row.resends
        and (row.attempts > 0 or (row.channel, row.account) not in accounts.ours)
    }
    if not waiting:
        return waiting
    queue = and_(outbox_heads.c.person == outbox.c.person, outbox_heads.c.lane == outbox.c.lane)
    in_hand = select(outbox.c.id).where(
        outbox.c.id.in_(waiting), exists().where(queue, outbox_heads.c.lease_until > now)
    )
    return waiting - set((await connection.execute(in_hand)).scalars())


async def _messages(connection: Transaction, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    """These messages, locked in their order."""
    if not numbers:
        return {}
    mine = select(outbox).where(outbox.c.id.in_(numbers)).order_by(outbox.c.id).with_for_update()
    return {row.id: row for row in await connection.execute(mine)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """A ``message`` that is to go on, and whom it has ``taken`` already, by address."""

    ladder: Row[Any]
    message: Row[Any]
    taken: Container[str]
    verdict: GoOn


async def _go_on(
    connection: Transaction, store: Store, errand: _Errand, *, accounts: Accounts, now: datetime
) -> Verdict:
    """Queue the message for its next address; without one it is over, or goes on waiting."""
    message, verdict = errand.message, errand.verdict
    if message.expires_at is not None and message.expires_at <= now:
        return Over(reason=f"{verdict.reason}, and its time is over")
    following: Sequence[Address] = await ways_on(connection, store.vault, message, errand.taken, accounts.ours)
    if not following:
        return Wait(until=now + LOOK_AGAIN) if verdict.patient else Over(reason=f"{verdict.reason}, and no way is left")
    unsent = (OutboxState.QUEUED, OutboxState.DEAD)
    ended = update(outbox).where(outbox.c.id == message.id, outbox.c.state.in_(unsent))
    await connection.execute(ended.values(state=OutboxState.ELSEWHERE, finished_at=now, error=verdict.reason))
    urgent = message.lane == Lane.ANSWER or from_document(message.reply).urgent
    at = now if urgent else when_awake(now)
    await go_on(connection, store.vault, message, following, climbed=errand.ladder, now=now, not_before=at)
    return verdict


async def _recall(connection: Transaction, messages: Sequence[int], *, now: datetime) -> None:
    """End those of ``messages`` of which nothing has left yet."""
    if not messages:
        return
    begun = exists().where(outbox_parts.c.outbox_id == outbox.c.id)
    waiting = update(outbox).where(outbox.c.id.in_(messages), outbox.c.state == OutboxState.QUEUED, ~begun)
    await connection.execute(waiting.values(state=OutboxState.EXPIRED, finished_at=now, error=ELSEWHERE))
