"""What the providers saw: calls with their verdict, deliveries with their status, rules that were broken."""

import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Way = Literal["call", "hook", "rule"]
KEPT = 300


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line. ``what`` and ``verdict`` hold no address of a person, no text, no token; ``at`` is Unix time in ms."""

    number: int
    at: int
    line: str
    way: Way
    what: str
    verdict: str
    good: bool


@dataclass(kw_only=True)
class Log:
    """The newest :data:`KEPT` entries; those below ``number`` are gone or not written yet."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    number: int = 0

    def note(self, line: str, way: Way, what: str, verdict: str, *, good: bool) -> None:
        """Write a line."""
        self.number += 1
        at = int(time.time() * 1000)
        self.entries.append(
            Entry(number=self.number, at=at, line=line, way=way, what=what, verdict=verdict[:300], good=good)
        )

    def look(self) -> list[dict[str, Any]]:
        """The entries as JSON, oldest first."""
        return [asdict(entry) for entry in self.entries]
