"""The record: what was sent, said and decided about duties, entry after entry, each sealing all before it.

Nothing in it is ever changed. Each entry carries the SHA-256 hash of itself and of the hash before it, so whoever knows
the last one can tell that no entry was changed, added or left out since. It names officers and agencies by their ids
and as they were called at that time; no number of a telephone gets in (:func:`without_numbers`).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

START = "0" * 64
"""What stands for the hash before the first entry of all."""
IDS = frozenset({"key", "keys", "message"})
"""The fields of a document that hold ids of ours; their digits are no telephone's."""
_GAP = r"[\s.–-]{0,2}"
_MOBILE = re.compile(
    rf"(?<!\d)((?:\(?\+?84\)?{_GAP}(?:\(?0\)?{_GAP})?|\(?0{_GAP})[35789])"
    rf"(?:{_GAP}\d){{5}}{_GAP}(\d){_GAP}(\d){_GAP}(\d)(?!\d)"
)


class EntryKind(StrEnum):
    """What happened.

    REMINDED: a message about duties was queued for an officer. RECEIPT: what the provider says became of it. REPORTED,
    CHANGED, POSTPONED, TRANSFER_ASKED, TRANSFERRED, MATCHED, VERIFIED, REFUSED, UNDONE: acts, of which REPORTED is
    "xong" or "không đổi". VACANCY: an agency had nobody who could be reminded. LISTED: a duty
    went on the authority's list, late and with nobody reminded of it any more. CONFIRMED, REVOKED: a rule set was
    confirmed in writing, or no more. LETTER: a draft of a công văn was made.
    """

    REMINDED = "reminded"
    RECEIPT = "receipt"
    REPORTED = "reported"
    CHANGED = "changed"
    POSTPONED = "postponed"
    TRANSFER_ASKED = "transfer-asked"
    TRANSFERRED = "transferred"
    MATCHED = "matched"
    VERIFIED = "verified"
    REFUSED = "refused"
    UNDONE = "undone"
    VACANCY = "vacancy"
    LISTED = "listed"
    CONFIRMED = "confirmed"
    REVOKED = "revoked"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be put on record. ``province`` is the profile; ``document`` holds JSON values only, no floats.

    ``message`` is the ``dedupe_key`` of the message in the outbox that it is about. ``once`` makes putting it there
    twice harmless: of several with the same one only the first counts (empty = each counts).
    """

    kind: EntryKind
    at: datetime
    province: str
    document: Mapping[str, Any] = field(default_factory=dict)
    agency: int | None = None
    officer: int | None = None
    message: str = ""
    once: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry as it stands in the record: its number, the hash of the entry before, its own.

    ``kind`` is text, since a changed row may say anything.
    """

    seq: int
    at: datetime
    kind: str
    province: str
    agency: int | None
    officer: int | None
    document: Any
    previous: str
    hash: str


def seal(previous: str, seq: int, entry: Entry) -> Recorded:
    """``entry`` as the one with the number ``seq`` after the one with the hash ``previous``, its numbers masked."""
    recorded = Recorded(
        seq=seq,
        at=entry.at.astimezone(UTC),
        kind=str(entry.kind),
        province=entry.province,
        agency=entry.agency,
        officer=entry.officer,
        document=without_numbers(dict(entry.document)),
        previous=previous,
        hash="",
    )
    return replace(recorded, hash=hash_of(recorded))


def hash_of(recorded: Recorded) -> str:
    """The hash that it must have: SHA-256 (hex) of the canonical JSON of
    ``[previous, seq, at, kind, province, agency, officer, document]``, ``at`` in UTC with microseconds."""
    at = recorded.at.astimezone(UTC).isoformat(timespec="microseconds")
    whom = (recorded.kind, recorded.province, recorded.agency, recorded.officer)
    return hashlib.sha256(
        canonical([recorded.previous, recorded.seq, at, *whom, recorded.document]).encode()
    ).hexdigest()


def canonical(value: object) -> str:
    """JSON that is the same for the same value: keys sorted, no blanks, letters as they are. Raises TypeError and
    ValueError for what JSON cannot say."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place at which the record is not what it was: the number of the entry, and what is wrong there."""

    seq: int
    reason: str


class ChainCheck:
    """Follows the chain, entry by entry, after the one with the number ``seq`` and the hash ``last``."""

    def __init__(self, seq: int = 0, last: str = START) -> None:
        self.seq, self.last = seq, last

    def follow(self, recorded: Recorded) -> Break | None:
        """What is wrong with the entry that comes next, None when nothing is."""
        if recorded.seq != self.seq + 1:
            return Break(seq=self.seq + 1, reason=f"the entry is missing, the next one is {recorded.seq}")
        if recorded.previous != self.last:
            return Break(seq=recorded.seq, reason="it does not follow the entry before it")
        if recorded.hash != hash_of(recorded):
            return Break(seq=recorded.seq, reason="its content is not what was put on record")
        self.seq, self.last = recorded.seq, recorded.hash
        return None

    def end(self, *, seq: int, last: str) -> Break | None:
        """What is wrong after the last entry, where the one with ``seq`` and the hash ``last`` should have been it."""
        if self.seq < seq:
            return Break(seq=self.seq + 1, reason=f"the entry is missing, {seq} should be the last one")
        if (self.seq, self.last) != (seq, last):
            return Break(seq=self.seq, reason="it is not the last one that was put on record")
        return None


def without_numbers(value: Any) -> Any:
    """``value`` (JSON) with all but the beginning and the last three digits of each mobile number hidden."""
    if isinstance(value, str):
        return _MOBILE.sub(r"\1•••••\2\3\4", value)
    if isinstance(value, Mapping):
        return {name: each if name in IDS else without_numbers(each) for name, each in value.items()}
    return [without_numbers(each) for each in value] if isinstance(value, list | tuple) else value
