"""Bring the database to this program's schema: ``migrations/NNNN_name.sql`` in order, under a lock, all or nothing."""

import re
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select, text

from bot.core.errors import StoreError
from bot.store.engine import Store
from bot.store.tables import facts, migrations
from bot.store.transaction import Transaction

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x7472_6163  # one number for all processes of this service
_TYPES = {
    "sqlite": {"id": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "bytes": "BLOB"},
    "postgresql": {"id": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytes": "BYTEA"},
}


async def migrate(store: Store, *, now: datetime) -> tuple[str, ...]:
    """Apply what is missing and return its names.

    Raises StoreError when the database is newer than this program, or belongs to another key.
    """

    async def job(connection: Transaction) -> tuple[str, ...]:
        if store.dialect == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(migrations.create, checkfirst=True)
        applied = set((await connection.execute(select(migrations.c.name))).scalars())
        missing = _missing(applied)
        for file in missing:
            for statement in _statements(file.read_text(encoding="utf-8"), store.dialect):
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
    return tuple(file.stem for file in _missing(applied))


async def holds_data(store: Store) -> bool:
    """Whether the database was made before: then its key must be given, not made anew."""
    async with store.read() as connection:
        return await connection.run_sync(lambda sync: sync.dialect.has_table(sync, facts.name))


def _missing(applied: set[str]) -> tuple[Path, ...]:
    files = sorted(FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    unknown = applied - {file.stem for file in files}
    if unknown:
        raise StoreError(
            f"the database is newer than this program (it has {', '.join(sorted(unknown))}): upgrade tracuu"
        )
    return tuple(file for file in files if file.stem not in applied)


def _statements(script: str, dialect: str) -> list[str]:
    without_comments = re.sub(r"^--.*$", "", script, flags=re.MULTILINE)
    for name, meaning in _TYPES[dialect].items():
        without_comments = without_comments.replace(f"{{{name}}}", meaning)
    return [statement.strip() for statement in without_comments.split(";\n") if statement.strip()]


async def _check_key(connection: Transaction, fingerprint: str) -> None:
    """The first start binds the database to its key; another key could find and open nothing in it."""
    known = (await connection.execute(select(facts.c.value).where(facts.c.name == "key"))).scalar()
    if known is None:
        await connection.execute(insert(facts).values(name="key", value=fingerprint))
    elif known != fingerprint:
        raise StoreError("this database belongs to another key; restore the key that it was made with")
