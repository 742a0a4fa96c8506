"""What can go wrong with a call: planned by a test for the next calls of a path."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

EVERY = "*"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What happens to one call. ``executed``: Zalo does what it was asked, only the answer suffers.

    ``code`` answers with that error; ``wait`` holds the answer back, in seconds of ours (inf = for ever); ``cut``
    closes the connection before the answer or in the middle of it; ``torn`` gives the answer in two pieces, one after
    the other; ``status`` and ``body`` replace the answer;
    ``without`` drops fields from it and ``instead`` replaces some.
    """

    executed: bool
    code: int = 0
    wait: float = 0.0
    cut: Literal["", "before", "within"] = ""
    torn: bool = False
    status: int = 200
    body: str = ""
    without: frozenset[str] = frozenset()
    instead: Mapping[str, object] = field(default_factory=dict)


def failing(code: int) -> Trouble:
    """An error inside HTTP 200; nothing was done."""
    return Trouble(executed=False, code=code)


def slow(seconds: float) -> Trouble:
    """Done, but answered ``seconds`` of ours later."""
    return Trouble(executed=True, wait=seconds)


def hanging(*, executed: bool = False) -> Trouble:
    """Never answered."""
    return Trouble(executed=executed, wait=float("inf"))


def lost() -> Trouble:
    """Done, and the connection is cut before the answer."""
    return Trouble(executed=True, cut="before")


def reset(*, executed: bool = True) -> Trouble:
    """The connection breaks in the middle of the answer."""
    return Trouble(executed=executed, cut="within")


def torn() -> Trouble:
    """Done, and the answer comes in two pieces, as any longer one may."""
    return Trouble(executed=True, torn=True)


def down(status: int = 502, *, executed: bool = False) -> Trouble:
    """An error page of a server in between."""
    return Trouble(executed=executed, status=status, body="<html><h1>Bad Gateway</h1></html>")


def garbled(*, executed: bool = False) -> Trouble:
    """HTTP 200 with a body that is no JSON."""
    return Trouble(executed=executed, body="<!doctype html><title>Zalo</title>")


def lacking(*fields: str) -> Trouble:
    """Done, but the answer lacks ``fields`` – say, one of the two tokens."""
    return Trouble(executed=True, without=frozenset(fields))


def changed(**fields: object) -> Trouble:
    """Done, but the answer has other ``fields`` – say, a number where a string is usual."""
    return Trouble(executed=True, instead=fields)


@dataclass
class Plans:
    """The troubles still to come, per path; those of :data:`EVERY` come first."""

    released: asyncio.Event = field(default_factory=asyncio.Event)
    _next: defaultdict[str, deque[Trouble | None]] = field(default_factory=lambda: defaultdict(deque))

    def add(self, path: str, *troubles: Trouble | None, times: int = 1) -> None:
        """The next calls of ``path`` meet ``troubles``, ``times`` times over; None stands for a call that goes well."""
        self._next[path].extend(troubles * times)

    def take(self, path: str) -> Trouble | None:
        """What the present call meets."""
        for plan in (self._next[EVERY], self._next[path]):
            if plan:
                return plan.popleft()
        return None

    def clear(self) -> None:
        """All goes well again, and whatever hangs is let go."""
        self._next.clear()
        self.released.set()
        self.released = asyncio.Event()
