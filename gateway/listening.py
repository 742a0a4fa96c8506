"""Fetch what a provider does not post: one listener for each account, in one process at a time, begun again after
trouble.
"""

import asyncio
from datetime import timedelta
from random import Random

import structlog

from bot.core.errors import StoreUnavailableError
from bot.core.fault import describe
from bot.store import leases
from bot.store.intake import Intake
from gateway.channel import Hook, Parsed, Presence, Take, Wire
from gateway.errors import RejectedError, SendError, ThrottledError
from gateway.exchange import Behalf, on_behalf_of
from gateway.metrics import Metrics
from gateway.retry import bounded
from gateway.webhooks import BODY_SECONDS, Entrance

RENEWED = 2.0
"""Seconds after which the lease on an account is renewed, a third of what it lasts."""
ASKED_AGAIN = 1.0
"""Seconds after which a process that waits for an account looks whether it is free."""
LONGEST_PAUSE = 60.0
"""Seconds to wait where only an administrator can help, and the most that trouble of any kind delays listening."""
CALM = 20.0
"""Who has listened for so many seconds had no trouble before."""
_FIRST_PAUSE = 1.0
_DOUBLINGS = 6  # from the first pause to beyond the longest
_SECOND = timedelta(seconds=1)

log = structlog.get_logger()


def pause_after(error: Exception, tries: int, *, jitter: Random) -> float:
    """Seconds to wait after ``error``, the ``tries``-th in a row: never none, so that nobody is hammered."""
    if isinstance(error, ThrottledError):
        return bounded(error.after) / _SECOND
    if isinstance(error, SendError) and error.our_fault:
        return LONGEST_PAUSE
    full: float = min(_FIRST_PAUSE * 2 ** min(tries - 1, _DOUBLINGS), LONGEST_PAUSE)
    return full * (0.5 + jitter.random() / 2)


def taking(presence: Presence, wire: Wire, intake: Intake, metrics: Metrics) -> Take:
    """The way of what was fetched: that of a hook whose sender is known. What is not understood stops nothing."""
    entrance = Entrance(wire.store, intake, presence, "", metrics=metrics, clock=wire.clock, body_seconds=BODY_SECONDS)
    fetched = metrics.hooks.labels(presence.channel.name, "fetched")

    async def take(hook: Hook) -> Parsed:
        fetched.inc()
        try:
            return await entrance.take(hook)
        except RejectedError:  # it lies in quarantine
            return Parsed()

    return take


class Listener:
    """The listener of one account. ``jitter`` spreads what is tried again."""

    def __init__(self, presence: Presence, wire: Wire, take: Take, *, jitter: Random) -> None:
        self._channel, self._account = presence.channel, presence.account
        self._wire, self._take, self._jitter = wire, take, jitter
        # a sender's lease on the same account is another one
        self._place = {"channel": self._channel.name, "account": f"{self._account.account}/poll"}
        self._owner = f"{wire.store.owner}/poll"

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until ``stop`` is set, whenever no other process does; return at once where the provider posts."""
        posted = False
        while not stop.is_set() and not posted:
            try:
                if await self._hold():
                    posted = await self._listen_while_ours(stop)
            except StoreUnavailableError as error:  # what cannot be stored need not be fetched
                log.warning("listen.store_unavailable", channel=self._channel.name, reason=str(error))
            if not posted:
                await _pause(stop, ASKED_AGAIN)

    async def _hold(self) -> bool:
        """Take or renew the lease; whether it is ours. Raises StoreUnavailableError."""
        now = self._wire.clock()
        return await leases.hold(self._wire.store, **self._place, owner=self._owner, now=now) is not None

    async def _listen_while_ours(self, stop: asyncio.Event) -> bool:
        """Listen as long as the lease is ours; whether there is nothing to listen to. Raises StoreUnavailableError."""
        listening = asyncio.create_task(self._listen(), name="listen")
        tasks = (listening, asyncio.create_task(stop.wait()))
        try:
            while not (await asyncio.wait(tasks, timeout=RENEWED, return_when=asyncio.FIRST_COMPLETED))[0]:
                if not await self._hold():
                    return False
            return listening.done()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._leave()

    async def _listen(self) -> None:
        """Listen, and begin again after whatever trouble. Returns where the provider posts."""
        if self._channel.listen is None:
            return
        loop, tries = asyncio.get_running_loop(), 0
        while True:
            began = loop.time()
            try:
                with on_behalf_of(Behalf(channel=self._channel.name, account=self._account.account)):
                    await self._channel.listen(self._account, self._wire, self._take)
            except Exception as error:  # noqa: BLE001 – whatever it was, people go on writing
                tries = 1 if loop.time() - began > CALM else tries + 1
                pause = pause_after(error, tries, jitter=self._jitter)
                self._report(error, pause)
                await asyncio.sleep(pause)
            else:
                return

    def _report(self, error: Exception, pause: float) -> None:
        """Only errors of our own say in words what is wrong: those of libraries quote addresses with tokens in them."""
        known = isinstance(error, SendError | StoreUnavailableError)
        tell = log.error if isinstance(error, SendError) and error.our_fault else log.warning
        what = {"reason": str(error)} if known else describe(error)
        tell("listen.trouble", channel=self._channel.name, account=self._account.account, again_in=round(pause), **what)

    async def _leave(self) -> None:
        """Let another process listen at once."""
        try:
            await leases.release(self._wire.store, **self._place, owner=self._owner, now=self._wire.clock())
        except StoreUnavailableError as error:  # the lease ends by itself
            log.warning("listen.store_unavailable", channel=self._channel.name, reason=str(error))


async def _pause(event: asyncio.Event, seconds: float) -> None:
    """Wait for ``event``, at most ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
