"""Write down what became of parts and queues: whatever waits when a commit ends goes into the next one together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from bot.core.errors import StoreUnavailableError
from bot.store import sending
from bot.store.engine import Store
from bot.store.sending import Departure, Return

BATCH = 256
AGAIN_SECONDS = 0.5

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What happened to a queue: a part of it left, or it is given back, or first the one and then the other."""

    departure: Departure | None = None
    queue: Return | None = None


class Recorder:
    """The pen of one account."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._notes = Group(self._write)

    async def write(self, note: Note) -> None:
        """Return once ``note`` is durable, see :func:`persist`."""
        await persist(lambda: self._notes.add(note))

    async def _write(self, notes: Sequence[Note]) -> None:
        departures = [note.departure for note in notes if note.departure is not None]
        returns = [note.queue for note in notes if note.queue is not None]
        await sending.record(self._store, departures, returns, now=self._clock())


async def persist(write: Callable[[], Awaitable[None]]) -> None:
    """Write, again and again while the database is away, however long.

    Unwritten, what happened would happen again. It stays true when the lease on its queue has ended meanwhile.
    """
    while True:
        try:
            await write()
        except StoreUnavailableError:
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return


class Group(Generic[T]):
    """Items that are written many at once; nobody waits for a timer, and one that is refused fails alone."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def add(self, item: T) -> None:
        """Return once ``item`` is written. Raises what writing it raised."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush(), name="record")
        await done

    async def _flush(self) -> None:
        await asyncio.sleep(0)  # let those that are ready in this turn of the loop join
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            await self._write_together(batch)

    async def _write_together(self, batch: Sequence[tuple[T, asyncio.Future[None]]]) -> None:
        try:
            await self._write([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 – handed to everybody who waits for this commit
            if len(batch) == 1 or isinstance(error, StoreUnavailableError):
                _tell(batch, error)
                return
            for one in batch:
                await self._write_together([one])
        else:
            _tell(batch, None)


def _tell(batch: Sequence[tuple[T, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():  # whoever waited has been cancelled
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
