"""What became of queued messages: their parts, their end, or when to try again. Many at once cost few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update

from bot.core.delivery import DeliveryState, Lane, OutboxState
from bot.core.messages import Address
from bot.store.dialect import insert_missing
from bot.store.engine import Store
from bot.store.outbox import Head
from bot.store.receipts import heard
from bot.store.standing import mark_reachable
from bot.store.tables import outbox, outbox_heads, outbox_parts
from bot.store.transaction import Transaction
from bot.store.waiting import for_later, next_in_turn, not_empty, these


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPart:
    """A part that left. Where the result is unknown, ``provider_id`` is how a report would name it, None where none
    could."""

    outbox_id: int
    number: int
    provider_id: str | None
    state: DeliveryState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A part that left for ``address``; with the ``last`` the message is sent.

    ``regained`` is the person whom it reached although the provider was known to refuse what is for them.
    """

    address: Address
    part: SentPart
    last: bool
    regained: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A queue to be given back: ``unused`` when nothing of it was tried, and not due again before ``not_before``."""

    head: Head
    unused: bool = False
    not_before: datetime | None = None


async def record_part(store: Store, head: Head, part: SentPart, *, last: bool) -> None:
    """Write down that a part left and, with the ``last``, that the message is sent. Safe to repeat."""
    await record(store, [Departure(address=head.address, part=part, last=last)], [], now=part.at)


async def settle(store: Store, head: Head, *, now: datetime) -> None:
    """Give one queue back, see :func:`record`."""
    await record(store, [], [Return(head=head)], now=now)


async def record(store: Store, departures: Sequence[Departure], returns: Sequence[Return], *, now: datetime) -> None:
    """Write down parts that left from one account, then give queues back: all or nothing, and safe to repeat.

    A queue is due when its next row is, behind everybody who is due already; else not due at all. One of which nothing
    was tried keeps its place. What is no longer leased to the head's owner stays as it is.
    """

    async def job(connection: Transaction) -> None:
        if departures:
            await _record_parts(connection, departures)
        if returns:
            await _settle(connection, returns, now=now)

    await store.write(job)


async def _record_parts(connection: Transaction, departures: Sequence[Departure]) -> None:
    for person in sorted({one.regained for one in departures if one.regained is not None}):
        await mark_reachable(connection, person)
    ordered = sorted(departures, key=lambda one: (one.part.outbox_id, one.part.number))
    states = await heard(connection, ordered[0].address, [one.part.provider_id for one in ordered])
    rows = [_part_row(one, states.get(one.part.provider_id, DeliveryState.UNKNOWN)) for one in ordered]
    await insert_missing(connection, outbox_parts, rows)
    if ended := [one.part.outbox_id for one in ordered if one.last]:
        sent = update(outbox).where(outbox.c.id.in_(ended), outbox.c.state == OutboxState.QUEUED)
        at = max(one.part.at for one in ordered)
        await connection.execute(sent.values(state=OutboxState.SENT, finished_at=at, error=None))


def _part_row(departure: Departure, reported: DeliveryState) -> dict[str, Any]:
    part, address = departure.part, departure.address
    return {
        "outbox_id": part.outbox_id,
        "number": part.number,
        "channel": address.channel,
        "account": address.account,
        "provider_id": part.provider_id,
        "state": int(max(part.state, reported)),
        "at": part.at,
    }


async def begin(store: Store, row: int) -> bool:
    """Write down that the message may leave from now on; False when that was written before, by whomever."""
    first = update(outbox).where(outbox.c.id == row, outbox.c.state == OutboxState.QUEUED, outbox.c.resends == 0)

    async def job(connection: Transaction) -> bool:
        return (await connection.execute(first.values(resends=1))).rowcount > 0

    return await store.write(job)


async def postpone(
    store: Store,
    row: int,
    *,
    until: datetime,
    error: str | None,
    resend: bool = False,
    counted: bool = True,
    stayed: bool = False,
) -> None:
    """Try the message again from ``until`` on. ``counted``: this was one of its attempts; ``stayed``: it did not leave,
    whatever :func:`begin` has said.

    Without an ``error`` it is a message for later, which holds nobody up behind it.
    """

    async def job(connection: Transaction) -> None:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id == row, outbox.c.state == OutboxState.QUEUED)
            .values(
                not_before=until,
                error=error,
                attempts=outbox.c.attempts + int(counted),
                resends=0 if stayed else outbox.c.resends + int(resend),
            )
        )

    await store.write(job)


async def close(store: Store, row: int, state: OutboxState, *, now: datetime, error: str | None = None) -> None:
    """End a message as dead, parked or expired, with its reason."""
    ended = update(outbox).where(outbox.c.id == row, outbox.c.state == OutboxState.QUEUED)
    await store.write(lambda connection: connection.execute(ended.values(state=state, finished_at=now, error=error)))


async def _settle(connection: Transaction, returns: Sequence[Return], *, now: datetime) -> None:
    # lock first, look afterwards: a row queued meanwhile is then seen, or waits for this commit
    mine = await _lock(connection, returns)
    if not mine:
        return
    full = {tuple(row) for row in await connection.execute(not_empty(_heads(mine), now=now))}
    if emptied := [one for one in mine if (one.head.person, one.head.lane) not in full]:
        await connection.execute(_EMPTIED.where(_heads(emptied)))
    if rest := [one for one in mine if (one.head.person, one.head.lane) in full]:
        following = await _following(connection, rest, now=now)
        await connection.execute(_GIVEN_BACK, [_head_row(one, following, now=now) for one in rest])


_Place = tuple[datetime, datetime]  # when a queue is due again, and since when its next row waits


async def _lock(connection: Transaction, returns: Sequence[Return]) -> list[Return]:
    """Lock the heads of ``returns``, in the order of persons; those that are still ours."""
    key = (outbox_heads.c.person, outbox_heads.c.lane)
    ours = {
        tuple(row)
        for row in await connection.execute(select(*key).where(_heads(returns)).order_by(*key).with_for_update())
    }
    return [one for one in returns if (one.head.person, one.head.lane) in ours]


async def _following(
    connection: Transaction, returns: Sequence[Return], *, now: datetime
) -> dict[tuple[str, Lane], _Place]:
    """The place of the next row of each queue that has one. Reads one row of each, however many wait."""
    columns = (outbox.c.person, outbox.c.lane, outbox.c.not_before, outbox.c.created_at)
    first = next_in_turn(connection.dialect, _heads(returns), *columns, now=now, limit=1)
    places = {(row.person, Lane(row.lane)): (row.not_before, row.created_at) for row in await connection.execute(first)}
    # where nothing may go and nothing holds the others up, what is left is for later
    if empty := [one for one in returns if (one.head.person, one.head.lane) not in places]:
        for row in await connection.execute(for_later(_heads(empty), now=now)):
            places.setdefault((row.person, Lane(row.lane)), (row.due, row.since))
    return places


def _head_row(one: Return, following: dict[tuple[str, Lane], _Place], *, now: datetime) -> dict[str, Any]:
    head = one.head
    due, since = following.get((head.person, head.lane), (None, None))
    if due is not None:
        earliest = head.due_at if one.unused and head.due_at is not None else now
        due = max(due, earliest, one.not_before or earliest)
    return {"the_person": head.person, "the_lane": int(head.lane), "due": due, "since": since}


def _heads(returns: Sequence[Return]) -> ColumnElement[bool]:
    return these((one.head.person, int(one.head.lane), one.head.owner) for one in returns)


_EMPTIED = update(outbox_heads).values(due_at=None, waiting_since=None, lease_owner=None, lease_until=None)
_GIVEN_BACK = (
    update(outbox_heads)
    .where(outbox_heads.c.person == bindparam("the_person"), outbox_heads.c.lane == bindparam("the_lane"))
    .values(due_at=bindparam("due"), waiting_since=bindparam("since"), lease_owner=None, lease_until=None)
)
