"""One exchange with a provider as it is noted, and on whose behalf it is made."""

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from yarl import URL

MOST = 16 * 1024
"""How many bytes of a request or of an answer are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behalf:
    """Whose exchange it is: an account's, and where it is one, of which part of which message of the outbox."""

    channel: str
    account: str
    message: int | None = None
    part: int | None = None


_present: ContextVar[Behalf | None] = ContextVar("behalf", default=None)


@contextlib.contextmanager
def on_behalf_of(behalf: Behalf) -> Iterator[None]:
    """Whatever this task calls within the block is called for ``behalf``."""
    before = _present.set(behalf)
    try:
        yield
    finally:
        _present.reset(before)


@dataclass(slots=True, kw_only=True, eq=False)
class Exchange:
    """A request and what came of it, in memory, before anything of it may be written.

    ``known`` tells that its host is one of ours. ``done`` is set when nothing more of it is to come.
    """

    method: str
    url: URL
    known: bool
    behalf: Behalf | None = field(default_factory=_present.get)
    at: float = field(default_factory=time.time)
    began: float = field(default_factory=time.perf_counter)
    sent: bytearray = field(default_factory=bytearray)
    status: int | None = None
    retry_after: str = ""
    answer: bytes | None = None
    seconds: float = 0.0
    error: BaseException | None = None
    done: bool = False

    def add(self, piece: bytes) -> None:
        """More of the request's body."""
        if len(self.sent) < MOST:
            self.sent += piece[:MOST]

    def note_time(self) -> None:
        """What it has taken so far."""
        self.seconds = time.perf_counter() - self.began

    def end(self, answer: bytes | None = None, *, error: BaseException | None = None) -> None:
        """Nothing more is to come."""
        self.note_time()
        self.answer, self.error, self.done = answer and answer[:MOST], error, True
