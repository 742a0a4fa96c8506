"""Whether a dataset is kept as often as it should be. For officers and operators: citizens see the date of the data."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.core.catalogue import Dataset
from bot.core.cycle import UNCLEAR, Cycle, UpdateCycle
from bot.core.cycle_periods import Period, next_period, period_of, previous_period
from bot.core.due import DaysOff, DueDate, DueWording, due_of_period
from bot.core.working_days import WorkCalendar

_DAY = timedelta(days=1)
_UNKNOWN = WorkCalendar()


class State(StrEnum):
    """How a dataset stands, worst first.

    LATE: a deadline with a number has passed without a change. DUE: a period ended without a change. NO_DEADLINE: it
    is renewed on events, all the time or never. UNKNOWN: cycle or last change is not known.
    """

    LATE = "late"
    DUE = "due"
    FRESH = "fresh"
    NO_DEADLINE = "no-deadline"
    UNKNOWN = "unknown"


class Evidence(StrEnum):
    """How the day of the last change is known, best first."""

    CONTENT = "content"  # we saw its rows change
    METADATA = "metadata"  # the source says so
    PUBLISHED = "published"  # nothing is said of a change since then
    ISSUED = "issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How a dataset stands on a day, and why.

    ``awaited`` is the earliest period without a change, ``due`` the last good day for it – or for the first behind it
    to which the deadline applies –, None where no number is known. ``provisional``: within its term lies a day of which
    it is not certain whether it is off, so ``due`` may be some days later.
    """

    state: State
    changed: date | None = None
    evidence: Evidence | None = None
    awaited: Period | None = None
    due: DueDate | None = None
    provisional: bool = False


def last_change(dataset: Dataset, today: date) -> tuple[date, Evidence] | None:
    """The day of the last change by the best evidence, None when there is none. A day in the future is none."""
    known = (
        (dataset.content_at, Evidence.CONTENT),
        (dataset.changed_at, Evidence.METADATA),
        (dataset.published_at, Evidence.PUBLISHED),
        (dataset.issued_at, Evidence.ISSUED),
    )
    return next(((day, evidence) for day, evidence in known if day is not None and day <= today), None)


def freshness_of(
    dataset: Dataset,
    cycle: Cycle,
    due: DueWording | None,
    today: date,
    *,
    since: date | None = None,
    calendar: WorkCalendar = _UNKNOWN,
) -> Freshness:
    """How ``dataset``, to be renewed by ``cycle`` and until ``due``, stands on the day ``today``.

    A change counts for the period that it falls into; but while the data of the period before are still due, it counts
    for those. Without ``due`` nothing is ever late: no text says from when. ``since`` is the day from which the
    deadline counts: for what had ended or was due before, nobody is late. ``calendar`` knows the public holidays;
    where it does not, only weekends and holidays on fixed days are off, and the result is provisional.
    """
    seen = last_change(dataset, today)
    changed, evidence = seen or (None, None)
    if cycle.code in UNCLEAR:
        return Freshness(state=State.UNKNOWN, changed=changed, evidence=evidence)
    if period_of(cycle.code, today) is None:
        return Freshness(state=State.NO_DEADLINE, changed=changed, evidence=evidence)
    if changed is None:
        return Freshness(state=State.UNKNOWN)
    awaited = _awaited(cycle.code, due, changed, calendar.is_day_off)
    term = _term(cycle.code, due, awaited, since or date.min, calendar.is_day_off) if due and awaited else None
    until = term[1] if term else None
    return Freshness(
        state=_state(awaited, until, today),
        changed=changed,
        evidence=evidence,
        awaited=awaited,
        due=until,
        provisional=term is not None and _is_provisional(calendar, *term),
    )


def _state(awaited: Period | None, until: DueDate | None, today: date) -> State:
    if until is not None and until.late_after < today:
        return State.LATE
    return State.DUE if awaited is not None and awaited.end < today else State.FRESH


def _is_provisional(calendar: WorkCalendar, period: Period, until: DueDate) -> bool:
    """Whether a day within the term is not certain; the day from which it counts, the period's last, is none of it."""
    return calendar.is_provisional(min(period.end + _DAY, until.remind_by), until.late_after)


def _term(
    code: UpdateCycle, due: DueWording, awaited: Period, since: date, days_off: DaysOff
) -> tuple[Period, DueDate] | None:
    """The last good day for ``awaited``, or for the first later period that had not ended or been due by ``since``;
    and that period."""
    period = awaited if awaited.end >= since else period_of(code, since)
    while period is not None:
        until = due_of_period(due, period, days_off=days_off)
        if until is None:
            return None
        if until.nominal >= since:
            return period, until
        period = next_period(code, period)
    return None


def _awaited(code: UpdateCycle, due: DueWording | None, changed: date, days_off: DaysOff) -> Period | None:
    """The earliest period for which a change on the day ``changed`` does not count."""
    period = period_of(code, changed)
    before = previous_period(code, period) if period else None
    until = due_of_period(due, before, days_off=days_off) if due and before else None
    if until is not None and changed <= until.late_after:
        return period
    return next_period(code, period) if period else None
