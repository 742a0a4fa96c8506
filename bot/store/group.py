"""Group commit: whatever waits when a commit ends goes into the next one together, so the cost of a sync is shared."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.core.errors import StoreUnavailableError

T = TypeVar("T")


class Group(Generic[T]):
    """Items that are written up to ``size`` at once; nobody waits for a timer, and one that is refused fails alone."""

    def __init__(self, write: Callable[[Sequence[T]], Awaitable[None]], *, size: int) -> None:
        self._write, self._size = write, size
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def add(self, item: T) -> None:
        """Return once ``item`` is written. Raises what writing it raised."""
        # a future for each: one that is cancelled must not cancel what the others wait for
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush(), name="group")
        await done

    async def _flush(self) -> None:
        await asyncio.sleep(0)  # let those that are ready in this turn of the loop join
        while self._waiting:
            batch, self._waiting = self._waiting[: self._size], self._waiting[self._size :]
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
