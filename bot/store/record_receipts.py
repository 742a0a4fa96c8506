"""Put on record what became of reminders: sent, delivered, read, failed.

Level-triggered: it looks at the reminders of the last days and at what is known of their messages now, and appends what
is not on record yet. Any number of processes may do so, at any time, also after standing still.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.delivery import DeliveryState, OutboxState
from bot.core.record import Entry, EntryKind
from bot.store.engine import Store
from bot.store.record import append_new
from bot.store.tables import outbox, outbox_parts, record

WATCHED = timedelta(days=12)
"""How long after a reminder its receipts are looked for: over the longest holidays."""
LATELY = timedelta(hours=26)
"""Most receipts come within so long."""
_SLICE = 100  # what is done with a slice holds the loop
_MOVES = 6
"""A message that cannot go to one address goes on to another, at most so many times."""
_BROKEN = frozenset({DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN})
_QUIET = frozenset({OutboxState.QUEUED, OutboxState.ELSEWHERE})


async def note_receipts(store: Store, *, now: datetime, within: timedelta = WATCHED) -> int:
    """Append what has become of the reminders of the time ``within`` since the last look. Returns how many entries."""
    noted, last = 0, 0
    while True:
        reminded = (
            select(record.c.seq, record.c.province, record.c.agency_id, record.c.officer_id, record.c.message)
            .where(record.c.kind == str(EntryKind.REMINDED), record.c.at > now - within)
            .where(record.c.seq > last, record.c.message.is_not(None))
            .order_by(record.c.seq)
            .limit(_SLICE)
        )
        async with store.read() as connection:
            reminders = (await connection.execute(reminded)).all()
            fresh = await _fresh(connection, reminders, now)
        if fresh:
            noted += await append_new(store, fresh)
        if len(reminders) < _SLICE:
            return noted
        last = reminders[-1].seq


async def _fresh(connection: AsyncConnection, reminders: Sequence[Any], now: datetime) -> list[Entry]:
    """The entries that are not on record yet."""
    fates = await _fates(connection, {row.message for row in reminders})
    entries = [_entry(row, *fates[row.message], now=now) for row in reminders if row.message in fates]
    names = [entry.once for entry in entries]
    known = set((await connection.execute(select(record.c.once).where(record.c.once.in_(names)))).scalars())
    return [entry for entry in entries if entry.once not in known]


def _entry(row: Any, state: str, at: datetime | None, channel: str, *, now: datetime) -> Entry:
    return Entry(
        kind=EntryKind.RECEIPT,
        at=now,
        province=row.province,
        agency=row.agency_id,
        officer=row.officer_id,
        message=row.message,
        document={"reminder": row.seq, "state": state, "at": at and at.isoformat(), "channel": channel},
        once=f"receipt/{row.seq}/{state}",
    )


async def _fates(
    connection: AsyncConnection, messages: Collection[str]
) -> Mapping[str, tuple[str, datetime | None, str]]:
    """What became of ``messages``, when, and on which channel, as far as anything did."""
    names = {f"{message}{':1' * moved}": message for message in messages for moved in range(_MOVES + 1)}
    columns = (outbox.c.id, outbox.c.dedupe_key, outbox.c.channel, outbox.c.state, outbox.c.finished_at)
    rows = (await connection.execute(select(*columns).where(outbox.c.dedupe_key.in_(names)))).all()
    parts = await _parts(connection, [row.id for row in rows if row.state == OutboxState.SENT])
    fates = {}
    for row in sorted(rows, key=lambda row: len(row.dedupe_key)):  # where it went last says what became of it
        if row.state not in _QUIET:
            reached = list(parts[row.id])
            state = _lowest([DeliveryState(part.state) for part in reached]) if reached else row.state
            at = max((part.at for part in reached), default=row.finished_at)
            fates[names[row.dedupe_key]] = (state, at, row.channel)
    return fates


async def _parts(connection: AsyncConnection, ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    columns = (outbox_parts.c.outbox_id, outbox_parts.c.state, outbox_parts.c.at)
    for row in await connection.execute(select(*columns).where(outbox_parts.c.outbox_id.in_(ids))):
        found[row.outbox_id].append(row)
    return found


def _lowest(states: Sequence[DeliveryState]) -> str:
    """A message has arrived when all of its parts have; one that failed is a message that failed."""
    broken = [state for state in states if state in _BROKEN]
    return min(broken or states).name.lower()
