"""How fast one of our accounts may send: a token bucket in memory, for the one sender that holds the account."""

from datetime import datetime, timedelta


class Bucket:
    """Lets at most ``rate`` parts a second through, bursts included: a full bucket holds what one second may have.

    ``rate`` None lets everything through. Time is an argument, so that a provider's request to wait fits in.
    """

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._tokens = max(1.0, rate or 0.0)
        self._filled_at: datetime | None = None
        self._closed_until: datetime | None = None

    def room(self, now: datetime) -> int | None:
        """How many parts may go now; None = any number."""
        if self._closed_until is not None and now < self._closed_until:
            return 0
        if self._rate is None:
            return None
        self._fill(now)
        return int(self._tokens)

    def take(self, now: datetime) -> None:
        """Account for one part that goes now."""
        if self._rate is not None:
            self._fill(now)
            self._tokens -= 1

    def close(self, now: datetime, seconds: float) -> None:
        """The provider asks for silence."""
        self._closed_until = max(self._closed_until or now, now + timedelta(seconds=seconds))

    def _fill(self, now: datetime) -> None:
        rate = self._rate or 0.0
        if self._filled_at is not None and now > self._filled_at:
            gained = (now - self._filled_at).total_seconds() * rate
            self._tokens = min(max(1.0, rate), self._tokens + gained)
        self._filled_at = now
