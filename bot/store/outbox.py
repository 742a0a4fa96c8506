"""Messages that wait to be sent: written with the change that caused them, claimed by person and lane.

Order holds per (person, lane). A message that is to be tried again soon keeps its place: those behind it wait, so that
a short trouble does not shuffle a talk. One that is parked, for later, or has failed :data:`HELD` times blocks nobody.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, takewhile
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, and_, case, func, select, update

from bot.core.delivery import Lane, OutboxState
from bot.core.errors import StoreError
from bot.core.messages import Address, Reply
from bot.store.dialect import insert_if_new, upsert
from bot.store.engine import Store
from bot.store.queue import LEASE, claim, release_all
from bot.store.reply import from_document, to_document
from bot.store.tables import conversations, outbox, outbox_heads, outbox_parts
from bot.store.transaction import Transaction
from bot.store.vault import Vault

TOPIC = "outbox"
HELD = 6
"""Tries of a message for which those behind it wait: about half a minute."""
_EVERYTHING = 1000
_claims = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be queued. ``dedupe_key`` makes queueing it twice harmless; ``origin`` says what caused it."""

    person: str
    channel: str
    account: str
    lane: Lane
    reply: Reply
    language: str
    origin: str
    dedupe_key: str
    not_before: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One person's queue in one lane, leased to this sender. ``accents``: the person pays for diacritics."""

    person: str
    lane: Lane
    address: Address
    owner: str
    accents: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A queued message. ``sent`` are the numbers of the parts that have left, ``since`` when it was asked for."""

    id: int
    document: dict[str, Any]
    language: str
    lane: Lane
    attempts: int
    resends: int
    since: datetime
    sent: frozenset[int]

    @property
    def reply(self) -> Reply:
        """What is to be said. Raises StoreError when this program cannot read it (any more)."""
        try:
            return from_document(self.document)
        except (TypeError, ValueError) as error:
            raise StoreError("a reply written by another version of this program") from error


async def enqueue(connection: Transaction, draft: Draft, *, now: datetime) -> None:
    """Queue ``draft`` within the caller's transaction; the same ``dedupe_key`` again changes nothing."""
    not_before = draft.not_before or now
    fresh = await insert_if_new(
        connection,
        outbox,
        person=draft.person,
        channel=draft.channel,
        account=draft.account,
        lane=int(draft.lane),
        reply=to_document(draft.reply),
        language=draft.language,
        origin=draft.origin,
        dedupe_key=draft.dedupe_key,
        created_at=now,
        not_before=not_before,
        expires_at=draft.expires_at,
        state=OutboxState.QUEUED,
        attempts=0,
        resends=0,
    )
    if not fresh:
        return
    await upsert(
        connection,
        outbox_heads,
        {
            "person": draft.person,
            "lane": int(draft.lane),
            "channel": draft.channel,
            "account": draft.account,
            "due_at": not_before,
            "waiting_since": not_before,
        },
        lambda new: {
            "due_at": case(
                (outbox_heads.c.due_at.is_(None) | (outbox_heads.c.due_at > new.due_at), new.due_at),
                else_=outbox_heads.c.due_at,
            ),
            "waiting_since": func.coalesce(outbox_heads.c.waiting_since, new.waiting_since),
        },
    )


async def claim_heads(
    store: Store, *, channel: str, account: str, now: datetime, limit: int, lease: timedelta = LEASE
) -> list[Head]:
    """Take up to ``limit`` due queues of one of our accounts: answers first, within a lane the longest due first.

    ``lease`` must outlast the slowest sending where a repeated part would arrive twice. What waits for somebody whose
    address is unknown or cannot be opened is given up: it is dead and holds nobody up.
    """

    owner = f"{store.owner}/{next(_claims)}"
    mine = (outbox_heads.c.channel == channel) & (outbox_heads.c.account == account)

    async def job(connection: Transaction) -> list[Head]:
        rows: list[Row[Any]] = []
        for lane in Lane:  # lane by lane, so that what is due later in one is not read on the way to the next
            taken = await claim(
                connection,
                outbox_heads,
                where=mine & (outbox_heads.c.lane == int(lane)),
                order=[outbox_heads.c.due_at],
                owner=owner,
                now=now,
                limit=limit - len(rows),
                lease=lease,
            )
            rows += sorted(taken, key=lambda row: row.due_at)
            if len(rows) == limit:
                break
        known = await _people(connection, store.vault, [row.person for row in rows])
        heads = []
        for row in rows:
            if row.person not in known:
                await _give_up(connection, row.person, row.lane, now=now)
                continue
            address, accents = known[row.person]
            heads.append(Head(person=row.person, lane=Lane(row.lane), address=address, owner=owner, accents=accents))
        return heads

    return await store.write(job)


