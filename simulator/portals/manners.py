"""What every portal may expect of a program that reads it, and notes where it is not kept.

The rules are numbered in docs/portals.md.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_AGENT = re.compile(r"\S+/\S+ .*\(\+\S+\)")
_PAUSE = 1.0


@dataclass(frozen=True, kw_only=True)
class Offence:
    """A rule that a request broke, and what it asked for."""

    rule: str
    what: str


@dataclass(kw_only=True)
class Manners:
    """The manners of those who call. ``clock`` gives rising seconds, in which pauses are counted."""

    clock: Callable[[], float]
    offences: list[Offence] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    under_way: int = 0
    _closed_until: float = float("-inf")

    @contextlib.contextmanager
    def receive(self, path: str, agent: str, *, bearing: bool) -> Iterator[None]:
        """A request for ``path`` from ``agent``, ``bearing`` cookies or a name and password, while it is answered."""
        self.asked.append(path)
        self.under_way += 1
        if self.under_way > 1:
            self.note("K1", path)
        if not _AGENT.fullmatch(agent):
            self.note("K2", path)
        if self.clock() < self._closed_until:
            self.note("K3", path)
        if bearing:
            self.note("K4", path)
        try:
            yield
        finally:
            self.under_way -= 1

    def ask_for_patience(self, seconds: float | None) -> None:
        """Nothing is to be asked for ``seconds`` from now on, or for the shortest decent pause."""
        self._closed_until = self.clock() + (_PAUSE if seconds is None else seconds)

    def note(self, rule: str, path: str) -> None:
        """``rule`` was broken by a request for ``path``."""
        self.offences.append(Offence(rule=rule, what=path))
