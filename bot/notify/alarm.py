"""The alarm clock: it calls functions at their times, and knows nothing else.

Jobs live in memory; what is due is always read from our tables, so a missed or doubled call is harmless.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta, tzinfo
from itertools import chain, repeat
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.core.fault import describe

VIETNAM: tzinfo = ZoneInfo("Asia/Ho_Chi_Minh")

log = structlog.get_logger()


class Alarm:
    """Calls asynchronous functions at intervals or at a time of day in Asia/Ho_Chi_Minh. One call at a time each.

    Intervals are counted by the loop's own clock: APScheduler counts by the wall clock, and when that is set back by
    two hours it calls nobody for two hours.
    """

    def __init__(self) -> None:
        # a late call is still a call: without misfire_grace_time=None APScheduler drops what is a second late
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=VIETNAM, job_defaults=defaults)
        self._started = asyncio.Event()
        self._repeating: list[asyncio.Task[None]] = []

    def every(
        self, interval: timedelta, name: str, job: Callable[[], Awaitable[object]], *, first: timedelta | None = None
    ) -> None:
        """Call ``job`` every ``interval``, the first time after one, or after ``first``."""
        waits = chain([interval if first is None else first], repeat(interval))
        self._repeating.append(asyncio.create_task(self._repeat(waits, name, job), name=name))

    def daily(self, hour: int, minute: int, name: str, job: Callable[[], Awaitable[object]]) -> None:
        """Call ``job`` each day at ``hour``:``minute`` in Vietnam."""
        self._scheduler.add_job(
            _guard, "cron", hour=hour, minute=minute, args=[name, job], id=name, replace_existing=True
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()
        self._started.set()

    def stop(self) -> None:
        """End; calls under way are not waited for."""
        self._scheduler.shutdown(wait=False)
        for task in self._repeating:
            task.cancel()

    async def _repeat(self, waits: Iterable[timedelta], name: str, job: Callable[[], Awaitable[object]]) -> None:
        await self._started.wait()
        for wait in waits:
            await asyncio.sleep(wait / timedelta(seconds=1))
            await _guard(name, job)


async def _guard(name: str, job: Callable[[], Awaitable[object]]) -> None:
    """A job that fails is logged and called again at its next time."""
    try:
        await job()
    except Exception as error:  # noqa: BLE001 – the clock goes on
        log.warning("alarm.failed", job=name, **describe(error))
