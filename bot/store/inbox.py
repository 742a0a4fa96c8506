"""Rows of the inbox: inserted if new, worked in order of arrival, never deleted before their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from json.encoder import encode_basestring as _quote
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select, update

from bot.core.messages import Address, AttachmentKind, InboundMessage
from bot.store.engine import Store
from bot.store.tables import inbox
from bot.store.transaction import Transaction
from bot.store.types import to_micros
from bot.store.vault import Vault

TOPIC = "inbox"
_SLICE = 256
CAPPED_AT_ONCE = 500  # rows set aside in one transaction: a flood must not hold the write lane


class Entry(NamedTuple):
    """A message ready to be inserted; ``body`` is JSON, ``received_at`` in microseconds since 1970."""

    channel: str
    account: str
    external_id: str
    person: str
    sealed: bytes
    body: str
    received_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A stored message that nobody has handled yet."""

    id: int
    message: InboundMessage
    attempts: int


def seal(vault: Vault, message: InboundMessage) -> Entry:
    """The row of ``message``; done outside the transaction."""
    address = message.address
    person = vault.person(address)
    sent_at = message.sent_at.isoformat() if message.sent_at else None
    return Entry(
        address.channel,
        address.account,
        message.external_id,
        person,
        vault.seal(address, person),
        f'{{"text":{_quote(message.text)},"choice":{_quote_or_null(message.choice)}'
        f',"sent_at":{_quote_or_null(sent_at)}{_rarely(message)}}}',
        to_micros(message.received_at),
    )


def _rarely(message: InboundMessage) -> str:
    """The members of a body that most messages are without."""
    rare = (("pressed", message.pressed), ("attachment", message.attachment))
    return "".join([f',"{name}":{_quote(value)}' for name, value in rare if value is not None])


def _quote_or_null(text: str | None) -> str:
    return "null" if text is None else _quote(text)


async def insert_new(connection: Transaction, entries: Sequence[Entry]) -> None:
    """Insert those whose (channel, account, external id) is new, and mark their conversations due.

    ``entries`` are sorted by person. Two statements for the whole batch, whatever its size: this is the hot path of the
    service, and a statement that is stepped through row by row would fight for the interpreter lock at each.
    """
    people = {entry.person: entry for entry in reversed(entries)}
    for insert, rows in (
        (_CONVERSATIONS, [_conversation_row(people[person]) for person in sorted(people)]),
        (_INBOX, [_inbox_row(entry) for entry in entries]),
    ):
        if connection.dialect.name == "sqlite":
            await _insert_slices(connection, insert, rows)
        else:
            columns = [list(column) for column in zip(*rows, strict=True)]
            await connection.exec_driver_sql(insert.from_arrays(), tuple(columns))


async def _insert_slices(connection: Transaction, insert: "_BatchInsert", rows: Sequence[tuple[object, ...]]) -> None:
    """SQLite: in slices of 256, 128, 64 … rows, so that the driver has each of these statements compiled already."""
    start = 0
    while start < len(rows):
        size = 1 << (min(len(rows) - start, _SLICE).bit_length() - 1)
        parameters = tuple(chain.from_iterable(rows[start : start + size]))
        await connection.exec_driver_sql(_from_values(insert, size), parameters)
        start += size


async def waiting(store: Store, person: str, address: Address, *, limit: int) -> list[Waiting]:
    """The oldest ``limit`` unhandled messages of ``person``, in order of arrival."""
    async with store.read() as connection:
        rows = await connection.execute(
            _pending_of(
                person, inbox.c.id, inbox.c.external_id, inbox.c.body, inbox.c.received_at, inbox.c.attempts
            ).limit(limit)
        )
        return [
            Waiting(
                id=row.id, attempts=row.attempts, message=_message(address, row.external_id, row.body, row.received_at)
            )
            for row in rows
        ]


async def external_id_of(store: Store, row: int, *, channel: str, account: str) -> str | None:
    """What its provider calls the message of a row; None when that is gone, or came to another account."""
    mine = (inbox.c.id == row) & (inbox.c.channel == channel) & (inbox.c.account == account)
    async with store.read() as connection:
        found: str | None = await connection.scalar(select(inbox.c.external_id).where(mine))
        return found


async def came_at(store: Store, channel: str, account: str, external_id: str) -> datetime | None:
    """When the message of this id first came; None when there is none."""
    mine = (inbox.c.channel == channel) & (inbox.c.account == account) & (inbox.c.external_id == external_id)
    async with store.read() as connection:
        found: datetime | None = await connection.scalar(select(inbox.c.received_at).where(mine))
        return found


async def finish(connection: Transaction, row: int, *, state: str, now: datetime, error: str | None = None) -> None:
    """Close a pending inbox row as ``done`` or ``dead``."""
    pending = update(inbox).where(inbox.c.id == row, inbox.c.state == "pending")
    await connection.execute(pending.values(state=state, finished_at=now, error=error))


async def bury(connection: Transaction, person: str, *, error: str, now: datetime) -> None:
    """Close everything that waits for ``person`` as dead."""
    pending = update(inbox).where(inbox.c.person == person, inbox.c.state == "pending")
    await connection.execute(pending.values(state="dead", finished_at=now, error=error))


