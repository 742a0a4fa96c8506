"""Write down what became of parts and queues, many at once, however long the database is away."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import StoreUnavailableError
from bot.store import sending
from bot.store.engine import Store
from bot.store.group import Group
from bot.store.sending import Departure, Return

BATCH = 256
AGAIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What happened to a queue: a part of it left, or it is given back, or first the one and then the other."""

    departure: Departure | None = None
    queue: Return | None = None


class Recorder:
    """The pen of one account."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._notes = Group(self._write, size=BATCH)

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
