"""What goes wrong between a provider and us, planned for the next calls or the next messages."""

from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

PAGE = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What one call meets. ``taken``: the provider does what it was asked, only the answer suffers.

    ``wait`` holds the answer back, in seconds of ours (inf = for ever); ``cut`` closes the connection instead of an
    answer; ``busy`` answers as this provider does to whoever calls too often; ``status`` and ``body`` replace it.
    """

    taken: bool = True
    wait: float = 0.0
    cut: bool = False
    busy: bool = False
    status: int = 0
    body: str = PAGE


def down(status: int = 502) -> Fault:
    """An error page of a server in between; nothing was taken."""
    return Fault(taken=False, status=status)


def slow(seconds: float) -> Fault:
    """Taken, and answered ``seconds`` of ours later."""
    return Fault(wait=seconds)


def hanging(*, taken: bool = True) -> Fault:
    """Never answered."""
    return Fault(taken=taken, wait=float("inf"), cut=True)


def busy() -> Fault:
    """Refused for coming too often."""
    return Fault(taken=False, busy=True)


def broken(*, taken: bool) -> Fault:
    """The connection breaks before the answer, ``taken`` or not."""
    return Fault(taken=taken, cut=True)


def garbled() -> Fault:
    """HTTP 200 with a page that is no answer; nothing was taken."""
    return Fault(taken=False, status=200, body="<!doctype html><title>Login</title>")


class Way(StrEnum):
    """How the receipts of a message come."""

    GOOD = "good"
    LOST = "lost"
    TWICE = "twice"
    SHUFFLED = "shuffled"
    LATE = "late"
    EARLY = "early"


@dataclass(frozen=True, kw_only=True)
class Course:
    """The receipts of one message: these ``states``, in the provider's words, or the usual ones, come on this ``way``.

    ``after`` is how long *late* ones take.
    """

    states: tuple[str, ...] = ()
    way: Way = Way.GOOD
    after: timedelta = timedelta(hours=1)

    def order(self, usual: tuple[str, ...]) -> tuple[str, ...]:
        """The states as they are reported; shuffled ones come last first."""
        states = self.states or usual
        if self.way is Way.SHUFFLED:
            return tuple(reversed(states))
        if self.way is Way.TWICE:
            return tuple(state for state in states for _ in range(2))
        return () if self.way is Way.LOST else states


@dataclass(kw_only=True)
class Plans:
    """What is still to go wrong: ``calls`` for the next calls, ``courses`` for the next messages; ``away``: nobody
    answers at all."""

    calls: deque[Fault | None] = field(default_factory=deque)
    courses: deque[Course] = field(default_factory=deque)
    away: bool = False

    def add(self, *faults: Fault | None, times: int = 1) -> None:
        """The next calls meet ``faults``, ``times`` times over; None is a call that goes well."""
        self.calls.extend(faults * times)

    def follow(self, *courses: Course) -> None:
        """The next messages that are taken have these receipts."""
        self.courses.extend(courses)

    def fault(self) -> Fault | None:
        """What the present call meets."""
        return self.calls.popleft() if self.calls else None

    def course(self) -> Course:
        """How the receipts of the present message come."""
        return self.courses.popleft() if self.courses else Course()
