"""Bring the database to this program's schema: ``migrations/NNNN_name.sql`` in order, under a lock, all or nothing."""

import asyncio
import re
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select, text
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateTable

from bot.core.errors import StoreError
from bot.store.engine import Store
from bot.store.presence import alone, busy
from bot.store.tables import facts, migrations
from bot.store.transaction import Transaction

FOLDER = Path(__file__).parent / "migrations"
BACKUP_MARK = 0x7472_6163
"""SQLite's application_id of a backup: a plain copy of a database, which may be torn, has none."""
_LOCK = 0x7472_6163  # one number for all processes of this service
_AGAIN_SECONDS = 0.2
_KNOWN_KEY = select(facts.c.value).where(facts.c.name == "key")
_TYPES = {
    "sqlite": {"id": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "bytes": "BLOB"},
    "postgresql": {"id": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytes": "BYTEA"},
}


async def upgrade(store: Store, *, now: datetime, seconds: float) -> tuple[str, ...]:
    """:func:`migrate` as soon as no other process works on the database; at once when nothing is missing.

    Raises StoreError, which names the others, when they are still there after ``seconds``.
    """
    time = asyncio.get_running_loop().time
    end = time() + seconds
    while await pending(store):
        async with alone(store) as granted:
            if granted:
                return await migrate(store, now=now)
        if time() >= end:
            raise await busy(store)
        await asyncio.sleep(_AGAIN_SECONDS)
    return await migrate(store, now=now)


async def migrate(store: Store, *, now: datetime) -> tuple[str, ...]:
    """Apply what is missing and return its names.

    Raises StoreError when the database is newer than this program, belongs to another key, or is a mere backup.
    """

    async def job(connection: Transaction) -> tuple[str, ...]:
        if store.dialect == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        elif await connection.scalar(text("PRAGMA application_id")) == BACKUP_MARK:
            raise StoreError("this is a backup, not a database: tracuu restore puts it into one")
        await connection.run_sync(migrations.create, checkfirst=True)
        applied = set((await connection.execute(select(migrations.c.name))).scalars())
        missing = missing_after(applied)
        for file in missing:
            for statement in statements(file, store.dialect):
                await connection.exec_driver_sql(statement)
            await connection.execute(insert(migrations).values(name=file.stem, applied_at=now))
        await _check_key(connection, store.vault.fingerprint)
        return tuple(file.stem for file in missing)

    return await store.write(job)


async def pending(store: Store) -> tuple[str, ...]:
    """The names of migrations that this database still needs; empty when it is ready."""
    async with store.read() as connection:
        exists = await connection.run_sync(lambda sync: sync.dialect.has_table(sync, migrations.name))
        applied = set((await connection.execute(select(migrations.c.name))).scalars()) if exists else set()
    return tuple(file.stem for file in missing_after(applied))


async def holds_data(store: Store) -> bool:
    """Whether the database was made before: then its key must be given, not made anew."""
    async with store.read() as connection:
        return await connection.run_sync(lambda sync: sync.dialect.has_table(sync, facts.name))


async def check_key(store: Store) -> None:
    """Raises StoreError when the database was made with another key than ours."""
    async with store.read() as connection:
        known = await connection.scalar(_KNOWN_KEY)
    _compare_keys(known, store.vault.fingerprint)


async def server_version(store: Store) -> str:
    """Which version of its engine keeps the database, for an administrator."""
    query = "SELECT sqlite_version()" if store.dialect == "sqlite" else "SHOW server_version"
    async with store.read() as connection:
        return str(await connection.scalar(text(query)))


def shape(applied: Collection[str], dialect: str) -> list[str]:
    """The statements that make an empty database to which the migrations ``applied`` were applied."""
    made = str(CreateTable(migrations).compile(dialect=registry.load(dialect)()))
    files = [FOLDER / f"{name}.sql" for name in sorted(applied)]
    return [made, *(statement for file in files for statement in statements(file, dialect))]


def missing_after(applied: Collection[str]) -> tuple[Path, ...]:
    """The migrations that a database with those ``applied`` still needs. Raises StoreError when it is newer."""
    files = sorted(FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    unknown = set(applied) - {file.stem for file in files}
    if unknown:
        raise StoreError(
            f"the database is newer than this program (it has {', '.join(sorted(unknown))}): upgrade tracuu"
        )
    return tuple(file for file in files if file.stem not in applied)


def statements(file: Path, dialect: str) -> list[str]:
    """What the migration ``file`` says to the engine ``dialect``, one statement each."""
    without_comments = re.sub(r"^--.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, meaning in _TYPES[dialect].items():
        without_comments = without_comments.replace(f"{{{name}}}", meaning)
    return [statement.strip() for statement in without_comments.split(";\n") if statement.strip()]


async def _check_key(connection: Transaction, fingerprint: str) -> None:
    """The first start binds the database to its key; another key could find and open nothing in it."""
    known = await connection.scalar(_KNOWN_KEY)
    if known is None:
        await connection.execute(insert(facts).values(name="key", value=fingerprint))
    _compare_keys(known, fingerprint)


def _compare_keys(known: str | None, ours: str) -> None:
    if known not in (None, ours):
        raise StoreError("this database belongs to another key; restore the key that it was made with")
