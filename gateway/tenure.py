"""One sender for each account with a limited pace: who holds the account's lease sends, everybody else waits.

An account without a limit needs none: whatever order must hold is held by the leases on its queues, and several
processes share the work (the web chat).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from bot.store import leases
from bot.store.engine import Store
from bot.store.leases import LEASE, LONGEST, SKEW, Lease
from gateway.channel import AccountSettings
from gateway.limits import Bucket

RENEWED = timedelta(seconds=2)
"""How old a lease gets before it is renewed."""
ASKED_AGAIN = timedelta(seconds=1)
"""How often somebody who waits for an account looks whether it is free."""

_SECOND = timedelta(seconds=1)
_tenures = count(1)


class Tenure:
    """The lease of one sender on its account. Whoever gets it after another fills ``bucket`` first.

    The other may have sent all that is allowed until its lease ended, so nothing goes for a window after that, and for
    the longest of several: with a window of a minute a new start waits up to a minute after the former stop, and after
    a crash a minute beside the lease. What went in it is not kept on disk: that would be one more write for each part.
    """

    def __init__(self, store: Store, account: AccountSettings, bucket: Bucket, clock: Callable[[], datetime]) -> None:
        self._store, self._bucket, self._clock = store, bucket, clock
        self._place = {"channel": account.channel, "account": account.account}
        self.owner = f"{store.owner}/{next(_tenures)}"
        self._lease: Lease | None = None
        self._end = 0.0
        self._refused: datetime | None = None
        self._unsure = False  # it may have become ours, after somebody else, without our hearing of it

    async def hold(self) -> bool:
        """Take the lease, or renew it in time; whether it is ours. Raises StoreUnavailableError."""
        now = self._clock()
        if self._is_young(now):
            return True
        if self._refused is not None and timedelta(0) <= now - self._refused < ASKED_AGAIN:
            return False
        asked_at = asyncio.get_running_loop().time()
        unsure = self._unsure or self._has_leapt(now, asked_at)
        self._unsure = True  # as long as the database has not answered
        self._lease = await leases.hold(self._store, **self._place, owner=self.owner, now=now)
        self._unsure = False
        self._end = asked_at + (LEASE - SKEW) / _SECOND
        self._refused = now if self._lease is None else None
        if self._lease is not None and (former := self._lease.former or (now if unsure else None)):
            self._bucket.fill(former)
        return self.lasts()

    def lasts(self) -> bool:
        """Whether a part may be begun now: by the time of day, as others see it, and by a clock that nobody sets."""
        if self._lease is None or not SKEW < self._lease.until - self._clock() <= LONGEST - SKEW:
            return False
        return asyncio.get_running_loop().time() < self._end

    async def release(self) -> None:
        """Let another have the account at once. Raises StoreUnavailableError."""
        self._lease = None
        await leases.release(self._store, **self._place, owner=self.owner, now=self._clock())

    def _has_leapt(self, now: datetime, moment: float) -> bool:
        """Whether the clock was set forward: then what went a moment ago seems to lie long back."""
        return self._lease is not None and moment < self._end - SKEW / _SECOND and now >= self._lease.until - SKEW

    def _is_young(self, now: datetime) -> bool:
        if self._lease is None or not self.lasts():
            return False
        return LEASE - RENEWED < self._lease.until - now <= LEASE
