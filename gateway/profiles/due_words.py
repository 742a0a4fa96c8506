"""Until when a duty is to be done, in words."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.core.cycle_periods import periods_between
from bot.core.due import DueAnchor, DueWording, due_of_period
from bot.core.obligations.rule import Rule, Term, Trigger
from gateway.profiles.words import Words

_A_YEAR = (date(2025, 1, 1), date(2025, 12, 31))
_MOST_DAYS = 4


def due_words(rule: Rule, words: Words) -> str:
    """By when ``rule`` is to be followed."""
    due = rule.due
    if due is None:
        return words.tell("due", "external", external=rule.external) if rule.external else words.tell("due", "item")
    if due.anchor is DueAnchor.DAY:
        return words.tell("due", "before" if due.strictly_before else "on", days=days_of_year(rule, due, words))
    if rule.trigger is Trigger.LAST_DONE:
        return words.tell("due", f"last_{due.unit}", count=due.offset_days)
    if rule.event is not None:
        return words.tell("due", f"{rule.event}_{due.unit}", count=due.offset_days)
    period = _period(rule, words)
    if due.offset_days == 0:
        return words.tell("due", "period_end", period=period)
    return words.tell("due", due.unit, count=due.offset_days, period=period)


def days_of_year(rule: Rule, named: DueWording, words: Words) -> str:
    """The days that ``named`` means in every year: 30/6, 30/12."""
    days = []
    for period in periods_between(rule.cycle, *_A_YEAR) if rule.cycle else ():
        due = due_of_period(named, period)
        if due is not None:
            days.append(due.nominal + timedelta(days=named.strictly_before))
    if len(days) > _MOST_DAYS:
        return words.tell("due", "monthly", day=named.day)
    return ", ".join(f"{day.day:02}/{day.month:02}" for day in sorted(days, key=lambda day: (day.month, day.day)))


def late_words(rule: Rule, words: Words) -> Iterator[str]:
    """From when the word "quá hạn" is used of it."""
    if rule.due is None:
        yield words.tell("rule", "term_item")
    else:
        key = {Term.DUE: "term_due", Term.PERIOD_END: "term_period_end", Term.NONE: "term_none"}[rule.term]
        yield words.tell("rule", key)
    if rule.proposed:
        yield words.tell("rule", "proposed")


def _period(rule: Rule, words: Words) -> str:
    cycles = (rule.cycle,) if rule.cycle else rule.cycles
    known = [cycle for cycle in cycles if cycle in words.texts["period"]]
    return words.tell("period", known[0] if len(known) == len(cycles) == 1 else "other")
