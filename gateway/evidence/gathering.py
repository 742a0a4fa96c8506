"""Read from the store what the log and a letter are made of."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.core.obligations.agency import Agency
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.reminder_log import LogRow, follow_record
from bot.core.record import Entry, EntryKind, Recorded
from bot.register import Register
from bot.store import record
from bot.store.engine import Store
from gateway.evidence.letter import Letter
from gateway.evidence.log_table import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of the record: a profile, one agency or all (None), days in Việt Nam or all (None)."""

    rules: RuleSet
    agency: Agency | None = None
    first: date | None = None
    last: date | None = None


async def gather_log(store: Store, window: Window, *, now: datetime) -> Log:
    """The log of a ``window``, with how the whole record stands; answers that came after the window are in it."""
    broken, head = await record.verify(store), await record.head(store)
    rows, entries = await gather_rows(store, window)
    return Log(
        province=f"{window.rules.name} ({window.rules.id})",
        agency=window.agency.name if window.agency else "",
        first=window.first,
        last=window.last,
        rows=rows,
        entries=entries,
        basis=sorted({row.cite for row in rows}),
        head=head,
        broken=broken,
        at=entries[-1].at if entries else now,
    )


async def gather_rows(store: Store, window: Window) -> tuple[list[LogRow], list[Recorded]]:
    """The reminders of a ``window`` and the entries of the record there."""
    agency = window.agency.id if window.agency else None
    reading = record.read_record(store, province=window.rules.id, agency=agency, first=window.first)
    return follow_record([entry async for entry in reading], first=window.first, last=window.last)


async def note_letter(store: Store, letter: Letter, *, now: datetime) -> int:
    """Put on record that a draft of ``letter`` was made; the same one again is not. Returns the number of the entry."""
    agency, keys = letter.agency, [duty.obligation.key for duty in letter.late]
    document = {"agency": agency.name, "on": letter.on.isoformat(), "keys": keys}
    entry = Entry(
        kind=EntryKind.LETTER,
        at=now,
        province=letter.rules.id,
        agency=agency.id,
        document=document,
        once=f"letter/{agency.id}/{letter.on.isoformat()}/{hashlib.sha256(','.join(keys).encode()).hexdigest()}",
    )
    return await store.write(lambda connection: record.append(connection, entry))


def describe(row: LogRow) -> Mapping[str, Any]:
    """A row of the log as a JSON object; times are ISO, in UTC."""
    return {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "agency": row.agency,
        "officer": row.officer,
        "article": row.cite,
        "item": row.title,
        "period": row.period,
        "step": row.step,
        "nominal_due": row.nominal_due,
        "legal_due": row.legal_due or None,
        "channel": row.channel,
        "text": row.text,
        "receipt": row.receipt or None,
        "reactions": [
            {"at": each.at.isoformat(), "said": each.said, "who": each.who, "day": each.day or None}
            for each in row.reactions
        ],
    }


def describe_listed(register: Register, duty: Obligation, today: date) -> Mapping[str, Any]:
    """A duty on the authority's list as a JSON object; ``days_late`` are calendar days, as in a letter."""
    agency, late_after = register.agencies.get(duty.agency or 0), duty.late_after
    return {
        "agency": agency.name if agency else duty.owner,
        "rule": duty.rule.id,
        "article": register.rule_sets[duty.province].cite(duty.rule),
        "title": duty.subject.title or duty.rule.title,
        "period": duty.period,
        "nominal_due": duty.nominal_due.isoformat(),
        "legal_due": duty.legal_due.isoformat() if duty.legal_due else None,
        "days_late": (today - late_after).days if late_after else 0,
        "key": duty.key,
    }