async def _people(connection: Transaction, vault: Vault, people: Sequence[str]) -> dict[str, tuple[Address, bool]]:
    """Where those of ``people`` are reached whose address we have and can open, and whether they want diacritics."""
    columns = (conversations.c.person, conversations.c.sealed, conversations.c.accents)
    found = {}
    for row in await connection.execute(select(*columns).where(conversations.c.person.in_(people))):
        with contextlib.suppress(StoreError):
            found[row.person] = (vault.open(row.sealed, row.person), bool(row.accents))
    return found


async def _give_up(connection: Transaction, person: str, lane: int, *, now: datetime) -> None:
    rows = update(outbox).where(outbox.c.person == person, outbox.c.lane == lane, outbox.c.state == OutboxState.QUEUED)
    reason = "the address is unknown or cannot be opened with this key"
    await connection.execute(rows.values(state=OutboxState.DEAD, finished_at=now, error=reason))
    head = update(outbox_heads).where(outbox_heads.c.person == person, outbox_heads.c.lane == lane)
    await connection.execute(
        head.values({"due_at": None, "waiting_since": None, "lease_owner": None, "lease_until": None})
    )


async def due(store: Store, head: Head, *, now: datetime, limit: int) -> list[Outgoing]:
    """The rows of ``head`` that may go now, oldest first."""
    async with store.read() as connection:
        waiting = (await connection.execute(in_turn(head, outbox, now=now).limit(limit))).all()
        rows = list(takewhile(lambda row: row.not_before <= now, waiting))
        parts = await connection.execute(
            select(outbox_parts.c.outbox_id, outbox_parts.c.number).where(
                outbox_parts.c.outbox_id.in_([row.id for row in rows])
            )
        )
        sent: dict[int, set[int]] = {}
        for part in parts:
            sent.setdefault(part.outbox_id, set()).add(part.number)
    return [
        Outgoing(
            id=row.id,
            document=row.reply,
            language=row.language,
            lane=Lane(row.lane),
            attempts=row.attempts,
            resends=row.resends,
            since=row.not_before,
            sent=frozenset(sent.get(row.id, ())),
        )
        for row in rows
    ]


def in_turn(head: Head, *columns: ColumnElement[Any] | Table, now: datetime) -> Select[Any]:
    """What waits in the queue of ``head``, oldest first: what may go now, and what makes those behind it wait."""
    held = outbox.c.error.is_not(None) & (outbox.c.attempts < HELD)
    return (
        select(*columns)
        .where(waits(head, now=now), (outbox.c.not_before <= now) | held)
        .order_by(outbox.c.person, outbox.c.lane, outbox.c.id)
    )


def waits(head: Head, *, now: datetime) -> ColumnElement[bool]:
    """The condition on a message that it waits in the queue of ``head`` and its time is not over.

    "Between" instead of "equal" keeps PostgreSQL from reading the whole outbox by id, as in ``inbox``.
    """
    return and_(
        outbox.c.person.between(head.person, head.person),
        outbox.c.lane.between(int(head.lane), int(head.lane)),
        outbox.c.state == OutboxState.QUEUED,
        outbox.c.expires_at.is_(None) | (outbox.c.expires_at > now),
    )


async def take_all(store: Store, person: str, *, now: datetime) -> list[Outgoing]:
    """Everything that waits for ``person``, in the order of sending, marked as sent: the caller shows it itself."""
    address = await _address(store, person)
    taken: list[Outgoing] = []
    for lane in Lane:
        head = Head(person=person, lane=lane, address=address, owner=store.owner)
        taken += await due(store, head, now=now, limit=_EVERYTHING)

    async def job(connection: Transaction) -> None:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([message.id for message in taken]))
            .values(state=OutboxState.SENT, finished_at=now)
        )
        await connection.execute(update(outbox_heads).where(outbox_heads.c.person == person).values(due_at=None))

    await store.write(job)
    return taken


async def _address(store: Store, person: str) -> Address:
    async with store.read() as connection:
        sealed = await connection.scalar(select(conversations.c.sealed).where(conversations.c.person == person))
    return store.vault.open(sealed or b"", person)


async def release_stale(store: Store) -> int:
    """End every lease on a queue; only for the one process that may hold any. Returns how many there were."""

    async def job(connection: Transaction) -> int:
        return await release_all(connection, outbox_heads)

    return await store.write(job)
