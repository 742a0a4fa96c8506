"""How long to wait before a portal is asked again, and when to give up."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from gateway.portal import Answer, AwayError

ATTEMPTS = 5
"""How often one thing is asked for."""
LONGEST = 120.0
"""Seconds of the longest pause; a portal that wants a longer one is left alone for now."""
_FIRST = 2.0
_BUSY = frozenset({429, 503})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class Pauses:
    """The pauses of one request to ``host``."""

    def __init__(self, host: str) -> None:
        self._host, self._made = host, 0

    def is_passing(self, answer: Answer) -> bool:
        """Whether asking again later may bring something else."""
        return answer.status in _PASSING

    def after(self, error: AwayError) -> float:
        """Seconds to wait after ``error``, which is raised when it was one too many."""
        self._made += 1
        if self._made >= ATTEMPTS:
            raise error
        return self._growing()

    def until(self, answer: Answer) -> float:
        """Seconds to wait after a passing ``answer``: what it asks for, else growing. Raises AwayError to give up."""
        wanted = read_retry_after(answer.headers.get("retry-after", ""), date=answer.headers.get("date", ""))
        if wanted is not None and wanted > LONGEST:
            raise AwayError(f"{self._host} is busy and asks us to come back in {round(wanted)} seconds")
        busy = "is busy" if answer.status in _BUSY else "fails"
        pause = self.after(AwayError(f"{self._host} {busy} (HTTP {answer.status}): trying again later may help"))
        return pause if wanted is None else max(wanted, 1.0)

    def _growing(self) -> float:
        return float(min(_FIRST * 2 ** (self._made - 1), LONGEST))


def read_retry_after(text: str, *, date: str) -> float | None:
    """Seconds that a ``Retry-After`` asks for: a number, or a moment compared with the answer's own ``Date``."""
    text = text.strip()
    if text.isdigit():
        return float(text[:9])
    moment, now = _moment(text), _moment(date)
    return None if moment is None or now is None else max(0.0, (moment - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
