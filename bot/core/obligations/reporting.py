"""How many duties stand how: the figures of a report, of which every duty is in exactly the columns it should be."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from bot.core.local_time import local_day
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Act, ActKind, Progress, Status, status_of
from bot.core.replacement import PeriodStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many duties stand how on a day. Every duty that counts is one of ``due`` and of one standing:

    - ``verified`` ("đã đối chiếu"): reported and confirmed by a sync or an approver, or confirmed without a report.
    - ``seen``: a sync saw the data change, nobody has reported.
    - ``reported`` ("đã báo, chưa đối chiếu"): an officer says so, nobody has checked.
    - ``missing`` ("quá hạn, chưa báo"): nothing was reported or seen, and ``late_after`` has passed.
    - ``unmet`` ("chưa cập nhật"): nothing was reported or seen, the proposed day has passed, but no text has a number
      for it (rulings R7, R9, R10), or nobody has confirmed the text: nobody is late.
    - ``open``: there still is time, or its period has not ended.

    Beside that, of the same duties: ``late`` were settled after ``late_after``, or are still open after it (all that
    are ``missing`` are ``late``); what no text has a number for never is. ``unchanged``: settled by the report that
    nothing had changed. ``provisional``: a date of it rests on a day off that nobody has announced yet. ``outside``
    are no duties of ``due``: from before the decision counted or was confirmed (R12), or closed "theo QĐ cũ", or by the
    next review, before anybody did them.
    """

    due: int = 0
    verified: int = 0
    seen: int = 0
    reported: int = 0
    missing: int = 0
    unmet: int = 0
    open: int = 0
    late: int = 0
    unchanged: int = 0
    provisional: int = 0
    outside: int = 0

    def __add__(self, other: Self) -> "Figures":
        return Figures(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Figures)})


_STANDINGS = {
    Status.VERIFIED: Figures(verified=1),
    Status.MATCHED: Figures(seen=1),
    Status.REPORTED: Figures(reported=1),
    Status.OVERDUE: Figures(missing=1),
    Status.UNMET: Figures(unmet=1),
    Status.UPCOMING: Figures(open=1),
    Status.OPEN: Figures(open=1),
}


def count(obligation: Obligation, progress: Progress, today: date) -> Figures:
    """The figures of one duty on the day ``today``."""
    status = status_of(obligation, progress, today)
    never_bound = obligation.status is PeriodStatus.INFORMATION and obligation.closed_on is None
    if never_bound or status in {Status.CLOSED, Status.INFORMATION}:
        return Figures(outside=1)
    late = is_late(obligation, progress, today)
    unchanged = progress.report is not None and progress.report.kind is ActKind.UNCHANGED
    beside = Figures(due=1, late=late, unchanged=unchanged, provisional=obligation.provisional)
    return _STANDINGS[status] + beside


def count_all(duties: Iterable[tuple[Obligation, Progress]], today: date) -> Figures:
    """The figures of all ``duties`` together."""
    return sum((count(obligation, progress, today) for obligation, progress in duties), Figures())


def is_late(obligation: Obligation, progress: Progress, today: date) -> bool:
    """Whether it was settled after the later of its dates, or is still open after it on the day ``today``."""
    return obligation.is_late_on(settled_on(progress) or today)


def settled_on(progress: Progress) -> date | None:
    """The first day on which it was done, by whoever says so; None while nobody does.

    That is the day that a report names, else the one on which it was reported, seen or confirmed. What was taken back
    or refused does not count.
    """
    told = filter(None, (progress.report, progress.matched, progress.verified))
    return min((_day(act) for act in told), default=None)


def _day(act: Act) -> date:
    return act.day or local_day(act.at)
