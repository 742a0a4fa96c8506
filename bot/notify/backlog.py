"""Alarm when messages are taken but not worked: a service that answers 200 to everything may still be dead behind it.

One line in the log when a trouble begins and one when it ends, both at level error, so that whoever is called hears of
both. Readiness (``/readyz``) does not depend on it: a process that can store what comes must go on storing it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import StoreUnavailableError
from bot.notify.alarm import Alarm
from bot.store.engine import Store
from bot.store.stats import look_at_ages

LOOK_EVERY = timedelta(seconds=5)
UNHANDLED = timedelta(seconds=30)
"""The longest that a message may wait for a handler."""
UNSENT = timedelta(seconds=45)
"""The longest that an answer may wait for its sending; short troubles of providers are repeated within it."""
LOOKS = 2
"""So often in a row the age must be too high: a step of the clock ages everything, once. In all below a minute."""

log = structlog.get_logger()


class Overdue:
    """One alarm: begins when the age is above ``limit`` for :data:`LOOKS` looks, ends with the first that is not."""

    def __init__(self, event: str, limit: timedelta) -> None:
        self._event, self._limit = event, limit
        self._above = 0

    def see(self, age: timedelta) -> None:
        """Take note of the age of the oldest that waits."""
        above = self._above + 1 if age > self._limit else 0
        if above == LOOKS:
            log.error(self._event, state="begins", seconds=age // timedelta(seconds=1))
        if self._above >= LOOKS and not above:
            log.error(self._event, state="ends")
        self._above = above


def schedule_looks(alarm: Alarm, store: Store, *, clock: Callable[[], datetime]) -> None:
    """Set the alarm for the looks at both queues."""
    unhandled, unsent = Overdue("alarm.unhandled", UNHANDLED), Overdue("alarm.unsent", UNSENT)

    async def look() -> None:
        try:
            ages = await look_at_ages(store, now=clock())
        except StoreUnavailableError:
            return  # then nothing is taken either, and everybody who works says so
        unhandled.see(ages.unhandled)
        unsent.see(ages.unsent)

    alarm.every(LOOK_EVERY, "backlog", look)
