"""What people report, by a short number that tells nobody else anything.

A number is made from the report and its reporter with our key, so the same report gets the same one again, before and
after it is written, and nobody can count reports or find a neighbour's by counting on. Erasing a person takes the
address, the text and what ties the two together; that there was a report on these rows stays.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select, update

from bot.core.delivery import Lane
from bot.core.effects import OpenTicket
from bot.core.errors import ConflictError, StoreError
from bot.core.local_time import when_awake
from bot.core.mask import MAX_TEXT, make_storable
from bot.core.messages import Address, Reply
from bot.core.pools import Pool
from bot.core.tickets import LONGEST, SHORTEST, Ticket, TicketKind, TicketState
from bot.store import outbox, takedown
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.outbox import Draft
from bot.store.pooling import route
from bot.store.tables import conversations, tickets
from bot.store.transaction import Transaction
from bot.store.vault import Vault

Word = Callable[[Ticket, str], Reply]
"""What to tell the reporter of a ticket, in a language."""

_Way = Callable[[Transaction, bytes, str, Reply], Awaitable[Address]]

_LONG_ONES = 20
"""Further numbers of the greatest length, so that a million reports leave a free one."""
_ERASED = {"person": None, "identity": None, "text": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A ticket that was closed; ``told``: its reporter will hear of it."""

    ticket: Ticket
    told: bool


async def number_for(store: Store, address: Address, identity: str) -> int:
    """The number of the report ``identity`` of whoever writes from ``address``: the one it has, else the shortest free.

    Numbers grow when they must.
    """
    mine = _identify(store.vault, address, identity)
    candidates = list(_numbers(mine))
    async with store.read() as connection:
        query = select(tickets.c.number, tickets.c.identity)
        query = query.where(or_(tickets.c.number.in_(candidates), tickets.c.identity == mine))
        taken = {row.number: row.identity for row in await connection.execute(query)}
    for number, owner in taken.items():
        if owner == mine:
            return int(number)
    return next(number for number in candidates if number not in taken)


async def record(connection: Transaction, vault: Vault, address: Address, opened: OpenTicket, *, now: datetime) -> None:
    """Keep a report; the same again only adds what is new in its text, and opens it when it was closed.

    Raises ConflictError when its number has gone to another report meanwhile.
    """
    mine = _identify(vault, address, opened.identity)
    fresh = await insert_if_new(
        connection,
        tickets,
        number=opened.number,
        identity=mine,
        kind=opened.kind,
        state=TicketState.OPEN,
        person=vault.person(address),
        channel=address.channel,
        dataset=opened.dataset,
        table_hash=opened.table,
        row_numbers=list(opened.rows),
        answer=opened.answer,
        figure=opened.figure,
        publisher=opened.publisher,
        text=make_storable(opened.text),
        note="",
        opened_at=now,
    )
    if fresh:
        return
    known = (await connection.execute(select(tickets).where(tickets.c.number == opened.number))).one_or_none()
    if known is None or known.identity != mine:
        raise ConflictError("this number has just been given to another report")
    text = known.text if make_storable(opened.text) in known.text else f"{known.text}\n{opened.text}"
    again = {"text": make_storable(text), "state": TicketState.OPEN, "closed_at": None}
    await connection.execute(update(tickets).where(tickets.c.number == opened.number).values(again))


async def find(store: Store, number: int) -> Ticket | None:
    """The ticket with that number, None when there is none."""
    async with store.read() as connection:
        row = (await connection.execute(select(tickets).where(tickets.c.number == number))).one_or_none()
    return None if row is None else _ticket(row)


async def list_tickets(
    store: Store,
    *,
    kind: TicketKind | None = None,
    state: TicketState | None = None,
    since: datetime | None = None,
) -> list[Ticket]:
    """What was reported, the newest first, narrowed to what is given."""
    wanted: list[ColumnElement[bool]] = []
    if kind is not None:
        wanted.append(tickets.c.kind == kind)
    if state is not None:
        wanted.append(tickets.c.state == state)
    if since is not None:
        wanted.append(tickets.c.opened_at >= since)
    query = select(tickets).where(*wanted).order_by(tickets.c.opened_at.desc(), tickets.c.number)
    async with store.read() as connection:
        return [_ticket(row) for row in await connection.execute(query)]


