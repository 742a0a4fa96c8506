"""How fast one of our accounts may send: in memory, for the one sender that holds the account."""

from collections import deque
from datetime import datetime, timedelta


class Bucket:
    """Lets at most ``rate`` parts through in any second, whenever that second begins; bursts and pauses included.

    A ``rate`` below one lets one part through in 1/``rate`` seconds, None everything. Time is an argument. A clock that
    is set back neither gives nor takes room: what went "later" counts as if it went now.
    """

    def __init__(self, rate: float | None) -> None:
        self._size = max(1, int(rate or 0))
        self._window = timedelta(seconds=self._size / rate) if rate else timedelta(0)
        self._gone: deque[datetime] = deque()
        self._closed_at: datetime | None = None
        self._closed_for = timedelta(0)

    def room(self, now: datetime) -> int | None:
        """How many parts may go now; None = any number."""
        if self._closed(now):
            return 0
        if not self._window:
            return None
        self._forget(now)
        return self._size - len(self._gone)

    def wait(self, now: datetime) -> timedelta:
        """How long there is no room."""
        if closed := self._closed(now):
            return closed
        if self.room(now) != 0:
            return timedelta(0)
        return self._window - (now - self._gone[0])

    def take(self, now: datetime) -> None:
        """Account for one part that goes now."""
        if self._window:
            self._forget(now)
            self._gone.append(now)

    def close(self, now: datetime, seconds: float) -> None:
        """The provider asks for silence."""
        asked = timedelta(seconds=seconds)
        if asked > self._closed(now):
            self._closed_at, self._closed_for = now, asked

    def _closed(self, now: datetime) -> timedelta:
        if self._closed_at is None:
            return timedelta(0)
        self._closed_at = min(self._closed_at, now)
        return max(timedelta(0), self._closed_at + self._closed_for - now)

    def _forget(self, now: datetime) -> None:
        if self._gone and self._gone[-1] > now:
            self._gone = deque(min(moment, now) for moment in self._gone)
        while self._gone and now - self._gone[0] >= self._window:
            self._gone.popleft()
