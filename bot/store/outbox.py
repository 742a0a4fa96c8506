"""Messages that wait to be sent: written with the change that caused them, claimed by person and lane.

Order holds per (person, lane). A message that is to be tried again soon keeps its place: those behind it wait, so that
a short trouble does not shuffle a talk. One that is parked, for later, or has failed
:data:`bot.store.waiting.HELD` times blocks nobody.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Row, case, func, select, update

from bot.core.delivery import BULK, Lane, OutboxState
from bot.core.errors import StoreError
from bot.core.messages import Address, Reply
from bot.store import consents, ladder, leases
from bot.store.dialect import insert_if_new, upsert
from bot.store.engine import Store
from bot.store.queue import LEASE, claim, release_all
from bot.store.reply import to_document
from bot.store.tables import conversations, outbox, outbox_heads, standings
from bot.store.transaction import Transaction
from bot.store.vault import Vault
from bot.store.waiting import Outgoing, ready, these

TOPIC = "outbox"
_EVERYTHING = 1000
_claims = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be queued. ``dedupe_key`` makes queueing it twice harmless; ``origin`` says what caused it.

    ``elsewhere`` are the addresses that it goes to instead, one after the other, while it cannot reach the person here.
    With ``confirm_within`` it must reach somebody: what has left and is not reported delivered or read by then, or is
    reported lost, goes on to the next of them as well (:mod:`bot.store.reaching`). ``moves``: how often it has moved
    between accounts that stand in for each other.
    """

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
    elsewhere: Sequence[Address] = ()
    confirm_within: timedelta | None = None
    moves: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One person's queue in one lane, leased to this sender and due since ``due_at``.

    ``accents``: the person pays for diacritics. ``unreachable``: the provider was known to refuse what is for them;
    ``unwilling``: the person wants nothing that nobody waits for.
    """

    person: str
    lane: Lane
    address: Address
    owner: str
    accents: bool = False
    due_at: datetime | None = None
    unreachable: bool = False
    unwilling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Queue:
    """A queue that was claimed, with the messages that may go in this turn, oldest first."""

    head: Head
    messages: Sequence[Outgoing]


async def enqueue(connection: Transaction, draft: Draft, *, now: datetime, vault: Vault | None = None) -> None:
    """Queue ``draft`` within the caller's transaction; the same ``dedupe_key`` again changes nothing.

    A draft that may go elsewhere needs the ``vault`` that seals these addresses: without it StoreError is raised.
    """
    if draft.elsewhere and vault is None:
        raise StoreError("addresses are only kept sealed")
    elsewhere = vault.seal_all(draft.elsewhere, draft.person) if vault is not None and draft.elsewhere else None
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
        elsewhere=elsewhere,
        moves=draft.moves,
    )
    if not fresh:
        return
    if draft.confirm_within is not None:
        await ladder.begin(connection, draft.dedupe_key, within=draft.confirm_within, at=not_before)
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
    """Take up to ``limit`` due queues of one of our accounts, see :func:`claim_queues`."""
    queues = await claim_queues(store, channel=channel, account=account, now=now, limit=limit, messages=0, lease=lease)
    return [queue.head for queue in queues]


async def claim_queues(
    store: Store,
    *,
    channel: str,
    account: str,
    now: datetime,
    limit: int,
    messages: int,
    bulk: int | None = None,
    lease: timedelta = LEASE,
    holder: str | None = None,
) -> list[Queue]:
    """Take up to ``limit`` due queues of one of our accounts: answers first, within a lane the longest due first.

    At most ``bulk`` of them, if given, are of lanes that nobody waits for. Each comes with its first ``messages`` that
    may go now. ``lease`` must outlast the slowest sending where a repeated
    part would arrive twice. Nothing is taken unless ``holder``, if given, holds the lease on the account. What waits
    for somebody whose address is unknown or cannot be opened is given up: it is dead and holds nobody up.
    """
    owner = f"{store.owner}/{next(_claims)}"
    mine = (outbox_heads.c.channel == channel) & (outbox_heads.c.account == account)
    if holder is not None:
        mine &= leases.is_held(channel=channel, account=account, owner=holder, now=now)

    async def job(connection: Transaction) -> list[Queue]:
        rows: list[Row[Any]] = []
        scarce = limit if bulk is None else bulk
        for lane in Lane:  # lane by lane, so that what is due later in one is not read on the way to the next
            most = min(limit - len(rows), scarce) if lane in BULK else limit - len(rows)
            if most <= 0:
                break
            taken = await claim(
                connection,
                outbox_heads,
                where=mine & (outbox_heads.c.lane == int(lane)),
                order=[outbox_heads.c.due_at],
                owner=owner,
                now=now,
                limit=most,
                lease=lease,
            )
            rows += sorted(taken, key=lambda row: row.due_at)
            scarce -= len(taken) if lane in BULK else 0
        heads = await _with_address(connection, store.vault, rows, owner=owner, now=now)
        leased = these((head.person, int(head.lane), owner) for head in heads)
        waiting = await ready(connection, leased, now=now, limit=messages) if heads and messages else {}
        return [Queue(head=head, messages=waiting.get((head.person, head.lane), [])) for head in heads]

    return await store.write(job)


async def _with_address(
    connection: Transaction, vault: Vault, rows: Sequence[Row[Any]], *, owner: str, now: datetime
) -> list[Head]:
    known = await _people(connection, vault, [row.person for row in rows])
    unasked = [row.person for row in rows if row.person in known and row.lane in BULK]
    kin = [(person, *vault.people(known[person][0])) for person in unasked]
    unwilling = await consents.unwilling(connection, kin)
    heads = []
    for row in rows:
        if row.person not in known:
            await _give_up(connection, row.person, row.lane, now=now)
            continue
        address, accents, unreachable = known[row.person]
        heads.append(
            Head(
                person=row.person,
                lane=Lane(row.lane),
                address=address,
                owner=owner,
                accents=accents,
                due_at=row.due_at,
                unreachable=unreachable,
                unwilling=row.lane in BULK and row.person in unwilling,
            )
        )
    return heads


async def _people(
    connection: Transaction, vault: Vault, people: Sequence[str]
) -> dict[str, tuple[Address, bool, bool]]:
    """Where those of ``people`` are reached whose address we have and can open; whether they want diacritics, and
    whether they are known to refuse us."""
    columns = (conversations.c.person, conversations.c.sealed, conversations.c.accents, standings.c.unreachable_at)
    known = conversations.outerjoin(standings, standings.c.person == conversations.c.person)
    found: dict[str, tuple[Address, bool, bool]] = {}
    if not people:
        return found
    query = select(*columns).select_from(known).where(conversations.c.person.in_(people))
    for row in await connection.execute(query):
        with contextlib.suppress(StoreError):
            address = vault.open(row.sealed, row.person)
            found[row.person] = (address, bool(row.accents), row.unreachable_at is not None)
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
    """The rows of ``head`` that may go now, oldest first; none when it is no longer leased to its owner."""
    async with store.read() as connection:
        waiting = await ready(connection, these([(head.person, int(head.lane), head.owner)]), now=now, limit=limit)
    return waiting.get((head.person, head.lane), [])


async def take_all(store: Store, person: str, *, now: datetime) -> list[Outgoing]:
    """Everything that waits for ``person``, in the order of sending, marked as sent: the caller shows it itself."""
    async with store.read() as connection:
        queues = await ready(connection, outbox_heads.c.person == person, now=now, limit=_EVERYTHING)
    taken = [message for _, queue in sorted(queues.items()) for message in queue]

    async def job(connection: Transaction) -> None:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([message.id for message in taken]))
            .values(state=OutboxState.SENT, finished_at=now)
        )
        await connection.execute(update(outbox_heads).where(outbox_heads.c.person == person).values(due_at=None))

    await store.write(job)
    return taken


async def release_stale(store: Store) -> int:
    """End every lease on a queue or an account; only for the one process that may hold any. Returns how many queues."""

    async def job(connection: Transaction) -> int:
        await leases.release_all(connection)
        return await release_all(connection, outbox_heads)

    return await store.write(job)
