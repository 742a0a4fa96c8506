"""Be the only process to do something on a database, until it is done or the process is gone.

SQLite: a lock on a file beside the database. PostgreSQL: an advisory lock on a connection of its own. Either ends with
its process, however that ends, so nobody waits for the dead.
"""

import asyncio
import contextlib
import fcntl
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.core.errors import StoreUnavailableError
from bot.store.engine import Store
from bot.store.errors import translating
from bot.store.presence import connect_apart

_LOOK_SECONDS = 0.1
_GOODBYE_SECONDS = 2.0
_KIND = 0x7379_6E63  # tells these advisory locks from the others of this service


@contextlib.asynccontextmanager
async def exclusive(store: Store, name: str, *, wait: bool = False) -> AsyncIterator[bool]:
    """Whether nobody else is in a block of that ``name``; then nobody comes in as long as this one lasts.

    ``wait`` = until the other one has left. Raises StoreUnavailableError when that cannot be told.
    """
    digest = sha256(name.encode()).digest()[:4]
    if store.dialect == "sqlite":
        async with _file_lock(Path(f"{store.url.database}.{digest.hex()}.lock"), wait=wait) as mine:
            yield mine
    else:
        async with _advisory_lock(store, int.from_bytes(digest, signed=True), wait=wait) as mine:
            yield mine


@contextlib.asynccontextmanager
async def _file_lock(path: Path, *, wait: bool) -> AsyncIterator[bool]:
    try:
        stream = path.open("a", encoding="ascii")
    except OSError as error:
        raise StoreUnavailableError(f"{path} cannot be written ({error.strerror})") from error
    with stream:
        while not (mine := _locked(stream)) and wait:  # noqa: ASYNC110 – another process holds it
            await asyncio.sleep(_LOOK_SECONDS)
        yield mine


@contextlib.asynccontextmanager
async def _advisory_lock(store: Store, number: int, *, wait: bool) -> AsyncIterator[bool]:
    connection = await connect_apart(store)
    try:
        while not (mine := await _granted(connection, number)) and wait:  # noqa: ASYNC110 – as above
            await asyncio.sleep(_LOOK_SECONDS)
        yield mine
    finally:
        try:
            await _let_go(connection)  # the server notices the end of a connection later than whoever comes next asks
        finally:
            connection.terminate()


async def _let_go(connection: Any) -> None:
    """Give the locks back; a server that does not answer does so when it misses the connection."""
    with contextlib.suppress(StoreUnavailableError), translating():
        await connection.execute("SELECT pg_advisory_unlock_all()", timeout=_GOODBYE_SECONDS)


def _locked(stream: Any) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _granted(connection: Any, number: int) -> bool:
    with translating():
        return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", _KIND, number))
