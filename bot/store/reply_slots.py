"""Requests that a provider leaves open until the reply to their message can be the answer to them.

Of one message there is one slot, whatever processes take part in it. Who waits opens it; a sender that finds it open
*offers* its text; who waits *takes* that, and only then has the part left. Each of them may come too late, or die:

    open ──offer──▶ offered ──take──▶ given      the answer; the same for every repetition of the request
     │ ▲               │
     │ └─ repeated     └─ withdraw ──▶ elsewhere  nobody took it: the sender goes its other way
     └─ give up ──▶ late ──claim──▶ elsewhere     nobody waits: the sender goes its other way

Each arrow is one statement that names the state it starts from, so that of two who come together one is too late, and a
text never goes both ways.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.tables import reply_slots
from bot.store.transaction import Transaction


class SlotState(StrEnum):
    """Where the request for one message stands."""

    OPEN = "open"  # somebody waits
    OFFERED = "offered"  # the text is there, nobody has taken it
    GIVEN = "given"  # it is the answer
    LATE = "late"  # nobody waits any more
    ELSEWHERE = "elsewhere"  # the part went another way


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A message, as its provider names it."""

    channel: str
    account: str
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What is known of the request for one message. ``part`` is the key of the part that came for it."""

    state: SlotState
    part: str | None
    text: str | None


def topic_of(place: Place) -> str:
    """The wake-up topic of one slot."""
    return f"reply_slots:{place.channel}:{place.account}:{place.external_id}"[:200]


async def open_slot(store: Store, place: Place, person: str, *, until: datetime) -> None:
    """Let a sender know that somebody waits ``until`` then. What has been answered, or went another way, stays so."""

    async def job(connection: Transaction) -> None:
        fresh = {"person": person, "state": SlotState.OPEN, "until": until}
        if await insert_if_new(connection, reply_slots, **_key(place), **fresh):
            return
        waiting = reply_slots.c.state.in_((SlotState.OPEN, SlotState.LATE))
        await connection.execute(
            update(reply_slots).where(_of(place), waiting).values(state=SlotState.OPEN, until=until)
        )

    await store.write(job)


async def offer(store: Store, place: Place, *, part: str, text: str, now: datetime) -> Slot | None:
    """Offer ``text`` to whoever waits. Returns the slot afterwards; None when nobody waits, and then nobody will.

    ``part`` names what is sent: the same part finds its own slot again, another one goes its own way.
    """

    async def job(connection: Transaction) -> Slot | None:
        waiting = (reply_slots.c.state == SlotState.OPEN) & (reply_slots.c.until > now)
        offered = {"state": SlotState.OFFERED, "part": part, "text": text}
        if (await connection.execute(update(reply_slots).where(_of(place), waiting).values(offered))).rowcount:
            return Slot(state=SlotState.OFFERED, part=part, text=text)
        nobody = reply_slots.c.state.in_((SlotState.OPEN, SlotState.LATE))
        gone = {"state": SlotState.ELSEWHERE, "part": part}
        if (await connection.execute(update(reply_slots).where(_of(place), nobody).values(gone))).rowcount:
            return None
        found = (await connection.execute(_select(place))).one_or_none()
        if found is None:
            # the request may be opened in a moment, when the part is on its way already
            await insert_if_new(connection, reply_slots, **_key(place), person="", until=now, **gone)
            return None
        slot = _slot(found)
        return slot if slot.part == part and slot.state in (SlotState.OFFERED, SlotState.GIVEN) else None

    return await store.write(job, wake=[topic_of(place)])


async def look(store: Store, place: Place) -> Slot | None:
    """The slot as it is; None when there is none."""
    async with store.read() as connection:
        found = (await connection.execute(_select(place))).one_or_none()
        return None if found is None else _slot(found)


async def take(store: Store, place: Place) -> str | None:
    """Make what is offered the answer, and return it; what has been given before as well. None: there is nothing."""

    async def job(connection: Transaction) -> str | None:
        offered = reply_slots.c.state == SlotState.OFFERED
        await connection.execute(update(reply_slots).where(_of(place), offered).values(state=SlotState.GIVEN))
        given = _select(place).where(reply_slots.c.state == SlotState.GIVEN)
        found = (await connection.execute(given)).one_or_none()
        return None if found is None else _slot(found).text

    return await store.write(job, wake=[topic_of(place)])


async def give_up(store: Store, place: Place) -> str | None:
    """Wait no more: the answer that has come after all, or None, and then no sender finds the slot open."""

    async def job(connection: Transaction) -> None:
        waiting = reply_slots.c.state == SlotState.OPEN
        await connection.execute(update(reply_slots).where(_of(place), waiting).values(state=SlotState.LATE))

    await store.write(job)
    return await take(store, place)


async def withdraw(store: Store, place: Place, *, part: str) -> bool:
    """Take the offer back; whether the part may go another way: not when it has become the answer meanwhile."""

    async def job(connection: Transaction) -> bool:
        mine = (reply_slots.c.state == SlotState.OFFERED) & (reply_slots.c.part == part)
        gone = {"state": SlotState.ELSEWHERE, "text": None}
        return (await connection.execute(update(reply_slots).where(_of(place), mine).values(gone))).rowcount > 0

    return await store.write(job)


def _key(place: Place) -> dict[str, Any]:
    return {"channel": place.channel, "account": place.account, "external_id": place.external_id}


def _of(place: Place) -> ColumnElement[bool]:
    return (
        (reply_slots.c.channel == place.channel)
        & (reply_slots.c.account == place.account)
        & (reply_slots.c.external_id == place.external_id)
    )


def _select(place: Place) -> Any:
    return select(reply_slots.c.state, reply_slots.c.part, reply_slots.c.text).where(_of(place))


def _slot(row: Row[Any]) -> Slot:
    return Slot(state=SlotState(row.state), part=row.part, text=row.text)
