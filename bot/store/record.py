"""The record of what was sent, said and decided about duties: only ever added to, and sealed entry by entry.

**Numbers without gaps.** The last number and its hash stand in one row (a fact), which whoever appends holds until the
commit; a transaction that is rolled back takes its number with it. SQLite has one write lane anyway; on PostgreSQL this
makes everybody who appends wait for each other, so **append last in a transaction, once, with everything there is to
append**: whoever holds this row waits for no other one, and nobody waits for each other for ever.

**How long.** The record is evidence that a duty was urged, so it outlives what people wrote: :data:`KEEP`. It holds ids
of officers and the names that they had in office, no address: erasing an address leaves it as it is.
"""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, delete, func, insert, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import StoreError
from bot.core.local_time import VIETNAM
from bot.core.record import START, Break, ChainCheck, Entry, Recorded, canonical, seal
from bot.store.dialect import insert_if_new, upsert
from bot.store.engine import Store
from bot.store.fact import read_fact
from bot.store.tables import facts, record
from bot.store.transaction import Transaction
from bot.store.types import EPOCH, from_micros

KEEP = timedelta(days=5 * 366)
"""How long an entry is kept: the five years for which a decision's yearly reports are compared, as long as a
complaint about what was urged can be expected. Project policy, no law names a term."""
HEAD = "record.head"
"""The fact that says the number and the hash of the last entry."""
BASE = "record.base"
"""The fact that says the same of the last entry that was dropped for its age; absent where none was."""
_SLICE = 500
_TOGETHER = 100
_LOWEST = -(2**63)
_COLUMNS = (
    *(column for column in record.c if column.name not in {"at", "document", "message", "once"}),
    type_coerce(record.c.at, BigInteger).label("micros"),
    type_coerce(record.c.document, Text).label("text"),
)
"""As they lie there: what somebody changed by hand may be nothing that can be read."""


async def append(connection: Transaction, entry: Entry) -> int:
    """Put ``entry`` on record within the caller's transaction, as its last step. Returns its number."""
    return (await append_all(connection, [entry]))[0]


async def append_all(connection: Transaction, entries: Sequence[Entry]) -> list[int]:
    """Put ``entries`` on record within the caller's transaction, as its last step. Returns their numbers, in order;
    of one that is there already (:attr:`Entry.once`) the number that it has."""
    if not entries:
        return []
    seq, previous = await _hold_head(connection)
    known = await _known(connection, [entry.once for entry in entries if entry.once])
    numbers, rows = [], []
    for entry in entries:
        if entry.once in known:
            numbers.append(known[entry.once])
            continue
        sealed = seal(previous, seq + 1, entry)
        seq, previous = sealed.seq, sealed.hash
        rows.append(_row(sealed, entry))
        numbers.append(seq)
        if entry.once:
            known[entry.once] = seq
    if rows:
        await connection.execute(insert(record), rows)
        head = update(facts).where(facts.c.name == HEAD)
        await connection.execute(head.values(value=f"{seq} {previous}"))
    return numbers


async def append_new(store: Store, entries: Iterable[Entry]) -> int:
    """Put those of ``entries`` on record that are not there yet, by :attr:`Entry.once`; returns how many.

    However many there are, nobody waits for whoever only looks, and each transaction holds the write lane shortly.
    """
    rest, appended = iter(entries), 0
    while some := list(islice(rest, _SLICE)):
        async with store.read() as connection:
            known = await _known(connection, [entry.once for entry in some if entry.once])
        new = [entry for entry in some if entry.once not in known]
        for start in range(0, len(new), _TOGETHER):
            await store.write(partial(append_all, entries=new[start : start + _TOGETHER]))
        appended += len(new)
    return appended


async def read_record(
    store: Store, *, province: str = "", agency: int | None = None, first: date | None = None, last: date | None = None
) -> AsyncIterator[Recorded]:
    """The entries of a profile (empty = of all) and agency (None = of all), the oldest first, of the days from
    ``first`` to ``last`` in Việt Nam, a slice at a time: what is appended meanwhile may be among them."""
    wanted = [record.c.province == province] if province else []
    wanted += [record.c.agency_id == agency] if agency is not None else []
    wanted += [record.c.at >= _midnight(first)] if first else []
    wanted += [record.c.at < _midnight(last + timedelta(days=1))] if last else []
    async for recorded in _stream(store, *wanted):
        yield recorded


async def verify(store: Store) -> Break | None:
    """The first place at which the record is not what it was, None when it is whole. Reads it a slice at a time, as it
    was when the look began."""
    base = await read_fact(store, BASE)
    found = await _follow(store, base)
    while found and (now := await read_fact(store, BASE)) != base:  # what is old was dropped meanwhile
        base = now
        found = await _follow(store, base)
    return found


async def _follow(store: Store, base: str | None) -> Break | None:
    check, end = ChainCheck(*_position(base)), await read_fact(store, HEAD)
    last = _position(end) if end else (check.seq, check.last)
    async for recorded in _stream(store, record.c.seq <= last[0]):
        if found := check.follow(recorded):
            return found
    return check.end(seq=last[0], last=last[1]) or await _unannounced(store)


