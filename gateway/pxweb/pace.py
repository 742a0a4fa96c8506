"""How fast a PX-Web may be asked: so many calls within so many seconds, as it says itself."""

import asyncio
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a PX-Web allows: ``cells`` for one query, ``calls`` within ``seconds``.

    The values stand for a portal that does not say: they are those PX-Web is delivered with.
    """

    cells: int = 100_000
    calls: int = 10
    seconds: float = 10.0


class Pace:
    """The calls of this process to one PX-Web, whoever makes them."""

    def __init__(self) -> None:
        self.allowance = Allowance()
        self.is_settled = False
        self._made: deque[float] = deque()

    async def turn(self) -> None:
        """Wait until one more call is allowed, and count it."""
        loop = asyncio.get_running_loop()
        while len(self._made) >= self.allowance.calls:
            wait = self._made[0] + self.allowance.seconds - loop.time()
            if wait > 0:
                await asyncio.sleep(min(wait, self.allowance.seconds))
            else:
                self._made.popleft()
        self._made.append(loop.time())
