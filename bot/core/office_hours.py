"""When authorities work in Việt Nam: two spans a day with the lunch between them, on working days only."""

from datetime import datetime, time

from bot.core.local_time import VIETNAM
from bot.core.working_days import WorkCalendar

SPANS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
"""From (included) and until (excluded)."""
DIGESTS_FROM = time(8)
"""Nobody is reminded before: whoever begins at 07:30 should find one message, not be woken by it."""


def is_office_time(now: datetime, calendar: WorkCalendar) -> bool:
    """Whether offices work at ``now`` (aware)."""
    local = now.astimezone(VIETNAM)
    within = any(begin <= local.time() < end for begin, end in SPANS)
    return within and not calendar.is_day_off(local.date())


def may_remind(now: datetime, calendar: WorkCalendar) -> bool:
    """Whether a digest may go at ``now`` (aware): in office hours, from 08:00 on."""
    return now.astimezone(VIETNAM).time() >= DIGESTS_FROM and is_office_time(now, calendar)


def end_of_next_day(now: datetime, calendar: WorkCalendar) -> datetime:
    """When offices close on the next working day after the one of ``now``: nobody reads a digest of before then."""
    day = calendar.add(now.astimezone(VIETNAM).date(), 1)
    return datetime.combine(day, SPANS[-1][1], tzinfo=VIETNAM)
