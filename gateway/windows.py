"""One sliding window of a provider: how much went in its last seconds, and how long there is no room."""

from collections import deque
from datetime import datetime, timedelta

from gateway.channel import Window

_NO_TIME = timedelta(0)


class Silence:
    """A time during which nothing may be sent. A clock that is set back does not prolong it."""

    def __init__(self) -> None:
        self._from: datetime | None = None
        self._length = _NO_TIME

    def keep(self, now: datetime, length: timedelta) -> None:
        """Be silent for ``length`` from now on, or longer where that was asked for already."""
        if length > self.left(now):
            self._from, self._length = now, length

    def left(self, now: datetime) -> timedelta:
        """How much of it is left; zero when it is over."""
        if self._from is None:
            return _NO_TIME
        self._from = min(self._from, now)
        return max(_NO_TIME, self._from + self._length - now)


class Tally:
    """What went through one window, in units; never more than fit, whenever the window begins.

    What is under way takes room from :meth:`begin` on and until a window after its :meth:`end`, because nobody can tell
    when in between the provider counted it. What costs more than the whole window goes alone and keeps it closed for as
    long as its units take. Time is an argument; a clock that is set back neither gives nor takes room: what went
    "later" counts as if it went now.
    """

    def __init__(self, window: Window, *, share: float = 1.0) -> None:
        self._size = max(1, int(window.units * share + 1e-9))  # 0.07 of 100 are 7, whatever a product of floats says
        self._length = timedelta(seconds=window.seconds)
        self._used = 0
        self._gone: deque[tuple[datetime, int]] = deque()
        self._over = Silence()

    def room(self, now: datetime) -> int:
        """How many units may go now."""
        self._forget(now)
        return 0 if self._over.left(now) else max(0, self._size - self._used)

    def wait(self, now: datetime, cost: int) -> timedelta:
        """How long there is no room for ``cost`` units, if nothing else goes meanwhile."""
        self._forget(now)
        closed = self._over.left(now)
        too_many = self._used + min(cost, self._size) - self._size
        if too_many <= 0:
            return closed
        for moment, units in self._gone:
            too_many -= units
            if too_many <= 0:
                return max(closed, self._length - (now - moment))
        return max(closed, self._length)  # what is under way counts for a window yet

    def begin(self, cost: int) -> None:
        """A part of ``cost`` units goes now."""
        self._used += min(cost, self._size)

    def end(self, cost: int, moment: datetime) -> None:
        """A part that was begun has reached the provider by ``moment``, or never will."""
        if self._gone:
            moment = max(moment, self._gone[-1][0])
        self._gone.append((moment, min(cost, self._size)))
        if cost > self._size:
            self._over.keep(moment, self._length * (cost / self._size))

    def fill(self, moment: datetime) -> None:
        """Take it that somebody else sent as much as is allowed until ``moment``."""
        self.begin(self._size)
        self.end(self._size, moment)

    def fullness(self, now: datetime) -> float:
        """The share of the window that is taken, from 0 to 1."""
        self._forget(now)
        return min(1.0, self._used / self._size)

    def is_idle(self, now: datetime) -> bool:
        """Whether nothing is left to be remembered."""
        self._forget(now)
        return not self._used and not self._over.left(now)

    def _forget(self, now: datetime) -> None:
        gone = self._gone
        if gone and now < gone[-1][0]:
            self._gone = gone = deque((min(moment, now), units) for moment, units in gone)
        while gone and now - gone[0][0] >= self._length:
            self._used -= gone.popleft()[1]
