"""What a person at the panel may do to a provider."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Receipts = Literal["on", "lost", "late", "twice", "reversed"]
SLOWEST = 60.0
LATE_SECONDS = 20.0
"""How long a late receipt takes."""


class NonsenseError(ValueError):
    """Somebody asked for what does not exist; the sentence is for a person who reads the answer of the server."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """``down``: nobody listens; ``slow``: every answer takes so many seconds; ``busy``: "too many requests".

    ``silent``: calls are done, but the connection breaks before the answer, so that nobody can know. ``receipts`` says
    what becomes of reports.
    """

    down: bool = False
    slow: float = 0.0
    busy: bool = False
    silent: bool = False
    receipts: Receipts = "on"

    def changed(self, wish: Mapping[str, Any]) -> "Trouble":
        """The same with what ``wish`` names. Raises NonsenseError."""
        for name, value in wish.items():
            if name not in _CHECKS or not _CHECKS[name](value):
                raise NonsenseError(f"trouble.{name} cannot be that")
        return replace(self, **wish)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_pause(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= SLOWEST


def _is_fate(value: object) -> bool:
    return isinstance(value, str) and value in get_args(Receipts)


_CHECKS = {"down": _is_flag, "slow": _is_pause, "busy": _is_flag, "silent": _is_flag, "receipts": _is_fate}


def fate(receipts: Receipts, stages: tuple[str, ...], *, step: float) -> list[tuple[float, str]]:
    """When which of ``stages`` (in their right order, ``step`` seconds apart) is reported."""
    match receipts:
        case "lost":
            return []
        case "late":
            return [(LATE_SECONDS + step * number, stage) for number, stage in enumerate(stages)]
        case "twice":
            return [(step * number, stage) for number, stage in enumerate(stages) for _ in range(2)]
        case "reversed":
            return [(step * number, stage) for number, stage in enumerate(reversed(stages))]
        case _:
            return [(step * number, stage) for number, stage in enumerate(stages)]
