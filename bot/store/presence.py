"""Who works on a database now: each process holds a shared lock on it; whoever changes its shape must be alone.

SQLite: a lock on a file beside the database. PostgreSQL: an advisory lock on a connection of its own; should that
break, the process comes back and looks whether it still understands the database. Either lock ends with its process.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import IO, Any

import asyncpg

from bot.core.errors import StoreError, StoreUnavailableError
from bot.store.engine import Store
from bot.store.errors import translating

_LOCK = 0x7472_6164  # one number for all processes of this service; migrations.py has its own
_CONNECT_SECONDS = 5.0
_RETURN_SECONDS = 1.0
_AGAIN_SECONDS = 0.2
_NAME_BYTES = 63  # as much of a name as PostgreSQL shows
_LOCK_TABLE = Path("/proc/locks")
_HOLDERS = """
SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1 AND a.datname = current_database()
AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1
"""


@contextlib.asynccontextmanager
async def present(store: Store, *, understood: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Work on the database as long as the block lasts; waits at its start while somebody is alone with it.

    ``understood`` raises StoreError when this program cannot work on the database as it is now. It is asked at the
    start and, on PostgreSQL, whenever the connection with the lock had to be made again: then
    :attr:`Store.left_behind` is set.
    """
    if store.dialect == "sqlite":
        with _lock_file(store) as stream:
            while not _locked(stream, fcntl.LOCK_SH):  # noqa: ASYNC110 – another process tells us nothing else
                await asyncio.sleep(_AGAIN_SECONDS)
            await understood()
            yield
        return
    presence = _Presence(store)
    try:
        await presence.arrive()
        await understood()
        staying = asyncio.create_task(presence.stay(understood), name="presence")
        try:
            yield
        finally:
            staying.cancel()
            await asyncio.wait([staying])
    finally:
        presence.leave()


@contextlib.asynccontextmanager
async def alone(store: Store) -> AsyncIterator[bool]:
    """Whether this process is the only one on the database; then nobody else comes in as long as the block lasts."""
    if store.dialect == "sqlite":
        with _lock_file(store) as stream:
            yield _locked(stream, fcntl.LOCK_EX)
        return
    connection = await connect_apart(store)
    try:
        with translating():
            granted = await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK)
        yield bool(granted)
    finally:
        connection.terminate()


async def others(store: Store) -> tuple[str, ...]:
    """The processes that work on the database, as an administrator finds them; empty where they cannot be told."""
    if store.dialect == "sqlite":
        return tuple(f"process {number}" for number in sorted(_holders(_lock_path(store))))
    connection = await connect_apart(store)
    try:
        with translating():
            rows = await connection.fetch(_HOLDERS, _LOCK)
    finally:
        connection.terminate()
    return tuple(f"process {_place(str(row[0]))}" for row in rows)


async def busy(store: Store) -> StoreError:
    """The error that says how many processes work on the database, and where."""
    names = await others(store)
    if len(names) > 1:
        return StoreError(f"{len(names)} other processes still use this database ({', '.join(names)}): stop them first")
    return StoreError(f"another {'process' if not names else names[0]} still uses this database: stop it first")


class _Presence:
    """The connection that holds the shared lock on PostgreSQL."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Any = None
        self._lost = asyncio.Event()

    async def arrive(self) -> None:
        self._connection = connection = await connect_apart(self._store)
        self._lost = lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        with translating():
            await connection.execute("SELECT pg_advisory_lock_shared($1)", _LOCK)

    async def stay(self, understood: Callable[[], Awaitable[object]]) -> None:
        while not self._store.left_behind.is_set():
            await self._lost.wait()
            await self._come_back(understood)

    async def _come_back(self, understood: Callable[[], Awaitable[object]]) -> None:
        self.leave()
        try:
            await self.arrive()
            await understood()
        except StoreUnavailableError:
            self._lost.set()
            await asyncio.sleep(_RETURN_SECONDS)
        except StoreError:
            self._store.left_behind.set()

    def leave(self) -> None:
        if self._connection is not None:
            self._connection.terminate()


async def connect_apart(store: Store) -> Any:
    """A connection to PostgreSQL beside the pool, for a lock that is to end with it."""
    name = f"tracuu {store.owner}"[:_NAME_BYTES]
    dsn = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with translating():
        return await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS, server_settings={"application_name": name})


def _place(application: str) -> str:
    """``host:pid`` out of the name that a process gave its connection."""
    return ":".join(application.removeprefix("tracuu ").split(":")[:2])


def _lock_path(store: Store) -> Path:
    return Path(f"{store.url.database}.lock")


@contextlib.contextmanager
def _lock_file(store: Store) -> Iterator[IO[str]]:
    path = _lock_path(store)
    try:
        stream = path.open("a", encoding="ascii")
    except OSError as error:
        raise StoreUnavailableError(f"{path} cannot be written ({error.strerror})") from error
    with stream:
        yield stream


def _locked(stream: IO[str], kind: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(stream, kind | fcntl.LOCK_NB)
        return True
    return False


def _holders(path: Path) -> Iterator[int]:
    """Who has locked ``path``: Linux lists kind, process and inode of every lock."""
    with contextlib.suppress(OSError):
        inode = str(path.stat().st_ino)
        for line in _LOCK_TABLE.read_text(encoding="ascii").splitlines():
            words = line.split()
            if words[1] == "FLOCK" and words[5].rpartition(":")[2] == inode and int(words[4]) != os.getpid():
                yield int(words[4])
