"""On which days somebody is reminded of a duty: the steps of its rule, moved onto working days."""

from dataclasses import dataclass
from datetime import date

from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Status
from bot.core.working_days import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """That somebody is reminded on ``day``, a working day. ``name`` counts working days: "-10" before the day by which
    it is to be done, "0" on it, "+1" after the legal term."""

    name: str
    day: date


DAY_OF = "0"
"""The step of the day itself. What comes before it may be put off, it itself may not."""


def rank(step: str) -> int:
    """How far along a step is: of two the later one has the higher rank."""
    return int(step)


class Ladders:
    """The steps of duties by one calendar, each computed once for all duties with the same dates."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self._known: dict[tuple[object, ...], tuple[Step, ...]] = {}

    def steps_of(self, obligation: Obligation, postponed_until: date | None = None) -> tuple[Step, ...]:
        """The steps of ``obligation`` from the first day to the last, each day once: of several that meet on a day the
        last one stands, so a day off merges its reminder into that of the last working day before.

        None lies before the duty opens: a step that would, comes on the first working day on which it can be done.
        Whoever put the reminder off until a day is reminded on that day and not before it; the day by which it is to be
        done and what comes after stay as they are.
        """
        key = (
            obligation.rule.steps,
            obligation.opens_on,
            obligation.remind_by,
            obligation.late_after,
            postponed_until,
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._steps(obligation, postponed_until))
        return found

    def latest(self, obligation: Obligation, today: date, postponed_until: date | None = None) -> Step | None:
        """The last step that has come by ``today``: the earlier ones are superseded. None while none has come."""
        come = [step for step in self.steps_of(obligation, postponed_until) if step.day <= today]
        return come[-1] if come else None

    def is_listed(self, obligation: Obligation, status: Status, today: date) -> bool:
        """Whether a duty with that status has gone on the authority's list by ``today``: it is late, and nobody is
        reminded of it any more."""
        steps = self.steps_of(obligation)
        return status is Status.OVERDUE and (not steps or today > steps[-1].day)

    def _steps(self, obligation: Obligation, postponed_until: date | None) -> list[Step]:
        calendar, steps, due = self._calendar, obligation.rule.steps, obligation.remind_by
        first = calendar.working_day_on_or_after(obligation.opens_on)
        on_the_day = max(first, calendar.working_day_on_or_before(due))
        found = {on_the_day: DAY_OF} if 0 in steps.before else {}
        for ahead in sorted(step for step in steps.before if step):
            day = max(first, calendar.add(due, -ahead))
            found.setdefault(min(day, on_the_day), f"-{ahead}")
        if postponed_until is not None:
            until = max(first, calendar.working_day_on_or_before(postponed_until))
            found = {day: name for day, name in found.items() if day > until or day >= on_the_day}
            if until < on_the_day:
                found[until] = f"-{calendar.between(until, on_the_day) + (on_the_day != due)}"
        late_after = obligation.late_after
        for behind in steps.after if late_after else ():
            found[calendar.add(late_after or due, behind)] = f"+{behind}"
        return [Step(name=found[day], day=day) for day in sorted(found)]
