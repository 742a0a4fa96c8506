"""Zalo's time in a test: it runs as fast as wanted and may be turned forward."""

import asyncio
import contextlib
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Timeline:
    """A clock (call it for the moment) that starts at ``start`` and runs ``speed`` times as fast as ours.

    With ``speed`` 0 it stands still and moves only by :meth:`turn`. The program under test may be given the same one.
    """

    def __init__(self, start: datetime, *, speed: float = 1.0) -> None:
        self._start, self._speed = start, speed
        self._began = time.monotonic()
        self._turned = asyncio.Event()

    def __call__(self) -> datetime:
        """The moment, with a time zone."""
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._speed)

    def turn(self, by: timedelta) -> None:
        """Let ``by`` pass at once; whoever waits for a moment that is now over goes on."""
        self._start += by
        self._turned.set()

    async def until(self, moment: datetime) -> None:
        """Wait until it is ``moment``."""
        while (left := (moment - self()).total_seconds()) > 0:
            self._turned.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._turned.wait(), left / self._speed if self._speed else None)


def local(moment: datetime) -> datetime:
    """``moment`` by the clocks in Việt Nam, by which days and nights are counted."""
    return moment.astimezone(VIETNAM)


def millis(moment: datetime) -> str:
    """Milliseconds since 1970, as Zalo writes moments: a string."""
    return str(int(moment.timestamp() * 1000))
