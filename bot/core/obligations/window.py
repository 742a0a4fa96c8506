"""From when a duty can be done, and which days' figures a report holds."""

from datetime import date, timedelta

from bot.core.cycle_periods import Period, previous_period
from bot.core.due import due_of_period
from bot.core.obligations.rule import Rule


def opens_on(rule: Rule, period: Period) -> date | None:
    """The day from which the duty of ``period`` can be done by the rule's own words, None when it says nothing."""
    opens = due_of_period(rule.opens, period) if rule.opens else None
    return opens.nominal if opens else None


def data_window(rule: Rule, period: Period) -> tuple[date, date]:
    """The first and the last day whose figures the report of ``period`` holds, both included.

    With a cut-off from the day after that of the period before (ruling R11; Nghị định 09/2019/NĐ-CP, Điều 12), else
    the period itself.
    """
    last = due_of_period(rule.cutoff, period) if rule.cutoff else None
    earlier = previous_period(rule.cycle, period) if rule.cycle else None
    before = due_of_period(rule.cutoff, earlier) if rule.cutoff and earlier else None
    if last is None or before is None:
        return period.start, period.end
    return before.nominal + timedelta(days=1), last.nominal
