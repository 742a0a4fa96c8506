"""How fast a PX-Web may be asked: so many calls within so many seconds, as it says itself."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
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
        self._alone = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until one more call is allowed; it is made in the block.

        It counts from its end: the portal has counted it by then, however late it arrived there.
        """
        loop = asyncio.get_running_loop()
        async with self._alone:
            while len(self._made) >= self.allowance.calls:
                wait = self._made[0] + self.allowance.seconds - loop.time()
                if wait > 0:
                    await asyncio.sleep(min(wait, self.allowance.seconds))
                else:
                    self._made.popleft()
            try:
                yield
            finally:
                self._made.append(loop.time())
