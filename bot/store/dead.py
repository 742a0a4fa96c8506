"""What was given up after its tries: listed with its reason, replayed on request, never dropped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, bindparam, delete, select, update

from bot.core.delivery import DeliveryState, OutboxState
from bot.store.engine import Store
from bot.store.inbox import TOPIC as INBOX
from bot.store.outbox import TOPIC as OUTBOX
from bot.store.tables import conversations, inbox, outbox, outbox_heads, outbox_parts, quarantine
from bot.store.transaction import Transaction

Kind = Literal["inbox", "outbox", "quarantine"]
LISTED = 200
"""So many of each kind are listed at once."""
GIVEN_UP = outbox.c.state.in_(
    bindparam("given_up", [OutboxState.DEAD, OutboxState.PARKED], expanding=True, literal_execute=True)
)
"""An outgoing message that nobody will send without being asked to. Its values stand in the statement itself: SQLite
uses the index of such messages only where it sees them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A row that waits for an operator. Names no person and holds no text."""

    kind: Kind
    id: int
    channel: str
    account: str
    reason: str
    since: datetime | None


async def list_dead(store: Store, *, limit: int = LISTED) -> list[DeadLetter]:
    """The newest dead letters of inbox, outbox and quarantine, at most ``limit`` of each."""
    queries: tuple[tuple[Kind, Select[Any]], ...] = (
        (
            "inbox",
            select(inbox.c.id, inbox.c.channel, inbox.c.account, inbox.c.error, inbox.c.finished_at)
            .where(inbox.c.state == "dead")
            .order_by(inbox.c.id.desc())
            .limit(limit),
        ),
        (
            "outbox",
            select(outbox.c.id, outbox.c.channel, outbox.c.account, outbox.c.error, outbox.c.finished_at)
            .where(GIVEN_UP)
            .order_by(outbox.c.id.desc())
            .limit(limit),
        ),
        (
            "quarantine",
            select(
                quarantine.c.id,
                quarantine.c.channel,
                quarantine.c.account,
                quarantine.c.reason,
                quarantine.c.received_at,
            )
            .order_by(quarantine.c.id.desc())
            .limit(limit),
        ),
    )
    async with store.read() as connection:
        return [
            DeadLetter(kind=kind, id=row[0], channel=row[1], account=row[2], reason=row[3] or "", since=row[4])
            for kind, query in queries
            for row in await connection.execute(query)
        ]


async def replay_inbox(store: Store, row: int, *, now: datetime) -> bool:
    """Let a dead message be handled again; False when there is no such dead row."""

    async def job(connection: Transaction) -> bool:
        person = await connection.scalar(
            update(inbox)
            .where(inbox.c.id == row, inbox.c.state == "dead")
            .values(state="pending", attempts=0, finished_at=None)
            .returning(inbox.c.person)
        )
        if person is None:
            return False
        await connection.execute(
            update(conversations).where(conversations.c.person == person).values(due_at=now, waiting_since=now)
        )
        return True

    return await store.write(job, wake=[INBOX])


async def replay_outbox(store: Store, row: int, *, now: datetime) -> bool:
    """Let a dead or parked message be sent again, as if asked for now; parts that have left are not repeated, those of
    which nobody knows are."""

    async def job(connection: Transaction) -> bool:
        head = (
            await connection.execute(
                update(outbox)
                .where(outbox.c.id == row, GIVEN_UP)
                .values(
                    state=OutboxState.QUEUED,
                    attempts=1,
                    resends=0,
                    created_at=now,
                    not_before=now,
                    expires_at=None,
                    finished_at=None,
                )
                .returning(outbox.c.person, outbox.c.lane)
            )
        ).one_or_none()
        if head is None:
            return False
        unknown = (outbox_parts.c.outbox_id == row) & (outbox_parts.c.state == DeliveryState.UNKNOWN)
        await connection.execute(delete(outbox_parts).where(unknown))
        await connection.execute(
            update(outbox_heads)
            .where(outbox_heads.c.person == head.person, outbox_heads.c.lane == head.lane)
            .values(due_at=now, waiting_since=now)
        )
        return True

    return await store.write(job, wake=[OUTBOX])
