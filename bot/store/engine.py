"""Open the database and run transactions on it. Only this module and ``wakeup.py`` know which engine it is.

SQLite: one write lane per process – all writes on one connection, whatever waits is committed together (WAL,
``synchronous=FULL``: a commit that returned survives a power cut); reads go to other connections and never wait.
PostgreSQL: each write is a transaction of its own on a pool; the server groups the commits.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.core.errors import StoreError, StoreUnavailableError, TracuuError
from bot.store.vault import Vault
from bot.store.wakeup import CHANNEL, Wakeup, listen

T = TypeVar("T")
Job = Callable[[AsyncConnection], Awaitable[T]]

BUSY_SECONDS = 5.0
_GROUPED = 64  # jobs in one SQLite transaction: bounds how long a reader of results waits
_POOL = 8
_ATTEMPTS = 2  # PostgreSQL: one more try after a deadlock or a serialisation failure
_UNAVAILABLE = (
    OperationalError,
    InterfaceError,
    PoolTimeoutError,
    OSError,
    sqlite3.OperationalError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)
_REPEATABLE = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class Lane(Protocol):
    """How an engine runs a write."""

    async def run(self, job: Job[Any], topics: tuple[str, ...]) -> Any:
        """Run ``job`` in a transaction and return its result after the commit."""

    async def close(self) -> None:
        """Finish what waits and let go of the database."""


class Store:
    """The database of one deployment.

    ``owner`` names this process in leases. All methods of the modules beside it take a connection from here.
    """

    def __init__(self, url: str, key: bytes, *, owner: str) -> None:
        self.url = _driver_url(url)
        self.vault = Vault(key)
        self.wakeup = Wakeup()
        self.owner = owner
        self._reading = _reading_engine(self.url)
        self._lane: Lane | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.url.get_backend_name()

    async def open(self) -> None:
        """Start the write lane and, on PostgreSQL, listening. Raises StoreUnavailableError when it is away."""
        if self.dialect == "sqlite":
            self._lane = await SqliteLane.open(self.url, self.wakeup)
        else:
            self._lane = PostgresLane(self._reading, self.wakeup)
            dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._listening = asyncio.create_task(listen(dsn, self.wakeup), name="listen")

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
        try:
            async with self._reading.connect() as connection:
                yield connection
        except _UNAVAILABLE as error:
            raise _unavailable(error) from error


@dataclass(slots=True)
class _Waiting:
    job: Job[Any]
    topics: tuple[str, ...]
    done: asyncio.Future[Any]

    def fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)

    def succeed(self, result: object) -> None:
        if not self.done.done():
            self.done.set_result(result)


class SqliteLane:
    """One connection, one writer task: whatever waits when a commit ends goes into the next one together."""

    def __init__(self, engine: AsyncEngine, connection: AsyncConnection, wakeup: Wakeup) -> None:
        self._engine, self._connection, self._wakeup = engine, connection, wakeup
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._writer = asyncio.create_task(self._work(), name="sqlite lane")

    @classmethod
    async def open(cls, url: URL, wakeup: Wakeup) -> "SqliteLane":
        """Open the file, creating it and its folder when absent."""
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url, pool_size=1, max_overflow=0)
        _prepare_sqlite(engine, begin="BEGIN IMMEDIATE")
        try:
            return cls(engine, await engine.connect(), wakeup)
        except _UNAVAILABLE as error:
            await engine.dispose()
            raise _unavailable(error) from error

    async def run(self, job: Job[Any], topics: tuple[str, ...]) -> Any:
        waiting = _Waiting(job, topics, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        return await waiting.done

    async def close(self) -> None:
        self._queue.put_nowait(None)
        await self._writer
        await self._connection.close()
        await self._engine.dispose()

    async def _work(self) -> None:
        closing = False
        while not closing:
            batch: list[_Waiting] = []
            first = await self._queue.get()
            while first is not None:
                batch.append(first)
                if len(batch) == _GROUPED or self._queue.empty():
                    break
                first = self._queue.get_nowait()
            closing = first is None
            if batch:
                await self._commit(batch)

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            async with self._connection.begin():
                results = [await waiting.job(self._connection) for waiting in batch]
        except _UNAVAILABLE as error:
            for waiting in batch:
                waiting.fail(_unavailable(error))
        except Exception as error:  # noqa: BLE001 – handed to whoever asked for the write
            await self._commit_apart(batch, error)
        else:
            for waiting, result in zip(batch, results, strict=True):
                self._wakeup.signal(waiting.topics)
                waiting.succeed(result)

    async def _commit_apart(self, batch: list[_Waiting], error: Exception) -> None:
        """One job spoiled the transaction: each gets its own, so that the others go in."""
        if len(batch) == 1:
            batch[0].fail(error)
            return
        for waiting in batch:
            await self._commit([waiting])


class PostgresLane:
    """Each write on a connection of the pool; a topic travels with the commit as one notification."""

    def __init__(self, engine: AsyncEngine, wakeup: Wakeup) -> None:
        self._engine, self._wakeup = engine, wakeup

    async def run(self, job: Job[Any], topics: tuple[str, ...]) -> Any:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._transact(job, topics)
            except (DBAPIError, asyncpg.PostgresError) as error:
                if attempt == _ATTEMPTS or not isinstance(_driver_error(error), _REPEATABLE):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def close(self) -> None:
        """The pool is the store's own and closed there."""

    async def _transact(self, job: Job[Any], topics: tuple[str, ...]) -> Any:
        try:
            async with self._engine.begin() as connection:
                result = await job(connection)
                for topic in topics:
                    await connection.execute(_NOTIFY, {"channel": CHANNEL, "topic": topic})
        except TracuuError:
            raise
        except _UNAVAILABLE as error:
            if isinstance(_driver_error(error), _REPEATABLE):
                raise
            raise _unavailable(error) from error
        self._wakeup.signal(topics)
        return result


_NOTIFY = text("SELECT pg_notify(:channel, :topic)")


def _driver_url(url: str) -> URL:
    """The URL of the settings with the asynchronous driver in it. Raises StoreError for any other database."""
    try:
        parsed = make_url(url)
    except Exception as error:
        raise StoreError("store.url is not a database address") from error
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    backend = parsed.get_backend_name()
    if backend not in drivers:
        raise StoreError(f"store.url: {backend} is not supported; use sqlite:///… or postgresql://…")
    return parsed.set(drivername=drivers[backend])


def _reading_engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, pool_size=4, max_overflow=0)
        _prepare_sqlite(engine, begin="BEGIN")
        return engine
    settings = {"application_name": "tracuu", "synchronous_commit": "on"}
    return create_async_engine(
        url, pool_size=_POOL, max_overflow=0, pool_timeout=BUSY_SECONDS, connect_args={"server_settings": settings}
    )


def _prepare_sqlite(engine: AsyncEngine, *, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None  # transactions begin where we say, see below
        cursor = dbapi.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _driver_error(error: BaseException) -> BaseException | None:
    """What the driver itself raised, under the wrappings."""
    inner = getattr(error, "orig", None) or error
    return inner.__cause__ if isinstance(inner.__cause__, asyncpg.PostgresError) else inner


def _unavailable(error: BaseException) -> StoreUnavailableError:
    return StoreUnavailableError(f"the database cannot be used now ({type(_driver_error(error)).__name__})")
