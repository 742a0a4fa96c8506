"""Which entries the calendar of some agencies has: the dates of their duties, and how these stand."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Status, status_of
from bot.core.record import canonical
from bot.register import Register

BACK, AHEAD = timedelta(days=30), timedelta(days=426)
"""What a calendar shows: a month back, fourteen months ahead."""


class Which(StrEnum):
    """Which date of a duty it is. DUE: the plain one and the legal one are the same day."""

    DUE = "due"
    LEGAL = "legal"
    NOMINAL = "nominal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One all-day entry. ``uid`` is the same for ever, whatever becomes of the date; ``link`` may be empty."""

    uid: str
    which: Which
    day: date
    obligation: Obligation
    status: Status
    cite: str
    agency: str
    link: str = ""

    @property
    def mark(self) -> str:
        """Another one whenever anything is that the entry says."""
        duty = self.obligation
        said = [self.which, self.day, duty.late_after, duty.provisional, title_of(duty), self.status, self.cite]
        return hashlib.sha256(canonical([*map(str, said), self.agency, self.link]).encode()).hexdigest()


def title_of(obligation: Obligation) -> str:
    """What a duty is called."""
    return obligation.subject.title or obligation.rule.title


def entries_of(
    register: Register,
    agencies: Collection[int],
    *,
    today: date,
    namespace: UUID,
    link_of: Callable[[Obligation], str],
) -> list[Entry]:
    """The entries of the duties of ``agencies``, the earliest first. ``namespace`` makes the uids of this deployment.

    What lies before its decision came into force is nobody's duty and left out.
    """
    found = [
        entry
        for duty in register.between(today - BACK, today + AHEAD, agencies=agencies)
        for entry in _entries(register, duty, today, namespace, link_of(duty))
    ]
    return sorted(found, key=lambda entry: (entry.day, entry.uid))


def _entries(register: Register, duty: Obligation, today: date, namespace: UUID, link: str) -> Iterator[Entry]:
    status = status_of(duty, register.progress(duty.key), today)
    rules, agency = register.rule_sets[duty.province], register.agencies.get(duty.agency or 0)
    if status is Status.INFORMATION:
        return
    if duty.legal_due is None:
        dates = {Which.NOMINAL: duty.nominal_due}
    elif duty.legal_due == duty.nominal_due:
        dates = {Which.DUE: duty.legal_due}
    else:
        dates = {Which.NOMINAL: duty.nominal_due, Which.LEGAL: duty.legal_due}
    for which, day in dates.items():
        role = Which.NOMINAL if which is Which.NOMINAL else Which.LEGAL  # that it is the only one now may change
        yield Entry(
            uid=str(uuid5(namespace, f"{duty.key} {role}")),
            which=which,
            day=day,
            obligation=duty,
            status=status,
            cite=rules.cite(duty.rule),
            agency=agency.name if agency else duty.owner,
            link=link,
        )
