"""From a rule to the times at which something is to be done, with their dates. No clock: the span is an argument."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from bot.core.cycle import UpdateCycle
from bot.core.cycle_periods import Period, periods_between
from bot.core.due import DueAnchor, DueDate, DueUnit, DueWording, add_months, due_after, due_of_period
from bot.core.items import CatalogueItem
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.rule import Rule, Term
from bot.core.obligations.window import opens_on
from bot.core.replacement import ItemPeriod, PeriodStatus, periods_across, periods_of
from bot.core.working_days import WorkCalendar

_DAY = timedelta(days=1)
_YEAR = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One time that something is to be done, whoever has to do it: the dates of an
    :class:`bot.core.obligations.obligation.Obligation` and how it stands by the decisions."""

    period: str
    opens_on: date
    nominal_due: date
    legal_due: date | None = None
    provisional: bool = False
    status: PeriodStatus = PeriodStatus.BINDING
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An item as one decision has it: ``before`` and ``after`` are the same item in the decision that this one
    replaces and in the one that replaces it. ``due`` of each is the wording that counts, the rule's or its own."""

    item: CatalogueItem
    before: CatalogueItem | None = None
    after: CatalogueItem | None = None


def turns_of_cycle(
    rules: RuleSet, rule: Rule, cycle: UpdateCycle, calendar: WorkCalendar, *, first: date, last: date
) -> tuple[Turn, ...]:
    """The times that a rule gives for the periods of ``cycle``, nominally due from ``first`` to ``last``.

    Without a wording each is nominally due when its period ends (ruling R9). Nothing is dated before the decision
    counts, and what had ended by then is told for information (ruling R12).
    """
    since, until = _around(rule.due, first, last)
    dated = ((each, _due(rule.due, each, calendar)) for each in periods_between(cycle, since, until))
    turns = (_turn(rules, rule, period, due, calendar) for period, due in dated)
    return tuple(turn for turn in turns if _counts(rules, turn) and first <= turn.nominal_due <= last)


def turns_of_item(
    rules: RuleSet, rule: Rule, line: Line, calendar: WorkCalendar, *, first: date, last: date
) -> tuple[Turn, ...]:
    """The times that the item of ``line`` is to be renewed under its decision, nominally due from ``first`` to
    ``last``: what an older decision keeps is not among them, what a newer one takes over is closed."""
    item = line.item
    since, until = _around(item.due, first, last)
    found = []
    for each in _periods(line, since, until, calendar):
        due = DueDate(nominal=each.nominal_due, legal=each.legal_due) if each.nominal_due and each.legal_due else None
        turn = _turn(rules, rule, each.period, due, calendar)
        dated_before = item.valid_from is not None and turn.nominal_due < item.valid_from
        if first <= turn.nominal_due <= last and _counts(rules, turn) and not dated_before:
            found.append(_under(turn, each))
    return tuple(found)


def turn_of_event(
    rules: RuleSet, rule: Rule, day: date, calendar: WorkCalendar, *, due: DueWording | None = None
) -> Turn | None:
    """What is to be done after something that happened on ``day``; None without a wording that counts from it, and
    for what was over before the decision counted. ``due`` is the item's wording, for a rule that has none."""
    wording = rule.due or due
    if wording is None or wording.anchor is DueAnchor.DAY:
        return None
    turn = _after(rules, rule, day, due_after(wording, day, days_off=calendar.is_day_off), calendar)
    return turn if _counts(rules, turn) else None


def turns_since(
    rules: RuleSet,
    rule: Rule,
    anchor: date,
    done: Mapping[str, date],
    calendar: WorkCalendar,
    *,
    first: date,
    last: date,
) -> Iterator[Turn]:
    """The times that something is to be done at most so many months after the last time, from ``anchor`` on, nominally
    due from ``first`` to ``last``.

    Each gap counts from the anchor, so a short month moves nothing for good (ruling R8). ``done`` says by the label of
    a gap on which day it ended: that day is the new anchor. Of gaps that were let pass only the last is to be made up
    for: each is told for information from the day that ended it, or on which the next is late as well.
    """
    if rule.due is None or rule.due.unit is not DueUnit.MONTH or rule.due.offset_days < 1:
        return
    told = max(done, default="")
    missed: list[Turn] = []
    number = 0
    while not missed or missed[-1].nominal_due <= last or missed[-1].period < told:
        since = add_months(anchor, number * rule.due.offset_days)
        whole = replace(rule.due, offset_days=(number + 1) * rule.due.offset_days)
        turn = _after(rules, rule, since, due_after(whole, anchor, days_off=calendar.is_day_off), calendar)
        day = done.get(turn.period)
        if day is None:
            missed.append(turn)
            number += 1
        else:
            passed = [_over(each, day) for each in missed]
            yield from (each for each in (*passed, turn) if _counts(rules, each) and first <= each.nominal_due <= last)
            missed, number, anchor = [], 0, max(day, since + _DAY)
    passed = [_over(each, _last_day(later) + _DAY) for each, later in pairwise(missed)]
    yield from (each for each in (*passed, *missed[-1:]) if _counts(rules, each) and first <= each.nominal_due <= last)


