"""Marks that must never be seen again: planted in texts, numbers and secrets, then looked for in every log of a run."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """One mark of each kind that a log may not hold. ``number`` looks like a phone number, since rules may look for that."""

    text: str = "hoang-yen-hot-7d31"
    number: str = "84900731313"
    token: str = "bi-mat-5b0c9e"  # noqa: S105 – it opens nothing

    def all(self) -> tuple[str, ...]:
        """Every mark."""
        return (self.text, self.number, self.token)

    def local_number(self) -> str:
        """The number as people write it."""
        return f"0{self.number[2:]}"


def leaks(log: str, marks: Iterable[str]) -> list[str]:
    """Those ``marks`` that stand in ``log``: as they are, percent-encoded, or as escaped JSON."""
    return [mark for mark in marks if any(form in log for form in _forms(mark))]


def _forms(mark: str) -> set[str]:
    escaped = mark.encode("unicode_escape").decode("ascii")
    return {mark, quote(mark, safe=""), escaped, repr(mark)[1:-1]}
