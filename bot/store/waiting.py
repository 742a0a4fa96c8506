"""What waits in the queues of the outbox: the rows that may go now, for any number of queues in one statement.

A statement never reads more of a queue than it gives back, however many rows wait there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Dialect,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    exists,
    func,
    select,
    true,
    tuple_,
)

from bot.core.delivery import DeliveryState, Lane, OutboxState
from bot.core.errors import StoreError
from bot.core.messages import Reply
from bot.store.reply import from_document
from bot.store.tables import outbox, outbox_heads, outbox_parts
from bot.store.transaction import Transaction

HELD = 6
"""Tries of a message for which those behind it wait: about half a minute."""
LONGEST_PAUSE = timedelta(hours=1)
"""No second try is further away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A queued message. ``sent`` are the numbers of the parts that have left, ``since`` when it was asked for.

    ``doubtful``: nobody knows whether all of these have. ``created_at`` is when it was queued, whatever became of it
    since, ``origin`` what caused it.
    """

    id: int
    document: dict[str, Any]
    language: str
    lane: Lane
    attempts: int
    resends: int
    since: datetime
    created_at: datetime
    origin: str
    sent: frozenset[int]
    doubtful: bool = False

    @property
    def reply(self) -> Reply:
        """What is to be said. Raises StoreError when this program cannot read it (any more)."""
        try:
            return from_document(self.document)
        except (TypeError, ValueError) as error:
            raise StoreError("a reply written by another version of this program") from error


_COLUMNS = (
    outbox.c.id,
    outbox.c.person,
    outbox.c.lane,
    outbox.c.reply,
    outbox.c.language,
    outbox.c.attempts,
    outbox.c.resends,
    outbox.c.not_before,
    outbox.c.created_at,
    outbox.c.origin,
)


async def ready(
    connection: Transaction, heads: ColumnElement[bool], *, now: datetime, limit: int
) -> dict[tuple[str, Lane], list[Outgoing]]:
    """What may go now in the queues of ``heads``, up to ``limit`` messages of each."""
    queues: dict[tuple[str, Lane], list[Row[Any]]] = {}
    for row in await connection.execute(next_in_turn(connection.dialect, heads, *_COLUMNS, now=now, limit=limit)):
        queues.setdefault((row.person, Lane(row.lane)), []).append(row)
    ready = {key: list(takewhile(lambda row: row.not_before <= now, rows)) for key, rows in queues.items()}
    sent = await _sent(connection, [row.id for rows in ready.values() for row in rows])
    return {key: [_outgoing(row, sent) for row in rows] for key, rows in ready.items()}


async def _sent(connection: Transaction, rows: Sequence[int]) -> dict[int, dict[int, bool]]:
    """Which parts have left of the messages ``rows``; False where nobody knows if they have."""
    sent: dict[int, dict[int, bool]] = {}
    if rows:
        columns = (outbox_parts.c.outbox_id, outbox_parts.c.number, outbox_parts.c.state)
        for part in await connection.execute(select(*columns).where(outbox_parts.c.outbox_id.in_(rows))):
            sent.setdefault(part.outbox_id, {})[part.number] = part.state > DeliveryState.UNKNOWN
    return sent


def _outgoing(row: Row[Any], sent: Mapping[int, Mapping[int, bool]]) -> Outgoing:
    parts = sent.get(row.id, {})
    return Outgoing(
        id=row.id,
        document=row.reply,
        language=row.language,
        lane=Lane(row.lane),
        attempts=row.attempts,
        resends=row.resends,
        since=row.not_before,
        created_at=row.created_at,
        origin=row.origin,
        sent=frozenset(parts),
        doubtful=not all(parts.values()),
    )


def next_in_turn(
    dialect: Dialect, heads: ColumnElement[bool], *columns: Column[Any], now: datetime, limit: int
) -> Select[Any]:
    """The ``columns`` of the first ``limit`` rows of each queue of ``heads``, oldest first within a queue.

    They are what may go now, and what is to be tried again soon and makes those behind it wait.
    """
    first = outbox.alias("first")
    held = first.c.error.is_not(None) & (first.c.attempts < HELD)
    chosen = [first.c[column.name] for column in columns]
    mine = [_waits(first, outbox_heads, now=now), (first.c.not_before <= now) | held]
    ordered = (first.c.person, first.c.lane, first.c.id)  # as the index has them: PostgreSQL must not go by id
    if dialect.name == "sqlite":  # knows no LATERAL
        ids = select(first.c.id).where(*mine).order_by(*ordered).limit(limit).correlate(outbox_heads)
        found = select(*columns).select_from(outbox_heads.join(outbox, outbox.c.id.in_(ids)))
        return found.where(heads).order_by(outbox.c.id)
    turn = select(*chosen, first.c.id.label("place")).where(*mine).order_by(*ordered).limit(limit).lateral("turn")
    found = select(*(turn.c[column.name] for column in columns)).select_from(outbox_heads.join(turn, true()))
    return found.where(heads).order_by(turn.c.place)


def for_later(heads: ColumnElement[bool], *, now: datetime) -> Select[Any]:
    """For each queue of ``heads`` with waiting rows: person, lane, when the first is due, since when they wait."""
    first = (func.min(outbox.c.not_before).label("due"), func.min(outbox.c.created_at).label("since"))
    queues = outbox_heads.join(outbox, _waits(outbox, outbox_heads, now=now))
    key = (outbox_heads.c.person, outbox_heads.c.lane)
    return select(*key, *first).select_from(queues).where(heads).group_by(*key)


def not_empty(heads: ColumnElement[bool], *, now: datetime) -> Select[Any]:
    """Person and lane of those queues of ``heads`` in which anything waits."""
    waiting = exists(select(outbox.c.id).where(_waits(outbox, outbox_heads, now=now)))
    return select(outbox_heads.c.person, outbox_heads.c.lane).where(heads, waiting)


def these(heads: Iterable[tuple[str, int, str]]) -> ColumnElement[bool]:
    """The condition on a head that its person, lane and the owner of its lease are among ``heads``."""
    keys = sorted(heads)
    exactly = tuple_(outbox_heads.c.person, outbox_heads.c.lane, outbox_heads.c.lease_owner).in_(keys)
    return and_(outbox_heads.c.person.in_(sorted({person for person, _, _ in keys})), exactly)


def _waits(rows: FromClause | Table, head: Table, *, now: datetime) -> ColumnElement[bool]:
    """The condition on a message that it waits in the queue of ``head`` and its time is not over.

    "Between" instead of "equal" keeps PostgreSQL from reading the whole outbox by id, as in ``inbox``.
    """
    return and_(
        rows.c.person.between(head.c.person, head.c.person),
        rows.c.lane.between(head.c.lane, head.c.lane),
        rows.c.state == OutboxState.QUEUED,
        rows.c.expires_at.is_(None) | (rows.c.expires_at > now),
    )
