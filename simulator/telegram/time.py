"""The double's own time: as fast as a test wants it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Seconds of the provider, made of ``clock`` (real seconds, rising): ``speed`` of them pass in a real one.

    ``epoch`` is the Unix time at which ``clock`` stood at ``origin``.
    """

    clock: Callable[[], float]
    speed: float
    epoch: float
    origin: float

    def now(self) -> float:
        """Seconds of the provider since the start; limits and delays are measured in them."""
        return (self.clock() - self.origin) * self.speed

    def unix(self) -> int:
        """The date that a message of this moment bears."""
        return int(self.epoch + self.now())

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of the provider."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)

    def real(self, seconds: float) -> float:
        """How long ``seconds`` of the provider last here."""
        return seconds / self.speed