def _due(wording: DueWording | None, period: Period, calendar: WorkCalendar) -> DueDate | None:
    return due_of_period(wording, period, days_off=calendar.is_day_off) if wording else None


def _after(rules: RuleSet, rule: Rule, day: date, due: DueDate, calendar: WorkCalendar) -> Turn:
    """What counts from ``day`` on, on which it can be done already."""
    turn = _turn(rules, rule, Period(label=day.isoformat(), start=day, end=day), due, calendar)
    return replace(turn, opens_on=day)


def _turn(rules: RuleSet, rule: Rule, period: Period, due: DueDate | None, calendar: WorkCalendar) -> Turn:
    nominal = due.nominal if due else period.end
    match rule.term:
        case Term.DUE:
            legal = due.legal if due else None
        case Term.PERIOD_END:
            legal = calendar.working_day_on_or_after(period.end)
        case Term.NONE:
            legal = None
    span = (min(period.end, nominal), nominal, legal or nominal)
    since, until = rules.decision.valid_from, rules.decision.valid_to
    began_earlier = since is not None and period.end < since
    ended = until is not None and not began_earlier
    return Turn(
        period=period.label,
        opens_on=opens_on(rule, period) or (period.start if due and nominal <= period.end else period.end + _DAY),
        nominal_due=nominal,
        legal_due=legal,
        provisional=calendar.is_provisional(min(span), max(span)),
        status=PeriodStatus.INFORMATION if began_earlier else PeriodStatus.CLOSED if ended else PeriodStatus.BINDING,
        closed_on=until + _DAY if until is not None and ended else None,
    )


def _counts(rules: RuleSet, turn: Turn) -> bool:
    """Whether the decision asks for it at all: nothing is dated before it counts (ruling R12), or begins behind it."""
    since, until = rules.decision.valid_from, rules.decision.valid_to
    return (since is None or since <= turn.nominal_due) and (until is None or turn.opens_on <= until)


def _over(turn: Turn, day: date) -> Turn:
    """``turn`` as it stands when there is nothing to be done for it any more from ``day`` on."""
    if turn.status is not PeriodStatus.BINDING:
        return turn
    return replace(turn, status=PeriodStatus.INFORMATION, closed_on=day)


def _last_day(turn: Turn) -> date:
    return max(turn.nominal_due, turn.legal_due or turn.nominal_due)


def _under(turn: Turn, period: ItemPeriod) -> Turn:
    """``turn`` as it stands by the decisions on the catalogue; what binds nobody by the rules does not by these."""
    if turn.status is PeriodStatus.INFORMATION or period.status is PeriodStatus.BINDING:
        return turn
    closed = [day for day in (turn.closed_on, period.closed_on) if day is not None]
    return replace(turn, status=period.status, closed_on=min(closed, default=None))


def _periods(line: Line, first: date, last: date, calendar: WorkCalendar) -> tuple[ItemPeriod, ...]:
    """The periods that belong to the decision of the item of ``line``."""
    item, off = line.item, calendar.is_day_off
    if line.before is not None and item.valid_from is not None:
        across = periods_across(line.before, item, on=item.valid_from, first=first, last=last, days_off=off)
        begun = [each for each in across if each.decision == item.decision]
    else:
        begun = list(periods_of(item, first, last, days_off=off))
    if item.valid_to is None:
        return tuple(begun)
    until = item.valid_to + _DAY
    across = periods_across(item, line.after, on=until, first=first, last=last, days_off=off)
    kept = {each.period.label: each for each in across if each.decision == item.decision}
    return tuple(
        each if each.status is PeriodStatus.INFORMATION else kept[each.period.label]
        for each in begun
        if each.period.label in kept
    )


def _around(due: DueWording | None, first: date, last: date) -> tuple[date, date]:
    """Between which days the periods lie whose data may be due from ``first`` to ``last``."""
    if due is None:
        return first, last
    months = due.months_after or 0
    reach = {
        DueUnit.CALENDAR: due.offset_days,
        DueUnit.WORKING: due.offset_days * 3 + _YEAR // 12,
        DueUnit.MONTH: due.offset_days * 31,
    }[due.unit]
    behind = (months + 2) * 31 if due.months_after is not None else _YEAR + 31 if due.day else reach
    ahead = (2 - months) * 31 if due.day else 31
    return _shift(first, -max(behind, 31)), _shift(last, max(ahead, 31))


def _shift(day: date, days: int) -> date:
    """``day`` moved, within the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))
