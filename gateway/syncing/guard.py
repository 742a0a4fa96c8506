"""The guard: a source that suddenly publishes much less is not believed until somebody says that this is right."""

from collections.abc import Sequence
from enum import IntEnum

from bot.core.errors import TracuuError
from gateway.portal import Rejected


class Shrinkage(IntEnum):
    """How a new version compares with the one in force, by the number of datasets."""

    NONE = 0
    WARN = 1
    ASK = 2
    HALT = 3


_CONSENTS = {Shrinkage.ASK: "--yes", Shrinkage.HALT: "--yes-halt"}


class GuardError(TracuuError):
    """The source publishes so much less than before that somebody must say that this is right. Nothing was changed.

    ``consent`` is the option of ``tracuu sync`` that says so.
    """

    def __init__(self, sentence: str, *, consent: str) -> None:
        super().__init__(sentence)
        self.consent = consent


def measure(before: int, after: int) -> Shrinkage:
    """How serious it is that a source with ``before`` datasets now has ``after``: over 2, 10 or 50 % fewer, none."""
    lost = 100 * (before - after)
    if after == 0 or lost > 50 * before:
        return Shrinkage.HALT
    if lost > 10 * before:
        return Shrinkage.ASK
    return Shrinkage.WARN if lost > 2 * before else Shrinkage.NONE


def judge(before: int, after: int, rejected: Sequence[Rejected]) -> tuple[str, Shrinkage]:
    """What the guard says, empty when nothing, and how serious it is."""
    shrinkage = measure(before, after)
    if shrinkage is Shrinkage.NONE:
        return "", shrinkage
    why = f" ({len(rejected)} rejected, first line {rejected[0].line}: {rejected[0].reason})" if rejected else ""
    return f"the source has {after} usable datasets, there were {before}{why}", shrinkage


def require(sentence: str, shrinkage: Shrinkage, allowed: Shrinkage) -> None:
    """Let pass what is at most as serious as ``allowed``. Raises GuardError."""
    if shrinkage > allowed:
        consent = _CONSENTS[shrinkage]
        raise GuardError(f"{sentence}; {consent} takes it", consent=consent)