async def close(
    store: Store, number: int, *, note: str, word: Word, now: datetime, pools: Sequence[Pool] = (), draw: float = 0.0
) -> Closed | None:
    """Close a ticket and tell its reporter, by day, if there is still a way to. None when there is no such ticket.

    Closing it again changes and tells nothing. Where the way is in one of ``pools``, the account is chosen by its
    weights and ``draw`` (:func:`bot.store.pooling.route`).
    """

    async def way(connection: Transaction, sealed: bytes, person: str, reply: Reply) -> Address:
        there, form = store.vault.open(sealed, person), reply.form is not None
        return await route(connection, store.vault, pools, there, lane=Lane.INCIDENT, form=form, draw=draw)

    async def job(connection: Transaction) -> Closed | None:
        row = (
            await connection.execute(select(tickets).where(tickets.c.number == number).with_for_update())
        ).one_or_none()
        if row is None:
            return None
        if row.state == TicketState.CLOSED:
            return Closed(ticket=_ticket(row), told=False)
        changed = {"state": TicketState.CLOSED, "note": note[:MAX_TEXT], "closed_at": now}
        await connection.execute(update(tickets).where(tickets.c.number == number).values(changed))
        closed = _ticket((await connection.execute(select(tickets).where(tickets.c.number == number))).one())
        told = replace(closed, figure="") if await takedown.hidden_in(connection, closed.dataset) else closed
        return Closed(ticket=closed, told=await _tell(connection, told, word, store.vault, way, now=now))

    return await store.write(job, wake=[outbox.TOPIC])


async def erase_person(connection: Transaction, person: str) -> int:
    """Take a person out of every ticket: address, text, and what ties them together. Returns how many there were."""
    rows = update(tickets).where(tickets.c.person == person)
    return (await connection.execute(rows.values(_ERASED))).rowcount


async def forget(store: Store, *, before: datetime) -> int:
    """Take the person out of every ticket opened before ``before``. Returns how many there were."""

    async def job(connection: Transaction) -> int:
        old = update(tickets).where(tickets.c.person.is_not(None), tickets.c.opened_at < before)
        return (await connection.execute(old.values(_ERASED))).rowcount

    return await store.write(job)


async def _tell(connection: Transaction, ticket: Ticket, word: Word, vault: Vault, way: _Way, *, now: datetime) -> bool:
    columns = (conversations.c.sealed, conversations.c.language)
    talk = (await connection.execute(select(*columns).where(conversations.c.person == ticket.person))).one_or_none()
    if talk is None or ticket.person is None:
        return False
    reply = word(ticket, talk.language)
    try:
        address = await way(connection, talk.sealed, ticket.person, reply)
    except StoreError:
        return False  # sealed with another key
    draft = Draft(
        person=vault.person(address),
        channel=address.channel,
        account=address.account,
        lane=Lane.INCIDENT,
        reply=reply,
        language=talk.language,
        origin=f"ticket:{ticket.number}",
        dedupe_key=f"ticket:{ticket.number}:{now.isoformat()}",
        not_before=when_awake(now),
    )
    await outbox.enqueue(connection, draft, now=now)
    return True


def _identify(vault: Vault, address: Address, identity: str) -> str:
    """A keyed hash, so that neither the person nor the report can be read or guessed from it."""
    named = f"{vault.person(address)}|{identity}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(named, key=vault.derive("tickets"), digest_size=16).hexdigest()


def _numbers(identity: str) -> Iterator[int]:
    """The numbers that a report may have, shortest first; none begins with 0. Of the longest there are several."""
    for place, digits in enumerate([*range(SHORTEST, LONGEST + 1), *[LONGEST] * _LONG_ONES], SHORTEST):
        digest = hashlib.blake2b(f"{place}:{identity}".encode(), digest_size=8).digest()
        lowest = 10 ** (digits - 1)
        yield lowest + int.from_bytes(digest, "big") % (9 * lowest)


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(
        number=row.number,
        kind=TicketKind(row.kind),
        state=TicketState(row.state),
        channel=row.channel,
        opened_at=row.opened_at,
        dataset=row.dataset,
        table=row.table_hash,
        rows=tuple(row.row_numbers),
        answer=row.answer,
        figure=row.figure,
        publisher=row.publisher,
        text=row.text,
        note=row.note,
        closed_at=row.closed_at,
        person=row.person,
    )
