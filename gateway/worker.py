"""Background work of a process: begun again when it breaks, and ended in time when the service stops."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import structlog

from bot.core.fault import describe

STOP_SECONDS = 5.0
"""How long workers may take to finish what they have begun."""
_AGAIN_SECONDS = 1.0

log = structlog.get_logger()

Stoppable = Callable[[asyncio.Event], Awaitable[None]]
"""Work that ends by itself soon after its event is set."""


@contextlib.contextmanager
def running(name: str, work: Callable[[], Awaitable[None]]) -> Iterator[None]:
    """Work that simply ends with the block."""
    task = asyncio.create_task(_endure(name, work), name=name)
    try:
        yield
    finally:
        task.cancel()


@contextlib.asynccontextmanager
async def until_stopped(name: str, *works: Stoppable, seconds: float = STOP_SECONDS) -> AsyncIterator[None]:
    """Works that are all asked to stop at the end of the block, and cancelled where they have not in ``seconds``."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(_endure(name, functools.partial(work, stop)), name=name) for work in works]
    try:
        yield
    finally:
        stop.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _endure(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Do ``work`` to its end. When it breaks, say so and begin it again: a service that only accepts would be dead."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 – whatever it was, the work must go on
            with contextlib.suppress(OSError):  # the disk with the log may be full
                log.error("worker.broken", worker=name, **describe(error))  # noqa: TRY400 – a trace may hold text
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            return


def watch_strays() -> None:
    """Log what nobody has caught by its kind and place; asyncio itself would print it with whatever it quotes."""
    asyncio.get_running_loop().set_exception_handler(_log_stray)


def _log_stray(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    with contextlib.suppress(OSError):
        log.error("loop.stray", **(describe(error) if error is not None else {}))
