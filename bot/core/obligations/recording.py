"""What the record keeps of a reminder and of what was said about a duty: the documents of its entries.

Field names are those of the fixed interface (``rule``, ``article``, ``period``, ``nominal_due``, ``legal_due``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Act, ActKind
from bot.core.record import Entry, EntryKind

_KINDS = {
    ActKind.DONE: EntryKind.REPORTED,
    ActKind.UNCHANGED: EntryKind.REPORTED,
    ActKind.CHANGED: EntryKind.CHANGED,
    ActKind.POSTPONED: EntryKind.POSTPONED,
    ActKind.TRANSFER_ASKED: EntryKind.TRANSFER_ASKED,
    ActKind.TRANSFERRED: EntryKind.TRANSFERRED,
    ActKind.MATCHED: EntryKind.MATCHED,
    ActKind.VERIFIED: EntryKind.VERIFIED,
    ActKind.REFUSED: EntryKind.REFUSED,
    ActKind.UNDONE: EntryKind.UNDONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindedItem:
    """That somebody was reminded of ``obligation`` at the ``step`` ("-3", "+1"); ``cite`` is its article with the
    decision, ``number`` what the officer types for it (0 = nothing)."""

    obligation: Obligation
    step: str
    cite: str
    number: int = 0


def record_reminder(
    items: Sequence[RemindedItem],
    *,
    at: datetime,
    agency: int | None,
    agency_name: str,
    officer: int,
    officer_name: str,
    channel: str,
    text: str,
    message: str,
) -> Entry:
    """The entry of one message to one officer about the duties of one agency (of several agencies: one entry each).

    ``message`` is its ``dedupe_key`` in the outbox, ``text`` what it says; the names are those of that time.
    """
    province = items[0].obligation.province
    document = {
        "agency": agency_name,
        "officer": officer_name,
        "channel": channel,
        "text": text,
        "message": message,
        "items": [_item(each) for each in items],
    }
    return Entry(
        kind=EntryKind.REMINDED,
        at=at,
        province=province,
        document=document,
        agency=agency,
        officer=officer,
        message=message,
        once=f"reminded/{message}/{province}/{agency or 0}",
    )


def record_act(act: Act, obligation: Obligation, *, cite: str, agency_name: str = "", officer_name: str = "") -> Entry:
    """The entry of ``act`` on ``obligation``, with the article (``cite``) and the names of that time."""
    document = {
        **_duty(obligation),
        "cite": cite,
        "agency": agency_name,
        "officer": officer_name,
        "act": act.id,
        "said": str(act.kind),
        "by": act.by,
        "day": act.day and act.day.isoformat(),
        "to": act.to,
        "undoes": act.undoes,
        "note": act.note,
    }
    return Entry(
        kind=_KINDS[act.kind],
        at=act.at,
        province=obligation.province,
        document=document,
        agency=obligation.agency,
        officer=act.officer,
        once=f"act/{act.id}",
    )


def _item(item: RemindedItem) -> dict[str, Any]:
    return {**_duty(item.obligation), "cite": item.cite, "step": item.step, "number": item.number}


def _duty(obligation: Obligation) -> dict[str, Any]:
    return {
        "key": obligation.key,
        "rule": obligation.rule.id,
        "article": obligation.rule.article,
        "title": obligation.subject.title or obligation.rule.title,
        "period": obligation.period,
        "nominal_due": obligation.nominal_due.isoformat(),
        "legal_due": obligation.legal_due and obligation.legal_due.isoformat(),
        "provisional": obligation.provisional,
    }
