"""What a letter to an agency says: the duties of it that are overdue, and apart from them those without a term."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.errors import TracuuError
from bot.core.local_time import local_day
from bot.core.obligations.agency import Agency
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.progress import Status, status_of
from bot.core.obligations.reminder_log import LogRow, Reaction
from bot.register import Register

LOOKED_BACK = timedelta(days=400)
"""How old a duty may be that a letter urges: a yearly one and a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgedDuty:
    """A duty that is not done, on which days officers were reminded of it, and what they answered.

    ``days_late`` are calendar days after the last good one, 0 for a duty without a term.
    """

    obligation: Obligation
    cite: str
    days_late: int
    reminded: Sequence[date]
    answers: Sequence[Reaction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is written to ``agency`` on the day ``on`` by the rule set ``rules``: what is ``late``, what is only
    ``unmet``."""

    agency: Agency
    rules: RuleSet
    on: date
    late: Sequence[UrgedDuty]
    unmet: Sequence[UrgedDuty]


def draft_letter(
    register: Register, agency: Agency, rows: Iterable[LogRow], *, on: date, since: date | None = None
) -> Letter:
    """The letter to ``agency`` on the day ``on``, about what was due from ``since`` on (None = :data:`LOOKED_BACK`
    before). ``rows`` are its reminders. Raises TracuuError where none may be written: nothing is overdue, no decision
    binds the agency, or its rule set is neither in force nor confirmed."""
    rules = register.rule_sets.get(agency.rule_set)
    if rules is None:
        raise TracuuError(f"no decision is recorded that binds {agency.name}, so nothing of it is overdue")
    if rules.id not in register.confirmed:
        raise TracuuError(
            f"the rule set {rules.id} is {rules.status}, not in force, and nobody has confirmed it in writing, so"
            f" nobody is urged by it; tracuu profile confirm {rules.id} records a confirmation"
        )
    reminders: dict[str, list[LogRow]] = defaultdict(list)
    for row in rows:
        reminders[row.key].append(row)
    first = since or on - LOOKED_BACK
    late, unmet = (
        [_urged(rules, duty, reminders[duty.key], on) for duty in _duties(register, agency, first, on, status)]
        for status in (Status.OVERDUE, Status.UNMET)
    )
    if not late:
        raise TracuuError(
            f"nothing of {agency.name} is overdue on {on:%d/%m/%Y}, so there is nothing to urge in writing"
        )
    return Letter(agency=agency, rules=rules, on=on, late=late, unmet=unmet)


def _duties(register: Register, agency: Agency, first: date, on: date, status: Status) -> Iterator[Obligation]:
    found = (
        duty
        for duty in register.between(first, on, province=agency.rule_set, agencies={agency.id})
        if status_of(duty, register.progress(duty.key), on) is status
    )
    yield from sorted(found, key=lambda duty: (duty.late_after or duty.nominal_due, duty.key))


def _urged(rules: RuleSet, duty: Obligation, reminders: Sequence[LogRow], on: date) -> UrgedDuty:
    before = [row for row in reminders if local_day(row.at) <= on]
    answers: Mapping[Reaction, None] = {
        reaction: None for row in before for reaction in row.reactions if local_day(reaction.at) <= on
    }
    return UrgedDuty(
        obligation=duty,
        cite=rules.cite(duty.rule),
        days_late=(on - duty.late_after).days if duty.late_after else 0,
        reminded=sorted({local_day(row.at) for row in before}),
        answers=list(answers),
    )
