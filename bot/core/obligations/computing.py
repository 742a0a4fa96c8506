"""From a rule to the duties that follow from it, with their dates. No clock: the span is an argument."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.core.cycle_periods import Period, periods_between
from bot.core.due import DueDate, due_of_period
from bot.core.items import CatalogueItem
from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.rule import Rule, Term
from bot.core.obligations.window import opens_on
from bot.core.replacement import PeriodStatus
from bot.core.working_days import WorkCalendar

_DAY = timedelta(days=1)
_REACH = timedelta(days=800)
"""How far from the end of its period a duty may be due."""


def periodic(
    rules: RuleSet, rule: Rule, subject: Subject, calendar: WorkCalendar, *, first: date, last: date
) -> Iterator[Obligation]:
    """The duties of a rule with a cycle of its own (trigger PERIOD) that are due from ``first`` to ``last``."""
    if rule.cycle is None or rule.due is None:
        return
    for period in periods_between(rule.cycle, first - _REACH, last + _REACH):
        due = due_of_period(rule.due, period, days_off=calendar.is_day_off)
        if due is not None and first <= due.nominal <= last:
            yield _duty(rules, rule, subject, period, due=due, calendar=calendar)


def of_item(
    rules: RuleSet, rule: Rule, item: CatalogueItem, calendar: WorkCalendar, *, first: date, last: date
) -> Iterator[Obligation]:
    """The duties of a catalogue item (trigger ITEM) that are due from ``first`` to ``last``.

    Without a term they are nominally due when their period ends, and nobody is ever late (ruling R9).
    """
    wording = rule.due or item.due
    subject = Subject(kind=SubjectKind.ITEM, id=item.lineage, title=item.title)
    for period in periods_between(item.cycle.code, first - _REACH, last + _REACH):
        due = due_of_period(wording, period, days_off=calendar.is_day_off) if wording else None
        nominal = due.nominal if due else period.end
        if first <= nominal <= last:
            yield _duty(
                rules, rule, subject, period, due=due, calendar=calendar, owner=item.owner, decision=item.decision
            )


def _duty(
    rules: RuleSet,
    rule: Rule,
    subject: Subject,
    period: Period,
    *,
    due: DueDate | None,
    calendar: WorkCalendar,
    owner: str = "",
    decision: str = "",
) -> Obligation:
    nominal = due.nominal if due else period.end
    within = nominal <= period.end
    legal = {
        Term.DUE: due.legal if due else None,
        Term.PERIOD_END: calendar.working_day_on_or_after(period.end),
        Term.NONE: None,
    }[rule.term]
    since = rules.decision.valid_from
    early = since is not None and (period.end < since or nominal < since)
    return Obligation(
        province=rules.id,
        rule=rule,
        subject=subject,
        period=period.label,
        opens_on=opens_on(rule, period) or (period.start if within else period.end + _DAY),
        nominal_due=nominal,
        legal_due=legal,
        owner=owner,
        decision=decision,
        provisional=calendar.is_provisional(min(period.end, nominal), max(nominal, legal or nominal)),
        status=PeriodStatus.INFORMATION if early else PeriodStatus.BINDING,
    )
