"""Notice when the event loop is late or stuck: while one step runs, nobody is accepted, handled or sent to.

The loop beats ten times a second and measures how late it is. A thread looks whether it still beats, and says where it
is stuck while it is: afterwards nobody could tell. The thread counts its own looks instead of reading a clock, so that
a process that was frozen as a whole (a paused machine, SIGSTOP) is not taken for a stuck loop. Code that holds the
interpreter lock all the time blinds the thread too; then the lateness is still measured, and systemd's watchdog, which
only the loop feeds, still restarts us.
"""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Iterator
from types import FrameType

import structlog

from gateway.metrics import Metrics
from gateway.supervisor import Supervisor
from gateway.worker import running

STUCK_SECONDS = 1.0
"""A loop that has not beaten for that long is stuck."""
BEAT_SECONDS = 0.1
_LOOK_SECONDS = 0.25
_FEEDS = 4
"""How often the supervisor hears from us within its patience."""
_OURS = ("bot.", "gateway.")
_OURSELVES = (__name__, "gateway.terminal", "gateway.cli", "gateway.commands.serve")  # below every step of the loop

log = structlog.get_logger()


class Watchdog:
    """Watches the loop of one thread."""

    def __init__(self, metrics: Metrics, supervisor: Supervisor) -> None:
        self._metrics, self._supervisor = metrics, supervisor
        self._thread = threading.get_ident()
        self._beats = 0
        self._over = threading.Event()

    async def beat(self) -> None:
        """Beat for ever and measure how late each beat is."""
        loop = asyncio.get_running_loop()
        patience = self._supervisor.patience
        fed = loop.time()
        while True:
            before = loop.time()
            await asyncio.sleep(BEAT_SECONDS)
            late = max(0.0, loop.time() - before - BEAT_SECONDS)
            self._metrics.loop_lag.set(late)
            self._metrics.loop_delay.observe(late)
            self._beats += 1
            if patience is not None and loop.time() - fed >= patience / _FEEDS:
                fed = loop.time()
                self._supervisor.alive()

    def look(self) -> None:
        """Look until it is over, in a thread of its own; say so when the loop gets stuck and when it is free."""
        seen, missed, told = self._beats, 0, False
        while not self._over.wait(_LOOK_SECONDS):
            if self._beats != seen:
                if told:
                    self._say("loop.free", seconds=missed * _LOOK_SECONDS)
                seen, missed, told = self._beats, 0, False
                continue
            missed += 1
            if not told and missed * _LOOK_SECONDS >= STUCK_SECONDS:
                told = True
                self._metrics.loop_stalls.inc()
                self._say("loop.stuck", place=self._place())

    def end(self) -> None:
        """Let :meth:`look` return."""
        self._over.set()

    def _place(self) -> str:
        frames = sys._current_frames()  # noqa: SLF001 – documented under this name; there is no other way to see a stuck thread
        return _place_of(frames.get(self._thread))

    def _say(self, event: str, **fields: object) -> None:
        with contextlib.suppress(OSError):  # the disk with the log may be full
            log.error(event, **fields)


def _place_of(innermost: FrameType | None) -> str:
    """File and line of the innermost of our own steps, without the values in it; ``?`` when it is not ours."""
    frame = innermost
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(_OURS) and name not in _OURSELVES:
            return f"{name.replace('.', '/')}.py:{frame.f_lineno or '?'}"
        frame = frame.f_back
    return "?"


@contextlib.contextmanager
def watching(metrics: Metrics, supervisor: Supervisor) -> Iterator[None]:
    """Watch the running loop as long as the block lasts."""
    watchdog = Watchdog(metrics, supervisor)
    thread = threading.Thread(target=watchdog.look, name="watchdog", daemon=True)
    with running("beat", watchdog.beat):
        thread.start()
        try:
            yield
        finally:
            watchdog.end()
            thread.join()
