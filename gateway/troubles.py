"""How often sending fails by the providers' fault, counted in memory and written down every few seconds."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Container
from datetime import datetime

import structlog

from bot.core.balance import Member
from bot.core.errors import StoreUnavailableError
from bot.store.balancing import note_troubles
from bot.store.engine import Store
from gateway.errors import MisconfiguredError, OutcomeUnknownError, SendError, UnreachableError

NOTED_EVERY_SECONDS = 5.0
_FAULTS = (UnreachableError, MisconfiguredError, OutcomeUnknownError)

log = structlog.get_logger()


class Troubles:
    """The count of one process; only of ``members``, and only what another account would not have failed at."""

    def __init__(self, store: Store, members: Container[Member], clock: Callable[[], datetime]) -> None:
        self._store, self._members, self._clock = store, members, clock
        self._counts: Counter[Member] = Counter()

    def note(self, member: Member, error: SendError) -> None:
        """One try of ``member`` has failed with ``error``."""
        if isinstance(error, _FAULTS) and member in self._members:
            self._counts[member] += 1

    async def run(self, stop: asyncio.Event) -> None:
        """Write down what was counted every few seconds, and once more at the end."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), NOTED_EVERY_SECONDS)
            await self.write()

    async def write(self) -> None:
        """Write down what was counted since the last time. While the database is away it goes on counting."""
        if not self._counts:
            return
        counts, self._counts = self._counts, Counter()
        try:
            await note_troubles(self._store, counts, now=self._clock())
        except StoreUnavailableError as error:
            self._counts.update(counts)
            log.warning("troubles.store_unavailable", reason=str(error))
