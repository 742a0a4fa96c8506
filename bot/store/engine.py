"""Open the database and run transactions on it. Only this module, ``sqlite.py`` and ``wakeup.py`` know which it is.

SQLite: one write lane per process – all writes on one connection, whatever waits is committed together (WAL,
``synchronous=FULL``: a commit that returned survives a power cut); reads go to other connections and never wait.
PostgreSQL: each write is a transaction of its own on a pool; the server groups the commits.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.core.errors import StoreError
from bot.store.errors import is_repeatable, translating, unavailable
from bot.store.sqlite import SqliteLane, prepare
from bot.store.transaction import Job
from bot.store.vault import Vault
from bot.store.wakeup import CHANNEL, Wakeup, listen

T = TypeVar("T")

_POOL = 8
_POOL_SECONDS = 5.0
_CONNECT_SECONDS = 5.0
_COMMAND_SECONDS = 30.0  # a server that hangs must not hang us: nobody is answered 200 meanwhile
_ATTEMPTS = 2  # PostgreSQL: one more try after a deadlock or a serialisation failure
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_NOTIFY = text("SELECT pg_notify(:channel, :topic)")


class Store:
    """The database of one deployment.

    ``owner`` names this process in leases. All functions of the modules beside it take a connection from here.
    """

    def __init__(self, url: str, key: bytes, *, owner: str) -> None:
        self.url = _driver_url(url)
        self.vault = Vault(key)
        self.wakeup = Wakeup()
        self.owner = owner
        self.left_behind = asyncio.Event()  # set when the database has become one that this program does not understand
        self._reading = _reading_engine(self.url)
        self._lane: SqliteLane | PostgresLane | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.url.get_backend_name()

    async def open(self) -> None:
        """Start the write lane and, on PostgreSQL, listening. Raises StoreUnavailableError when it is away."""
        if self.dialect == "sqlite":
            self._lane = lane = SqliteLane(self.url, self.wakeup)
            await lane.open()
        else:
            self._lane = PostgresLane(self._reading, self.wakeup)
            dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._listening = asyncio.create_task(listen(dsn, self.wakeup), name="listen")

    def go_gently(self) -> None:
        """Write from now on as whoever has time: on SQLite others get their turn after each commit."""
        if isinstance(self._lane, SqliteLane):
            self._lane.go_gently()

    async def close(self) -> None:
        """Commit what waits, then let go of every connection."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        if self._lane is not None:
            await self._lane.close()
        await self._reading.dispose()

    async def write(self, job: Job[T], *, wake: Iterable[str] = ()) -> T:
        """Run ``job`` in a transaction; returns its result after the commit and then signals the topics in ``wake``.

        A job may be run again after a roll-back, so it must have no effect but its statements.
        Raises StoreUnavailableError when the database cannot commit now; nothing was written then.
        """
        if self._lane is None:
            raise StoreError("the store is not open")
        result: T = await self._lane.run(job, tuple(wake))
        return result

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading one consistent state. Raises StoreUnavailableError when the database is away."""
        with translating():
            async with self._reading.connect() as connection:
                yield connection


class PostgresLane:
    """Each write on a connection of the pool; a topic travels with the commit as one notification."""

    def __init__(self, engine: AsyncEngine, wakeup: Wakeup) -> None:
        self._engine, self._wakeup = engine, wakeup

    async def run(self, job: Job[Any], topics: tuple[str, ...]) -> Any:
        """The result of ``job``, after its commit."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._transact(job, topics)
            except (DBAPIError, asyncpg.PostgresError) as error:
                if not is_repeatable(error):
                    raise
                if attempt == _ATTEMPTS:
                    raise unavailable(error) from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def close(self) -> None:
        """The pool is the store's own and closed there."""

    async def _transact(self, job: Job[Any], topics: tuple[str, ...]) -> Any:
        with translating():
            async with self._engine.begin() as connection:
                result = await job(connection)
                for topic in topics:
                    await connection.execute(_NOTIFY, {"channel": CHANNEL, "topic": topic})
        self._wakeup.signal(topics)
        return result


def _driver_url(url: str) -> URL:
    """The URL of the settings with the asynchronous driver in it. Raises StoreError for any other database."""
    try:
        parsed = make_url(url)
    except Exception as error:
        raise StoreError("store.url is not a database address") from error
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise StoreError(f"store.url: {backend} is not supported; use sqlite:///… or postgresql://…")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError("store.url: a database in memory would lose what was answered; name a file")
    return parsed.set(drivername=_DRIVERS[backend])


def _reading_engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, pool_size=4, max_overflow=0, hide_parameters=True)
        prepare(engine.sync_engine, begin="BEGIN")
        return engine
    connect = partial(
        asyncpg.connect,
        url.set(drivername="postgresql").render_as_string(hide_password=False),
        server_settings={"application_name": "tracuu", "synchronous_commit": "on"},
        timeout=_CONNECT_SECONDS,
        command_timeout=_COMMAND_SECONDS,
    )
    return create_async_engine(
        url.set(query={}),
        pool_size=_POOL,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        async_creator=connect,  # what PostgreSQL's own addresses may say, such as sslmode, only the driver understands
        hide_parameters=True,  # an error's text may end in a log, and the parameters are what people wrote
    )
