"""Wake whoever waits for work. A wake-up is only a hint: everybody also polls, so a lost one costs
time, never a message.

On SQLite the hint stays in the process. On PostgreSQL it also travels by LISTEN/NOTIFY on a connection of its own.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

import asyncpg

CHANNEL = "tracuu"
_RECONNECT_SECONDS = 1.0


class Wakeup:
    """Topics that can be signalled and waited for within this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    def signal(self, topics: Iterable[str]) -> None:
        """Wake everybody who waits for one of ``topics``."""
        for topic in topics:
            for event in self._waiting.get(topic, ()):
                event.set()

    @contextlib.contextmanager
    def subscribe(self, topic: str) -> Iterator["Subscription"]:
        """Collect signals for ``topic`` from now on, so that none between two waits is missed."""
        event = asyncio.Event()
        self._waiting[topic].add(event)
        try:
            yield Subscription(event)
        finally:
            self._waiting[topic].discard(event)
            if not self._waiting[topic]:
                del self._waiting[topic]


class Subscription:
    """One waiter's view of a topic."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, seconds: float) -> None:
        """Return at the next signal, at once when one came since the last wait, or after ``seconds`` – the poll."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
        self._event.clear()


async def listen(dsn: str, wakeup: Wakeup) -> None:
    """Pass PostgreSQL notifications on to ``wakeup`` until cancelled; reconnects, because polling covers the gap."""
    while True:
        with contextlib.suppress(Exception):  # whatever it was: not being woken only makes everybody wait for the poll
            await _listen_once(dsn, wakeup)
        await asyncio.sleep(_RECONNECT_SECONDS)


async def _listen_once(dsn: str, wakeup: Wakeup) -> None:
    connection = await asyncpg.connect(dsn)
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    try:
        await connection.add_listener(CHANNEL, lambda *notice: wakeup.signal([str(notice[-1])]))
        await lost.wait()
    finally:
        connection.terminate()