async def head(store: Store) -> tuple[int, str]:
    """The number and the hash of the last entry; 0 and :data:`START` while there is none."""
    return _position(await read_fact(store, HEAD))


async def compare(store: Store, seq: int, digest: str) -> Break | None:
    """What is wrong with the entry ``seq``, which had the hash ``digest`` when the record was exported; None when it
    still has. Raises StoreError when it was dropped for its age, so that nobody can say."""
    async with store.read() as connection:
        found = await connection.scalar(select(record.c.hash).where(record.c.seq == seq))
    base = _position(await read_fact(store, BASE))
    if found is None and seq < base[0]:
        raise StoreError(f"entry {seq} was dropped for its age, as all up to {base[0]}; compare a later export")
    if (base[1] if seq == base[0] else found) != digest:
        return Break(seq=seq, reason="it is not the one that the earlier export names")
    return None


async def forget(store: Store, *, before: datetime) -> int:
    """Drop the entries from before ``before``, the oldest first; what they led to stays known, so that the rest can
    still be verified. Returns how many went."""
    gone = 0
    while True:
        async with store.read() as connection:
            oldest = select(record.c.seq, record.c.at, record.c.hash).order_by(record.c.seq).limit(_SLICE)
            rows = (await connection.execute(oldest)).all()
        old = _leading(rows, before)
        if not old:
            return gone

        async def job(connection: Transaction, old: Sequence[Any] = old) -> int:
            await _hold_head(connection)
            base = {"name": BASE, "value": f"{old[-1].seq} {old[-1].hash}"}
            dropped = (await connection.execute(delete(record).where(record.c.seq <= old[-1].seq))).rowcount
            if dropped:
                await upsert(connection, facts, base, lambda new: {"value": new.value})
            return dropped

        gone += await store.write(job)


def _leading(rows: Sequence[Any], before: datetime) -> list[Any]:
    """Those at the beginning that are old: the chain may only be cut at its beginning."""
    young = next((place for place, row in enumerate(rows) if row.at >= before), len(rows))
    return list(rows[:young])


async def _hold_head(connection: Transaction) -> tuple[int, str]:
    """The last entry's number and hash; nobody else appends until this transaction ends."""
    await insert_if_new(connection, facts, name=HEAD, value=f"0 {START}")
    return _position(await connection.scalar(_fact(HEAD).with_for_update()))


async def _known(connection: Transaction, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(names), _SLICE):
        there = select(record.c.once, record.c.seq).where(record.c.once.in_(names[start : start + _SLICE]))
        found.update({row.once: row.seq for row in await connection.execute(there)})
    return found


async def _unannounced(store: Store) -> Break | None:
    """Nothing may stand behind the last entry. What is appended meanwhile comes with its announcement, so that is read
    second."""
    async with store.read() as connection:
        seq = await connection.scalar(select(func.max(record.c.seq)))
    if seq is None or seq <= (last := await head(store))[0]:
        return None
    return Break(seq=last[0] + 1, reason="nothing says that it was put on record")


async def _stream(store: Store, *wanted: ColumnElement[bool]) -> AsyncIterator[Recorded]:
    last = _LOWEST
    while True:
        more = select(*_COLUMNS).where(record.c.seq > last, *wanted).order_by(record.c.seq).limit(_SLICE)
        async with store.read() as connection:
            rows = await _rows(connection, more)
        for row in rows:
            yield row
        if len(rows) < _SLICE:
            return
        last = rows[-1].seq


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[Recorded]:
    return [
        Recorded(
            seq=row.seq,
            at=_instant(row.micros),
            kind=row.kind,
            province=row.province,
            agency=row.agency_id,
            officer=row.officer_id,
            document=_document(row.text),
            previous=row.previous,
            hash=row.hash,
        )
        for row in await connection.execute(query)
    ]


def _instant(micros: int) -> datetime:
    try:
        return from_micros(micros)
    except (OverflowError, TypeError):
        return EPOCH


def _document(text: str) -> Any:
    try:
        document = json.loads(text)
        canonical(document).encode()
    except (ValueError, RecursionError):
        return str(text)
    return document


def _row(sealed: Recorded, entry: Entry) -> dict[str, Any]:
    return {
        "seq": sealed.seq,
        "at": sealed.at,
        "kind": sealed.kind,
        "province": sealed.province,
        "agency_id": sealed.agency,
        "officer_id": sealed.officer,
        "document": sealed.document,
        "previous": sealed.previous,
        "hash": sealed.hash,
        "message": entry.message or None,
        "once": entry.once or None,
    }


def _fact(name: str) -> Select[Any]:
    return select(facts.c.value).where(facts.c.name == name)


def _position(value: str | None) -> tuple[int, str]:
    """Raises StoreError for what nobody but a hand can have written."""
    seq, _, digest = value.partition(" ") if value else ("0", "", START)
    if not (seq.isdecimal() and digest):
        raise StoreError("the record is not whole: where it begins or ends cannot be read")
    return int(seq), digest


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=VIETNAM)
