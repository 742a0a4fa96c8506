"""A backup is a SQLite file, whichever engine the database is on: the state of one instant, whole or not at all.

It holds the rows as they are kept, so addresses stay encrypted, and the key is not in it. ``restore.py`` reads it.
"""

import asyncio
import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import StoreError
from bot.store.engine import Store
from bot.store.errors import kind_of
from bot.store.fact import write_fact
from bot.store.migrate import BACKUP_MARK, holds_data, missing_after, pending, shape
from bot.store.presence import present
from bot.store.tables import metadata

LAST = "backup"
"""The fact that tells when the last backup was taken: in the database, and in the backup itself."""
IDENTITIES = tuple(table.name for table in metadata.sorted_tables if "id" in table.c)
"""The tables whose ids are given by the engine and never given again."""
_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds. ``taken_at`` is the instant whose state it is, ``key`` the fingerprint of its key."""

    taken_at: datetime
    size: int
    rows: dict[str, int]
    key: str
    migrations: tuple[str, ...]


async def back_up(store: Store, file: Path, *, now: datetime, force: bool = False) -> Backup:
    """Write the state of now to ``file`` (0600), whole or not at all, while everybody goes on working.

    Raises StoreError when ``file`` exists (unless ``force``), cannot be written, or there is nothing to back up.
    """
    if not await holds_data(store):
        raise StoreError("there is nothing to back up: the database is new")
    _refuse_the_database(store, file)
    async with present(store, understood=lambda: pending(store)):
        return await _write(store, file, now=now, force=force)


async def _write(store: Store, file: Path, *, now: datetime, force: bool) -> Backup:
    with _draft_of(file, force=force) as draft:
        if store.dialect == "sqlite":
            await asyncio.to_thread(_vacuum, str(store.url.database), draft)
        else:
            await _copy(store, draft, file)
        _stamp(draft, now)
        backup = look_into(draft)
        _sync(draft)
        draft.replace(file)
        _sync(file.parent)
    await write_fact(store, LAST, now.isoformat())
    return backup


def _refuse_the_database(store: Store, file: Path) -> None:
    """Whoever replaces the file that others have open takes away what they write from then on."""
    if store.dialect == "sqlite" and file.resolve() == Path(str(store.url.database)).resolve():
        raise StoreError(f"{file} is the database itself")


def look_into(file: Path) -> Backup:
    """What is in the backup ``file``, every page of which is read. Raises StoreError when it is none, or damaged."""
    if not _is_file(file):
        raise StoreError(f"{file} is not there")
    with reading(file) as connection:
        if connection.execute("PRAGMA application_id").fetchone() != (BACKUP_MARK,):
            raise StoreError(f"{file} is not a backup made by tracuu")
        if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise StoreError(f"{file} is damaged")
        known = dict(connection.execute("SELECT name, value FROM facts").fetchall())
        applied = [name for (name,) in connection.execute("SELECT name FROM migrations ORDER BY name")]
        rows = {name: _count(connection, name) for name in tables_of(connection)}
    missing_after(applied)
    return Backup(
        taken_at=datetime.fromisoformat(known[LAST]),
        size=file.stat().st_size,
        rows=rows,
        key=known["key"],
        migrations=tuple(applied),
    )


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError as error:
        raise StoreError(f"{file} cannot be read ({error.strerror})") from error


def _count(connection: sqlite3.Connection, table: str) -> int:
    count: int = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 – our own tables
    return count


@contextlib.contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """The backup ``file``, opened for reading. Raises StoreError when it cannot be read."""
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be read as a backup ({kind_of(error)})") from error


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """The names of its tables."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in connection.execute(query)]


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """The names of a table's columns."""
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]


def list_quoted(names: list[str]) -> str:
    """Names as they stand in a statement: some of them are words of SQL."""
    return ", ".join(f'"{name}"' for name in names)


@contextlib.contextmanager
def _draft_of(file: Path, *, force: bool) -> Iterator[Path]:
    """An empty file beside ``file`` that nobody else may read; gone at the end unless it was renamed."""
    try:
        if file.exists() and not force:
            raise StoreError(f"{file} exists already; --force replaces it")
        draft = file.absolute().with_name(f".{file.name}.{secrets.token_hex(4)}")
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield draft
        finally:
            for left in (draft, draft.with_name(f"{draft.name}-journal")):
                left.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{file} cannot be written ({error.strerror})") from error
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be written ({kind_of(error)})") from error


def _vacuum(database: str, draft: Path) -> None:
    """SQLite's own consistent copy; it reads one state and holds up no writer."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))


async def _copy(store: Store, draft: Path, file: Path) -> None:
    """Every table as it was when the first of them was read. Trouble with ``file`` is not the database's."""
    with contextlib.closing(sqlite3.connect(draft)) as target:
        async with store.read() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            applied = (await connection.execute(text("SELECT name FROM migrations"))).scalars().all()
            for statement in shape(applied, "sqlite"):
                target.execute(statement)
            for table in tables_of(target):
                await _copy_table(connection, target, table, file)
            for table in IDENTITIES:
                await _copy_sequence(connection, target, table)
        target.commit()


async def _copy_table(source: AsyncConnection, target: sqlite3.Connection, table: str, file: Path) -> None:
    columns = columns_of(target, table)
    names, marks = list_quoted(columns), ", ".join("?" for _ in columns)
    query = text(f'SELECT {names} FROM "{table}"').execution_options(yield_per=_BATCH)  # noqa: S608 – our own tables
    insert = f'INSERT INTO "{table}" VALUES ({marks})'  # noqa: S608 – same
    async with source.stream(query) as rows:
        async for batch in rows.partitions(_BATCH):
            try:
                target.executemany(insert, [tuple(row) for row in batch])
            except sqlite3.Error as error:
                raise StoreError(f"{file} cannot be written ({kind_of(error)})") from error


async def _copy_sequence(source: AsyncConnection, target: sqlite3.Connection, table: str) -> None:
    """The highest id that was ever given, which may be higher than any that is left."""
    name = await source.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table})
    highest = await source.scalar(text(f"SELECT last_value FROM {name} WHERE is_called"))  # noqa: S608 – the server's own
    target.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    target.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, highest or 0))


def _stamp(draft: Path, now: datetime) -> None:
    with contextlib.closing(sqlite3.connect(draft)) as connection:
        connection.execute(f"PRAGMA application_id = {BACKUP_MARK}")
        stamp = "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        connection.execute(stamp, (LAST, now.isoformat()))
        connection.commit()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
