"""The write lane of a SQLite file: one connection in one thread, and one commit for whatever waits."""

import asyncio
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from bot.core.errors import StoreUnavailableError
from bot.store.errors import translating
from bot.store.transaction import Job, ThreadedTransaction, run_through
from bot.store.wakeup import Wakeup

BUSY_SECONDS = 5.0
_REST, _LONGEST_REST = 0.005, 0.1
"""Seconds between two commits of whoever goes gently."""
_GROUPED = 64  # jobs in one transaction: bounds how long the first of them waits for the last


@dataclass(slots=True)
class Waiting:
    """A job that wants to be written, and whoever waits for it."""

    job: Job[Any]
    topics: tuple[str, ...]
    done: asyncio.Future[Any]

    def fail(self, error: BaseException) -> None:
        """Hand ``error`` over, unless nobody waits any more."""
        if not self.done.done():
            self.done.set_exception(error)

    def succeed(self, result: object) -> None:
        """Hand ``result`` over, unless nobody waits any more."""
        if not self.done.done():
            self.done.set_result(result)


class SqliteLane:
    """Takes jobs in turn; those that wait when a commit ends go into the next one together."""

    def __init__(self, url: URL, wakeup: Wakeup) -> None:
        self._wakeup = wakeup
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._engine = create_engine(url.set(drivername="sqlite"), pool_size=1, max_overflow=0, hide_parameters=True)
        prepare(self._engine, begin="BEGIN IMMEDIATE")
        self._queue: asyncio.Queue[Waiting | None] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._gentle = False

    def go_gently(self) -> None:
        """From now on leave the file to other processes, after each commit, for as long as it took."""
        self._gentle = True

    async def open(self) -> None:
        """Open the file, creating it and its folder when absent. Raises StoreUnavailableError."""
        with translating():
            self._connection = await self._in_thread(_connect, self._engine)
        self._writer = asyncio.create_task(self._work(), name="sqlite lane")

    async def run(self, job: Job[Any], topics: tuple[str, ...]) -> Any:
        """The result of ``job``, after its commit."""
        waiting = Waiting(job, topics, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        return await waiting.done

    async def close(self) -> None:
        """Commit what waits and close the file."""
        self._queue.put_nowait(None)
        if self._writer is not None:
            await self._writer
        if self._connection is not None:
            await self._in_thread(self._connection.close)
        await self._in_thread(self._engine.dispose)
        self._thread.shutdown()

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    async def _work(self) -> None:
        closing = False
        while not closing:
            batch: list[Waiting] = []
            first = await self._queue.get()
            while first is not None:
                batch.append(first)
                if len(batch) == _GROUPED or self._queue.empty():
                    break
                first = self._queue.get_nowait()
            closing = first is None
            if batch:
                began = time.monotonic()
                await self._commit(batch)
                if self._gentle:  # who finds the file locked looks again after 1, 2, 5, 10 … ms
                    await asyncio.sleep(min(_LONGEST_REST, max(_REST, time.monotonic() - began)))

    async def _commit(self, batch: list[Waiting]) -> None:
        try:
            with translating():
                results = await self._in_thread(_run_together, self._connection, [waiting.job for waiting in batch])
        except StoreUnavailableError as error:
            for waiting in batch:
                waiting.fail(error)
        except Exception as error:  # noqa: BLE001 – handed to whoever asked for the write
            await self._commit_apart(batch, error)
        else:
            for waiting, result in zip(batch, results, strict=True):
                self._wakeup.signal(waiting.topics)
                waiting.succeed(result)

    async def _commit_apart(self, batch: list[Waiting], error: Exception) -> None:
        """One job spoiled the transaction: each gets its own, so that the others go in."""
        if len(batch) == 1:
            batch[0].fail(error)
            return
        for waiting in batch:
            await self._commit([waiting])


def prepare(engine: Engine, *, begin: str) -> None:
    """Make connections of ``engine`` durable and patient, and let their transactions start with ``begin``."""

    @event.listens_for(engine, "connect")
    def configure(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None  # transactions begin where we say, see below
        cursor = dbapi.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _connect(engine: Engine) -> Connection:
    if engine.url.database:
        file = Path(engine.url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        # what people wrote is nobody else's on this machine; SQLite gives its other files the same permissions
        os.close(os.open(file, os.O_RDONLY | os.O_CREAT, 0o600))
    return engine.connect()


def _run_together(connection: Connection, jobs: Sequence[Job[Any]]) -> list[Any]:
    with connection.begin():
        transaction = ThreadedTransaction(connection)
        return [run_through(job(transaction)) for job in jobs]
