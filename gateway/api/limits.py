"""How much a program may ask: a bucket of units for each address or key, in memory, and how many are worked on at once.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: ``RateLimit-Policy`` and ``RateLimit``.
"""

import asyncio
import contextlib
import math
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass

from gateway.api.problems import ProblemError

MINUTE = 60
ADDRESS_UNITS = 120
"""Units a minute of an address without a key."""
REMEMBERED = 20_000
"""Buckets that are kept; the one that was used least recently goes first."""
RETRY_SECONDS = 2
"""After how long one that found too many before it may come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is left after a request. ``wait`` are the seconds until it would have been let in, 0 when it was."""

    policy: str
    units: int
    left: int
    full_in: int
    wait: int = 0

    def headers(self) -> dict[str, str]:
        """What the asker is told with every answer."""
        told = {
            "RateLimit-Policy": f'"{self.policy}";q={self.units};w={MINUTE}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.full_in}',
        }
        return told | ({"Retry-After": str(self.wait)} if self.wait else {})


@dataclass(slots=True)
class _Bucket:
    units: float
    at: float


class Limits:
    """The buckets of one process. Times are seconds of any clock that only goes on."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()

    def take(self, policy: str, who: str, cost: int, *, units: int, now: float) -> Standing:
        """Take ``cost`` of the ``units`` that ``who`` has a minute, if they are there."""
        key, rate = (policy, who), units / MINUTE
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(units, now)
            if len(self._buckets) > self._remembered:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            bucket.units, bucket.at = min(units, bucket.units + (now - bucket.at) * rate), now
        wait = max(0.0, (cost - bucket.units) / rate)
        if not wait:
            bucket.units -= cost
        return Standing(
            policy=policy,
            units=units,
            left=int(bucket.units),
            full_in=math.ceil((units - bucket.units) / rate),
            wait=math.ceil(wait),
        )


class Gate:
    """Lets ``width`` in at once. At most ``waiting`` stand in line, for at most ``seconds``; others are sent away.

    A place that was left rests ``rest`` times as long as it was taken: whatever the demand, others have their turn.
    """

    def __init__(self, width: int, *, waiting: int, seconds: float, rest: float = 0.0) -> None:
        self._free, self._room, self._seconds = asyncio.Semaphore(width), width + waiting, seconds
        self._rest = rest

    @contextlib.asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Be inside as long as the block lasts. Raises ProblemError when there is no room."""
        if not self._room:
            raise _busy()
        self._room -= 1
        try:
            await self._enter()
            loop = asyncio.get_running_loop()
            since = loop.time()
            try:
                yield
            finally:
                loop.call_later(self._rest * (loop.time() - since), self._free.release)
        finally:
            self._room += 1

    async def _enter(self) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            raise _busy() from None


def _busy() -> ProblemError:
    return ProblemError("busy", headers={"Retry-After": str(RETRY_SECONDS)})
