"""Contents of tables, kept once per content: the same columns and rows are one table, whoever publishes them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.catalogue import Table
from bot.core.errors import StoreError
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.tables import masks, table_chunks, table_schemas, tables
from bot.store.transaction import Transaction
from bot.store.types import to_json

_CHUNK_ROWS = 500
_CHUNK_CELLS = 10_000  # what one transaction may encode and write within about 20 ms
_DELETED = 20  # chunks in one transaction
_READ = 50  # chunks in one transaction


class TableGoneError(StoreError):
    """The table is not (or no longer, or not wholly) kept. Reading the catalogue again tells which tables are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableHead:
    """A kept table without its rows."""

    hash: str
    columns: tuple[str, ...]
    row_count: int


def make_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """The table with its content hash: SHA-256 of columns and rows."""
    digest = TableDigest(columns)
    for row in rows:
        digest.add(row)
    return Table(hash=digest.hash, columns=tuple(columns), rows=tuple(map(tuple, rows)))


class TableDigest:
    """The content hash of a table whose rows come one by one: SHA-256 of columns and rows."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._digest = hashlib.sha256(to_json(columns).encode())

    def add(self, row: Sequence[str]) -> bytes:
        """Take the next row; returns it as a line of JSON, begun by its line end."""
        line = b"\n" + to_json(row).encode()
        self._digest.update(line)
        return line

    @property
    def hash(self) -> str:
        """The hash of all that was added."""
        return self._digest.hexdigest()


async def save_table(store: Store, table: Table, *, now: datetime) -> None:
    """Keep ``table``, in transactions of a few milliseconds; what is kept already is not written again."""
    head = TableHead(hash=table.hash, columns=table.columns, row_count=len(table.rows))
    await save_rows(store, head, iter(table.rows), now=now)


async def save_rows(store: Store, head: TableHead, rows: Iterator[Sequence[str]], *, now: datetime) -> None:
    """Keep the table ``head`` with ``rows``, which may be too many to be held at once: they are taken bit by bit.

    The row in ``tables`` comes first: chunks without it are rubbish that :func:`prune_tables` sweeps.
    """

    async def register(connection: Transaction) -> set[int]:
        values = {"hash": head.hash, "columns": head.columns, "row_count": head.row_count, "stored_at": now}
        if not await insert_if_new(connection, tables, **values):
            await connection.execute(update(tables).where(tables.c.hash == head.hash).values(stored_at=now))
        kept = await connection.execute(select(table_chunks.c.number).where(table_chunks.c.hash == head.hash))
        return set(kept.scalars())

    kept = await store.write(register)
    size = _chunk_size(len(head.columns))
    number = 0
    while chunk := await asyncio.to_thread(lambda: list(islice(rows, size))):
        if number not in kept:
            await _save_chunk(store, head.hash, number, chunk)
        number += 1


async def _save_chunk(store: Store, content: str, number: int, rows: Sequence[Sequence[str]]) -> None:
    async def job(connection: Transaction) -> None:
        await insert_if_new(connection, table_chunks, hash=content, number=number, rows=rows)

    await store.write(job)


async def touch_tables(store: Store, hashes: Collection[str], *, now: datetime) -> bool:
    """Make the kept tables ``hashes`` young again, so that they are spared; whether all of them are kept."""
    wanted = set(hashes)

    async def job(connection: Transaction) -> int:
        found = update(tables).where(tables.c.hash.in_(wanted)).values(stored_at=now)
        return (await connection.execute(found)).rowcount

    return not wanted or await store.write(job) == len(wanted)


async def load_table(store: Store, content: str) -> Table:
    """The table with that content hash, all of it. Raises TableGoneError when it is not wholly there."""
    head = await read_head(store, content)
    rows = [tuple(row) async for chunk in read_rows(store, head) for row in chunk]
    return Table(hash=content, columns=head.columns, rows=tuple(rows))


async def read_head(store: Store, content: str) -> TableHead:
    """What is known of the table with that content hash without its rows. Raises TableGoneError."""
    async with store.read() as connection:
        head = (await connection.execute(select(tables).where(tables.c.hash == content))).one_or_none()
    if head is None:
        raise _gone(content)
    return TableHead(hash=content, columns=tuple(head.columns), row_count=head.row_count)


async def read_rows(store: Store, head: TableHead) -> AsyncIterator[list[list[str]]]:
    """The rows of a table bit by bit, so that a long one holds up neither memory nor event loop nor other transactions.

    Raises TableGoneError at the end when they were not all there.
    """
    following, missing = 0, head.row_count
    while missing > 0:
        first = following
        async with store.read() as connection:
            async for number, rows in _chunks(connection, head.hash, first):
                following, missing = number + 1, missing - len(rows)
                yield rows
        if following == first:
            break
    if missing:
        raise _gone(head.hash)


async def _chunks(connection: AsyncConnection, content: str, first: int) -> AsyncIterator[tuple[int, list[list[str]]]]:
    """Some chunks from number ``first`` on, one by one."""
    statement = (
        select(table_chunks.c.number, table_chunks.c.rows)
        .where(table_chunks.c.hash == content, table_chunks.c.number >= first)
        .order_by(table_chunks.c.number)
        .limit(_READ)
        .execution_options(yield_per=1)
    )
    async with connection.stream(statement) as result:
        async for row in result:
            yield row.number, row.rows


def _gone(content: str) -> TableGoneError:
    return TableGoneError(f"table {content[:12]}… is not kept any more")


async def prune_tables(store: Store, *, used: Collection[str], before: datetime) -> None:
    """Remove every table that is not in ``used`` and was last saved before ``before``, a few chunks at a time.

    The younger ones may belong to a sync that is still running.
    """
    async with store.read() as connection:
        old = set((await connection.execute(select(tables.c.hash).where(tables.c.stored_at < before))).scalars())

    for unused in sorted(old.difference(used)):
        await _forget(store, unused, before)
    while await store.write(_delete_orphans):
        pass


async def _forget(store: Store, content: str, before: datetime) -> None:
    async def job(connection: Transaction) -> None:
        gone = delete(tables).where(tables.c.hash == content, tables.c.stored_at < before)
        if (await connection.execute(gone)).rowcount:
            for about in (masks, table_schemas):
                await connection.execute(delete(about).where(about.c.hash == content))

    await store.write(job)


async def _delete_orphans(connection: Transaction) -> int:
    key = (table_chunks.c.hash, table_chunks.c.number)
    orphans = select(*key).where(table_chunks.c.hash.not_in(select(tables.c.hash))).limit(_DELETED)
    return (await connection.execute(delete(table_chunks).where(tuple_(*key).in_(orphans)))).rowcount


def _chunk_size(columns: int) -> int:
    return max(1, min(_CHUNK_ROWS, _CHUNK_CELLS // max(1, columns)))
