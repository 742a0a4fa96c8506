"""How fast one of our accounts may send: in memory, for the one sender that holds the account."""

import asyncio
import contextlib
from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import count

LATE = timedelta(seconds=1)
"""A part is taken to have reached the provider when it answers, at the latest this long after it was begun."""


class Silence:
    """A time during which nothing may be sent. A clock that is set back does not prolong it."""

    def __init__(self) -> None:
        self._from: datetime | None = None
        self._length = timedelta(0)

    def keep(self, now: datetime, length: timedelta) -> None:
        """Be silent for ``length`` from now on, or longer where that was asked for already."""
        if length > self.left(now):
            self._from, self._length = now, length

    def left(self, now: datetime) -> timedelta:
        """How much of it is left; zero when it is over."""
        if self._from is None:
            return timedelta(0)
        self._from = min(self._from, now)
        return max(timedelta(0), self._from + self._length - now)


class Bucket:
    """Lets at most ``rate`` units through in any second, whenever that second begins; bursts and pauses included.

    A unit is a part, or a segment where these are paid. A ``rate`` below one lets one unit through in 1/``rate``
    seconds, None everything. A part that costs more than a second's units goes alone and keeps the bucket closed for as
    long as its units take.

    A part counts from its beginning until a window after its :meth:`done`, because nobody can tell when in between the
    provider counted it. Time is an argument. A clock that is set back neither gives nor takes room: what went "later"
    counts as if it went now.
    """

    def __init__(self, rate: float | None) -> None:
        self._size = max(1, int(rate or 0))
        self._window = timedelta(seconds=max(1.0, 1 / rate)) if rate else timedelta(0)
        self._tickets = count(1)
        self._under_way: dict[int, tuple[datetime, int]] = {}
        self._gone: deque[tuple[datetime, int]] = deque()
        self._used = 0
        self._seen = datetime.min.replace(tzinfo=UTC)
        self._silence = Silence()

    def room(self, now: datetime) -> int | None:
        """How many units may go now; None = any number."""
        if self._silence.left(now):
            return 0
        if not self._window:
            return None
        self._forget(now)
        return max(0, self._size - self._used)

    def wait(self, now: datetime, cost: int = 1) -> timedelta:
        """How long there is no room for ``cost`` units, if nothing else goes meanwhile."""
        if silent := self._silence.left(now):
            return silent
        if not self._window:
            return timedelta(0)
        self._forget(now)
        too_many = self._used + min(cost, self._size) - self._size
        for moment, units in self._gone:
            if too_many <= 0:
                break
            too_many -= units
            if too_many <= 0:
                return self._window - (now - moment)
        return self._window if too_many > 0 else timedelta(0)  # what is under way counts for a window yet

    def take(self, now: datetime, cost: int = 1) -> int:
        """Account for a part of ``cost`` units that goes now; returns its ticket for :meth:`done`."""
        ticket = next(self._tickets)
        if self._window:
            self._forget(now)
            self._under_way[ticket] = (now, cost)
            self._used += min(cost, self._size)
        return ticket

    def done(self, ticket: int, now: datetime) -> None:
        """The provider has answered, or never will."""
        self._forget(now)
        if ticket in self._under_way:
            self._count(ticket, now)

    def fill(self, moment: datetime) -> None:
        """Take it that somebody else sent as much as is allowed until ``moment``."""
        if self._window:
            self._gone.append((moment, self._size))
            self._used += self._size

    def close(self, now: datetime, seconds: float) -> None:
        """The provider asks for silence."""
        self._silence.keep(now, timedelta(seconds=seconds))

    def _count(self, ticket: int, moment: datetime) -> None:
        """Let the window of a part begin at ``moment``."""
        _, cost = self._under_way.pop(ticket)
        if self._gone:
            moment = max(moment, self._gone[-1][0])
        self._gone.append((moment, min(cost, self._size)))
        if cost > self._size:
            self._silence.keep(moment, self._window * (cost / self._size))

    def _forget(self, now: datetime) -> None:
        if now < self._seen:
            self._gone = deque((min(moment, now), units) for moment, units in self._gone)
            self._under_way = {key: (min(begun, now), cost) for key, (begun, cost) in self._under_way.items()}
        self._seen = now
        while self._under_way and now - (oldest := next(iter(self._under_way.items())))[1][0] >= LATE:
            self._count(oldest[0], oldest[1][0] + LATE)
        while self._gone and now - self._gone[0][0] >= self._window:
            self._used -= self._gone.popleft()[1]


class Slots:
    """How many queues are worked at once. Each holds a slot until its last part has been handed over."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: set[object] = set()
        self._freed = asyncio.Event()

    @property
    def free(self) -> int:
        """How many more may begin."""
        return self._size - len(self._held)

    def hold(self, work: object) -> None:
        """``work`` begins."""
        self._held.add(work)

    def release(self, work: object) -> None:
        """``work`` needs its slot no more; safe to repeat."""
        self._held.discard(work)
        self._freed.set()

    async def wait(self, seconds: float) -> None:
        """Return when a slot was released, or after ``seconds``."""
        self._freed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._freed.wait()
