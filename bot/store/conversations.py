"""Where each talk stands, and the inbox's heads: a conversation is claimed, not its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Row, select, tuple_, update

from bot.core.conversation import Conversation
from bot.core.errors import ConflictError, LeaseLostError, StoreError
from bot.core.messages import Address, Choice
from bot.store import inbox as inbox_rows
from bot.store.engine import Store
from bot.store.queue import LEASE, claim, lock, release_all
from bot.store.tables import conversations
from bot.store.transaction import Transaction

FLOOD = timedelta(minutes=10)
"""One flood is explained once in this time."""
CLI_ACCOUNT = "cli"
"""The account of ``tracuu ask``: only the process that asks claims it, no provider ever sees it."""

_FURTHEST = timedelta(minutes=1)
"""No second try is further away: what is due later was written before the clock was set back."""
_claims = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which conversations a worker claims: those of one ``person``, or everybody but the terminal's."""

    person: str | None = None

    def where(self) -> ColumnElement[bool]:
        """The condition on the conversations table."""
        if self.person is not None:
            return conversations.c.person == self.person
        return conversations.c.account != CLI_ACCOUNT


EVERYBODY = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A conversation that this worker may work on until its lease ends."""

    person: str
    owner: str
    conversation: Conversation


async def claim_due(store: Store, *, scope: Scope, now: datetime, limit: int) -> list[Claimed]:
    """Take the conversations that have waited longest, at most ``limit``.

    The messages of one whose address cannot be opened are given up: they are dead letters and hold nobody up.
    """

    # each claim has a name of its own: also this process may claim again what a slow turn of its own has lost
    owner = f"{store.owner}/{next(_claims)}"

    async def take(connection: Transaction) -> Sequence[Row[Any]]:
        return await claim(
            connection,
            conversations,
            where=scope.where(),
            order=[conversations.c.due_at],
            owner=owner,
            now=now,
            limit=limit,
        )

    async def job(connection: Transaction) -> list[Claimed]:
        rows = await take(connection)
        if not rows and await _wake_stranded(connection, now=now):
            rows = await take(connection)
        claimed = []
        for row in sorted(rows, key=lambda row: row.due_at):
            try:
                claimed.append(Claimed(person=row.person, owner=owner, conversation=_conversation(store, row)))
            except StoreError as error:
                await _give_up(connection, row.person, reason=str(error), now=now)
        return claimed

    return await store.write(job)


async def _wake_stranded(connection: Transaction, *, now: datetime) -> int:
    """Make due what was to be due before the clock was set back. Returns how many."""
    stranded = await lock(connection, conversations, conversations.c.due_at > now + _FURTHEST)
    return (await connection.execute(update(conversations).where(stranded).values(due_at=now))).rowcount


async def _give_up(connection: Transaction, person: str, *, reason: str, now: datetime) -> None:
    await inbox_rows.bury(connection, person, error=reason, now=now)
    asleep = {"due_at": None, "waiting_since": None, "lease_owner": None, "lease_until": None}
    await connection.execute(update(conversations).where(conversations.c.person == person).values(asleep))


async def renew(store: Store, held: Sequence[Claimed], *, now: datetime) -> None:
    """Begin the leases of ``held`` anew, as far as they have not been lost: the work takes longer than a lease."""
    mine = tuple_(conversations.c.person, conversations.c.lease_owner).in_([(one.person, one.owner) for one in held])

    async def job(connection: Transaction) -> None:
        still = await lock(connection, conversations, mine)
        await connection.execute(update(conversations).where(still).values(lease_until=now + LEASE))

    await store.write(job)


async def hold(connection: Transaction, claimed: Claimed, *, version: int | None = None) -> None:
    """Lock the conversation for this transaction.

    Raises LeaseLostError when another worker has it by now, ConflictError when ``version`` is given and not current.
    """
    row = (
        await connection.execute(
            select(conversations.c.lease_owner, conversations.c.version)
            .where(conversations.c.person == claimed.person)
            .with_for_update()
        )
    ).one_or_none()
    if row is None or row.lease_owner != claimed.owner:
        raise LeaseLostError("another worker has taken this conversation over")
    if version is not None and row.version != version:
        raise ConflictError("the conversation has changed meanwhile")


async def save(connection: Transaction, claimed: Claimed, conversation: Conversation) -> None:
    """Write the state of the talk as it is now; its version grows by one."""
    await connection.execute(
        update(conversations)
        .where(conversations.c.person == claimed.person)
        .values(
            state=conversation.state,
            data=dict(conversation.data),
            choices=[[choice.label, choice.value] for choice in conversation.choices],
            language=conversation.language,
            accents=int(conversation.accents),
            updated_at=conversation.updated_at,
            version=conversation.version,
        )
    )


async def settle(
    connection: Transaction, claimed: Claimed, *, now: datetime, release: bool, pause: timedelta = timedelta(0)
) -> None:
    """Move the head of a held conversation: due again (after ``pause``) while rows wait, else not due."""
    oldest = await inbox_rows.next_received(connection, claimed.person)
    values: dict[str, object] = {"due_at": None if oldest is None else now + pause, "waiting_since": oldest}
    if release:
        values |= {"lease_owner": None, "lease_until": None}
    await connection.execute(update(conversations).where(conversations.c.person == claimed.person).values(values))


async def begin_flood(connection: Transaction, claimed: Claimed, *, now: datetime) -> bool:
    """Whether this is a new flood of this person: none began in the last ten minutes."""
    result = await connection.execute(
        update(conversations)
        .where(
            conversations.c.person == claimed.person,
            conversations.c.flooded_at.is_(None) | (conversations.c.flooded_at <= now - FLOOD),
        )
        .values(flooded_at=now)
    )
    return result.rowcount > 0


async def release_stale(store: Store) -> int:
    """End every lease on a conversation; only for the one process that may hold any. Returns how many there were."""

    async def job(connection: Transaction) -> int:
        return await release_all(connection, conversations)

    return await store.write(job)


async def load(store: Store, address: Address) -> Conversation:
    """The conversation with ``address``; a fresh one when we never spoke."""
    person = store.vault.person(address)
    async with store.read() as connection:
        row = (await connection.execute(select(conversations).where(conversations.c.person == person))).one_or_none()
    return Conversation(address=address) if row is None else _conversation(store, row)


def _conversation(store: Store, row: Any) -> Conversation:
    return Conversation(
        address=store.vault.open(row.sealed, row.person),
        state=row.state,
        data=row.data,
        choices=tuple(Choice(label=label, value=value) for label, value in row.choices),
        language=row.language,
        accents=bool(row.accents),
        updated_at=row.updated_at,
        version=row.version,
        silent_until=row.silent_until,
    )
