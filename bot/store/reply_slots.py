"""Requests that a provider leaves open until the reply to their message can be the answer to them.

Of one message there is one slot, whatever processes take part in it. Who waits opens it; a sender that finds it open
*offers* its text; who waits *takes* that, and only then has the part left. Each of them may come too late, or die:

    open ──offer──▶ offered ──take──▶ given      the answer; the same for every repetition of the request
     │ ▲               │ ▲
     │ └─ repeated     │ └─ keep       it has no other way: who asks again takes it
     │                 └─ withdraw ──▶ elsewhere  nobody took it: the sender goes its other way
     └─ give up ──▶ late ──claim──▶ elsewhere     nobody waits: the sender goes its other way

Each arrow is one statement that names the state it starts from, so that of two who come together one is too late, and a
text never goes both ways.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Update, select, update

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
    """What is known of the request for one message. ``part`` is the key of the part that came for it; ``person`` who
    wrote the message, empty where nobody has ever waited."""

    person: str
    state: SlotState
    part: str | None
    text: str | None


def topic_of(place: Place) -> str:
    """The wake-up topic of one slot."""
    return f"reply_slots:{place.channel}:{place.account}:{place.external_id}"[:200]


async def open_slot(store: Store, place: Place, person: str, *, until: datetime) -> None:
    """Let a sender know that somebody waits ``until`` then. What has been answered, or went another way, stays so, and
    so does what was written by another ``person``: the provider has given an id twice."""

    async def job(connection: Transaction) -> None:
        fresh = {"person": person, "state": SlotState.OPEN, "until": until}
        if await insert_if_new(connection, reply_slots, **_key(place), **fresh):
            return
        waiting = reply_slots.c.state.in_((SlotState.OPEN, SlotState.LATE))
        await connection.execute(
            update(reply_slots)
            .where(_of(place), waiting, reply_slots.c.person == person)
            .values(state=SlotState.OPEN, until=until)
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
            return await _found(connection, place)
        nobody = reply_slots.c.state.in_((SlotState.OPEN, SlotState.LATE))
        gone = {"state": SlotState.ELSEWHERE, "part": part}
        if (await connection.execute(update(reply_slots).where(_of(place), nobody).values(gone))).rowcount:
            return None
        slot = await _found(connection, place)
        if slot is None:
            # the request may be opened in a moment, when the part is on its way already
            fresh = await insert_if_new(connection, reply_slots, **_key(place), person="", until=now, **gone)
            return None if fresh else await job(connection)
        if slot.state in (SlotState.OPEN, SlotState.LATE):  # opened since the two statements above
            return await job(connection)
        return slot if slot.part == part and slot.state in (SlotState.OFFERED, SlotState.GIVEN) else None

    return await store.write(job, wake=[topic_of(place)])


async def look(store: Store, place: Place) -> Slot | None:
    """The slot as it is; None when there is none."""
    async with store.read() as connection:
        return await _found(connection, place)


async def take(store: Store, place: Place) -> str | None:
    """Make what is offered the answer, and return it; what has been given before as well. None: there is nothing."""

    async def job(connection: Transaction) -> str | None:
        offered = reply_slots.c.state == SlotState.OFFERED
        await connection.execute(update(reply_slots).where(_of(place), offered).values(state=SlotState.GIVEN))
        given = _select(place).where(reply_slots.c.state == SlotState.GIVEN)
        found = (await connection.execute(given)).one_or_none()
        return None if found is None else found.text

    return await store.write(job, wake=[topic_of(place)])


async def give_up(store: Store, place: Place, *, until: datetime) -> str | None:
    """Wait no more: the answer that has come after all, or None, and then no sender finds the slot open – unless
    somebody has asked again and waits longer than ``until``."""

    async def job(connection: Transaction) -> None:
        await connection.execute(_close(place, SlotState.OPEN, until).values(state=SlotState.LATE))

    await store.write(job)
    return await take(store, place)


async def leave(store: Store, place: Place, *, until: datetime) -> None:
    """Wait no more, and take nothing: a sender goes its other way at once – unless somebody waits longer."""

    async def job(connection: Transaction) -> None:
        await connection.execute(_close(place, SlotState.OPEN, until).values(state=SlotState.LATE))
        gone = {"state": SlotState.ELSEWHERE, "text": None}
        await connection.execute(_close(place, SlotState.OFFERED, until).values(gone))

    await store.write(job, wake=[topic_of(place)])


async def keep(store: Store, place: Place, *, part: str, text: str) -> None:
    """Have ``text``, the ``part`` that has no other way, taken by whoever asks again for the answer."""

    async def job(connection: Transaction) -> None:
        mine = (reply_slots.c.state == SlotState.ELSEWHERE) & (reply_slots.c.part == part)
        known = reply_slots.c.person != ""  # else it could not be erased with the person
        kept = {"state": SlotState.OFFERED, "text": text}
        await connection.execute(update(reply_slots).where(_of(place), mine, known).values(kept))

    await store.write(job)


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


def _close(place: Place, state: SlotState, until: datetime) -> Update:
    return update(reply_slots).where(_of(place), reply_slots.c.state == state, reply_slots.c.until <= until)


def _select(place: Place) -> Any:
    columns = reply_slots.c
    return select(columns.person, columns.state, columns.part, columns.text).where(_of(place))


async def _found(connection: Any, place: Place) -> Slot | None:
    row = (await connection.execute(_select(place))).one_or_none()
    return None if row is None else Slot(person=row.person, state=SlotState(row.state), part=row.part, text=row.text)
