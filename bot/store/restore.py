"""Put a backup into a database, on either engine: everything or nothing, and nothing that was to be sent goes again.

What happened after the backup was taken is not in it, but it did happen: ids were given out and heard by providers, and
messages that still waited have mostly been sent. So no id comes again, and such messages are left to the operator. Only
a question that had no answer yet is answered, maybe once more: silence would be worse.
"""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, func, select, text, update

from bot.core.delivery import OutboxState
from bot.core.errors import StoreError
from bot.store import ladder, tokens
from bot.store.backup import IDENTITIES, Backup, columns_of, list_quoted, look_into, reading, tables_of
from bot.store.engine import Store
from bot.store.errors import kind_of
from bot.store.migrate import migrate, missing_after, statements
from bot.store.presence import alone, busy
from bot.store.tables import conversations, facts, inbox, metadata, migrations, outbox, outbox_heads, sender_leases
from bot.store.transaction import Transaction
from bot.store.types import to_micros

PARKED = "restored: may have been sent already"
_BATCH = 1000
_OWN = {migrations.name, sender_leases.name}  # true of the target, or over


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done: ``parked`` messages wait for the operator, ``unhandled`` ones are answered at the next start."""

    backup: Backup
    parked: int
    unhandled: int


async def restore(store: Store, file: Path, *, now: datetime, force: bool = False) -> Restored:
    """Replace what is in the database, which must be empty (unless ``force``) and idle, by the backup ``file``.

    Raises StoreError, with nothing changed, when it is in use or holds data, or when the backup is damaged, of another
    key or of a newer program.
    """
    backup = look_into(file)
    if backup.key != store.vault.fingerprint:
        raise StoreError("this backup belongs to another key; give the key that its database was made with")
    async with alone(store) as granted:
        if not granted:
            raise await busy(store)
        await migrate(store, now=now)
        with _brought_forward(file, backup) as present_day:
            return await store.write(lambda connection: _replace(connection, present_day, backup, now=now, force=force))


@contextlib.contextmanager
def _brought_forward(file: Path, backup: Backup) -> Iterator[Path]:
    """The backup in this program's schema: a copy of an older one is migrated."""
    missing = missing_after(backup.migrations)
    if not missing:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="tracuu-") as folder:
        yield _migrated_copy(file, Path(folder), missing)


def _migrated_copy(file: Path, folder: Path, missing: Sequence[Path]) -> Path:
    """Raises StoreError when there is no room for it, or the backup does not fit its own migrations."""
    try:
        copy = Path(shutil.copy(file, folder))
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            for statement in (statement for migration in missing for statement in statements(migration, "sqlite")):
                connection.execute(statement)
            connection.commit()
    except OSError as error:
        raise StoreError(f"{file} cannot be copied into {folder.parent} ({error.strerror})") from error
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be brought forward ({kind_of(error)})") from error
    return copy


async def _replace(connection: Transaction, file: Path, backup: Backup, *, now: datetime, force: bool) -> Restored:
    if not force:
        await _refuse_data(connection)
    await _empty(connection)
    with reading(file) as source:
        for table in tables_of(source):
            if table not in _OWN:
                await _fill(connection, source, table)
        highest = dict(source.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for table in IDENTITIES:
        await _continue_above(connection, table, max(highest.get(table, 0), to_micros(now)))
    await _end_leases(connection)
    await tokens.distrust_all(connection)
    # the clock of a machine that was set up for this may stand before the backup
    parked = await _park(connection, now=max(now, backup.taken_at))
    await ladder.end_under_way(connection, now=now)
    pending = await connection.scalar(select(func.count()).where(inbox.c.state == "pending"))
    return Restored(backup=backup, parked=parked, unhandled=pending or 0)


async def _refuse_data(connection: Transaction) -> None:
    for table in metadata.sorted_tables:
        if table not in (migrations, facts) and await connection.scalar(select(exists().select_from(table))):
            raise StoreError(f"the database holds data already ({table.name}); --force replaces all of it")


async def _empty(connection: Transaction) -> None:
    names = [table.name for table in metadata.sorted_tables if table is not migrations]
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql(f"TRUNCATE {list_quoted(names)}")
        return
    for name in names:
        await connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608 – our own tables


async def _fill(connection: Transaction, source: sqlite3.Connection, table: str) -> None:
    columns = columns_of(source, table)
    postgres = connection.dialect.name == "postgresql"
    marks = ", ".join(f"${place}" if postgres else "?" for place, _ in enumerate(columns, 1))
    own_ids = "OVERRIDING SYSTEM VALUE " if postgres and table in IDENTITIES else ""
    insert = f'INSERT INTO "{table}" ({list_quoted(columns)}) {own_ids}VALUES ({marks})'
    rows = source.execute(f'SELECT {list_quoted(columns)} FROM "{table}"')  # noqa: S608 – same
    for batch in _batches(rows):
        await connection.exec_driver_sql(insert, batch)


def _batches(rows: sqlite3.Cursor) -> Iterator[list[tuple[object, ...]]]:
    while batch := rows.fetchmany(_BATCH):
        yield batch


async def _continue_above(connection: Transaction, table: str, floor: int) -> None:
    """Let no id up to ``floor`` be given: it is at least the microseconds since 1970, and no clock is overtaken.

    An id that was given after the backup, or after an earlier restore of it, is lower in any case.
    """
    if connection.dialect.name == "postgresql":
        sequence = "pg_get_serial_sequence(:table, 'id')"
        above = text(f"SELECT setval({sequence}, greatest(:floor, nextval({sequence})))")
        await connection.execute(above, {"table": table, "floor": floor})
        return
    known = text("SELECT max(seq) FROM sqlite_sequence WHERE name = :table")
    floor = max(floor, await connection.scalar(known, {"table": table}) or 0)
    await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table})
    await connection.execute(
        text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :floor)"), {"table": table, "floor": floor}
    )


async def _end_leases(connection: Transaction) -> None:
    for heads in (conversations, outbox_heads):
        await connection.execute(update(heads).values(lease_owner=None, lease_until=None))


async def _park(connection: Transaction, *, now: datetime) -> int:
    """Leave to the operator what was to be sent by ``now``; what is for later has not been sent, and stays queued.

    What has failed before was about to be tried again, within the hour: it only looks as if it were for later.
    """
    queued = outbox.c.state == OutboxState.QUEUED
    overdue = update(outbox).where(queued, (outbox.c.not_before <= now) | outbox.c.error.is_not(None))
    parked = await connection.execute(overdue.values(state=OutboxState.PARKED, error=PARKED, finished_at=now))
    left = exists().where(outbox.c.person == outbox_heads.c.person, outbox.c.lane == outbox_heads.c.lane, queued)
    await connection.execute(update(outbox_heads).where(~left).values(due_at=None, waiting_since=None))
    return parked.rowcount
