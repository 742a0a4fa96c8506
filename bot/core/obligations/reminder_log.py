"""The log of reminders as it follows from the record: who was reminded of what, when, what came of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.core.local_time import local_day
from bot.core.record import EntryKind, Recorded, hash_of

_BETTER = ("read", "delivered", "failed", "expired", "dead", "unknown", "parked", "buffered", "sent")
"""What counts of several receipts, the first of these."""
_ACTS = frozenset(
    map(
        str,
        (
            EntryKind.REPORTED,
            EntryKind.CHANGED,
            EntryKind.POSTPONED,
            EntryKind.TRANSFER_ASKED,
            EntryKind.TRANSFERRED,
            EntryKind.MATCHED,
            EntryKind.VERIFIED,
            EntryKind.REFUSED,
            EntryKind.UNDONE,
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What was said or seen of a duty after a reminder: ``said`` is the kind of the act, ``who`` an officer or an
    office, ``day`` the day that was named (ISO, may be empty)."""

    at: datetime
    said: str
    who: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """That one officer was reminded of one duty. Dates are ISO text, ``legal_due`` empty where no text has one.

    ``seq`` is the number of its entry in the record. ``receipt`` is the state that its message reached, empty while
    nothing is known; ``reactions`` are those before the next step of the same duty.
    """

    seq: int
    at: datetime
    agency: str
    officer: str
    cite: str
    key: str
    title: str
    period: str
    step: str
    nominal_due: str
    legal_due: str
    channel: str
    text: str
    receipt: str
    reactions: tuple[Reaction, ...]


def follow_record(
    entries: Iterable[Recorded], *, first: date | None = None, last: date | None = None
) -> tuple[list[LogRow], list[Recorded]]:
    """The reminders of the days from ``first`` to ``last`` in Việt Nam, and the entries of those days.

    ``entries`` also hold what came later: an answer counts when it comes after the window. What is not as it was sealed
    stands among the entries only.
    """
    within: list[Recorded] = []
    reminded: list[Recorded] = []
    receipts: dict[int, dict[str, str]] = defaultdict(dict)
    told: dict[str, list[tuple[int, str | Reaction]]] = defaultdict(list)
    for entry in entries:
        if inside(entry.at, first, last):
            within.append(entry)
        if entry.hash != hash_of(entry):  # a hand has been at it: it proves nothing, and may say anything
            continue
        if entry.kind == EntryKind.REMINDED and inside(entry.at, first, last):
            reminded.append(entry)
        if entry.kind == EntryKind.REMINDED:
            for item in entry.document.get("items", ()):
                told[item["key"]].append((entry.seq, item["step"]))
        elif entry.kind == EntryKind.RECEIPT:
            receipts[entry.document["reminder"]][entry.document["state"]] = entry.document["channel"]
        elif entry.kind in _ACTS:
            told[entry.document["key"]].append((entry.seq, _reaction(entry)))
    rows = [_row(entry, item, receipts[entry.seq], told) for entry in reminded for item in entry.document["items"]]
    return rows, within


def inside(at: datetime, first: date | None, last: date | None) -> bool:
    """Whether ``at`` lies in the days from ``first`` to ``last`` (both included, None = open) in Việt Nam."""
    day = local_day(at)
    return (first is None or first <= day) and (last is None or day <= last)


def _reaction(entry: Recorded) -> Reaction:
    document = entry.document
    who = document.get("officer") or document.get("by") or ""
    return Reaction(at=entry.at, said=document["said"], who=who, day=document.get("day") or "")


def _row(
    entry: Recorded,
    item: Mapping[str, Any],
    receipts: Mapping[str, str],
    told: Mapping[str, list[tuple[int, str | Reaction]]],
) -> LogRow:
    document = entry.document
    receipt = next((state for state in _BETTER if state in receipts), "")
    return LogRow(
        seq=entry.seq,
        at=entry.at,
        agency=document["agency"],
        officer=document["officer"],
        cite=item["cite"],
        key=item["key"],
        title=item["title"],
        period=item["period"],
        step=item["step"],
        nominal_due=item["nominal_due"],
        legal_due=item["legal_due"] or "",
        channel=receipts.get(receipt) or document["channel"],
        text=document["text"],
        receipt=receipt,
        reactions=tuple(_answers(entry.seq, item["step"], told[item["key"]])),
    )


def _answers(seq: int, step: str, told: Iterable[tuple[int, str | Reaction]]) -> Iterator[Reaction]:
    """The reactions after the reminder ``seq``, before the next ``step``: several officers of one agency are reminded
    at the same one, and what one of them says is the answer of all."""
    for number, heard in told:
        if isinstance(heard, Reaction):
            if number > seq:
                yield heard
        elif number > seq and heard != step:
            return