async def count_attempt(connection: Transaction, row: int, *, error: str) -> bool:
    """Remember that handling this row failed once more, and how; False when it has been closed meanwhile."""
    pending = update(inbox).where(inbox.c.id == row, inbox.c.state == "pending")
    counted = await connection.execute(pending.values(attempts=inbox.c.attempts + 1, error=error))
    return counted.rowcount > 0


async def cap(connection: Transaction, person: str, *, keep: int, now: datetime) -> int:
    """Set aside what waits for ``person`` behind the oldest ``keep`` rows, a slice at a time. Returns how many."""
    over = _pending_of(person, inbox.c.id).offset(keep).limit(CAPPED_AT_ONCE)
    ids = (await connection.execute(over)).scalars().all()
    if ids:
        await connection.execute(update(inbox).where(inbox.c.id.in_(ids)).values(state="capped", finished_at=now))
    return len(ids)


async def next_received(connection: Transaction, person: str) -> datetime | None:
    """When the oldest unhandled message of ``person`` came; None when nothing waits."""
    received: datetime | None = await connection.scalar(_pending_of(person, inbox.c.received_at).limit(1))
    return received


def _pending_of(person: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """What waits for ``person``, in order of arrival.

    "Between" instead of "equal": to PostgreSQL a person who floods looks common enough to read the whole inbox by id
    instead of the index of pending rows, and the order by person is one that only this index has.
    """
    mine = inbox.c.person.between(person, person) & (inbox.c.state == "pending")
    return select(*columns).where(mine).order_by(inbox.c.person, inbox.c.id)


def _message(address: Address, external_id: str, body: dict[str, str | None], received_at: datetime) -> InboundMessage:
    sent_at, attachment = body.get("sent_at"), body.get("attachment")
    return InboundMessage(
        address=address,
        external_id=external_id,
        text=body.get("text") or "",
        choice=body.get("choice"),
        pressed=body.get("pressed"),
        attachment=AttachmentKind(attachment) if attachment else None,
        sent_at=datetime.fromisoformat(sent_at) if sent_at else None,
        received_at=received_at,
    )


def _conversation_row(entry: Entry) -> tuple[object, ...]:
    return entry.person, entry.channel, entry.account, entry.sealed, entry.received_at, entry.received_at


def _inbox_row(entry: Entry) -> tuple[object, ...]:
    return entry.channel, entry.account, entry.external_id, entry.person, entry.body, entry.received_at


@dataclass(frozen=True, slots=True, kw_only=True)
class _BatchInsert:
    """One statement that inserts any number of rows: ``columns`` with their types, ``constants`` the same in all."""

    table: str
    columns: tuple[tuple[str, str], ...]
    constants: tuple[tuple[str, str], ...]
    conflict: str

    def from_values(self, rows: int) -> str:
        """SQLite: a row of question marks for each row, in their order."""
        row = ", ".join(["?" for _ in self.columns] + [value for _, value in self.constants])
        return self._insert("VALUES " + ", ".join([f"({row})"] * rows))

    def from_arrays(self) -> str:
        """PostgreSQL: an array for each column, in the order of the rows."""
        names = [name for name, _ in self.columns]
        arrays = ", ".join(f"${place}::{kind}[]" for place, (_, kind) in enumerate(self.columns, 1))
        picked = ", ".join([*names, *(value for _, value in self.constants)])
        unnested = f"unnest({arrays}) WITH ORDINALITY AS new ({', '.join(names)}, place)"
        return self._insert(f"SELECT {picked} FROM {unnested} ORDER BY place")  # noqa: S608 – nothing in it comes from outside

    def _insert(self, source: str) -> str:
        names = ", ".join(name for name, _ in (*self.columns, *self.constants))
        return f"INSERT INTO {self.table} ({names}) {source} ON CONFLICT {self.conflict}"


@lru_cache(maxsize=64)
def _from_values(insert: _BatchInsert, rows: int) -> str:
    return insert.from_values(rows)


_CONVERSATIONS = _BatchInsert(
    table="conversations",
    columns=(
        ("person", "text"),
        ("channel", "text"),
        ("account", "text"),
        ("sealed", "bytea"),
        ("due_at", "bigint"),
        ("waiting_since", "bigint"),
    ),
    constants=(
        ("state", "''"),
        ("data", "'{}'"),
        ("choices", "'[]'"),
        ("language", "'vi'"),
        ("version", "0"),
        ("mail_count", "0"),
    ),
    # a row that is due already is only locked (PostgreSQL), not written again
    conflict="(person) DO UPDATE SET due_at = excluded.due_at, waiting_since = excluded.waiting_since"
    " WHERE conversations.due_at IS NULL",
)
_INBOX = _BatchInsert(
    table="inbox",
    columns=(
        ("channel", "text"),
        ("account", "text"),
        ("external_id", "text"),
        ("person", "text"),
        ("body", "text"),
        ("received_at", "bigint"),
    ),
    constants=(("state", "'pending'"), ("attempts", "0")),
    conflict="(channel, account, external_id) DO NOTHING",
)
