"""What was said and seen of duties, and how they stand by it: the status is computed from now, never stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.core.obligations.obligation import Obligation
from bot.core.replacement import PeriodStatus


class ActKind(StrEnum):
    """What was said or seen of a duty.

    DONE, UNCHANGED: an officer reports it. CHANGED: a change arose on ``Act.day`` and starts the clock of a duty of its
    own: ``Act.key`` is the key of that duty, whose period is the day. POSTPONED: the officer wants to be reminded again
    on ``Act.day``. TRANSFER_ASKED, TRANSFERRED: it is to be (is) ``Act.to``'s. MATCHED: a sync saw the data change
    after the period. VERIFIED: an approver or the operator says so. REFUSED: they say it is not done. UNDONE: the act
    ``Act.undoes`` does not count any more.
    """

    DONE = "done"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    POSTPONED = "postponed"
    TRANSFER_ASKED = "transfer-asked"
    TRANSFERRED = "transferred"
    MATCHED = "matched"
    VERIFIED = "verified"
    REFUSED = "refused"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that was said or seen of the duty ``key`` at ``at``, by ``officer`` or, without one, by ``by``.

    ``to`` is another officer. ``day`` is the day that was named; for what was done the day on which it was.
    """

    id: int
    key: str
    kind: ActKind
    at: datetime
    officer: int | None = None
    by: str = ""
    day: date | None = None
    to: int | None = None
    undoes: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An act with what the record tells of it: the ``duty`` and how its article is cited, and what the agency and the
    officer were called then."""

    act: Act
    duty: Obligation
    cite: str = ""
    agency: str = ""
    officer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a duty has come by its acts. ``report`` is DONE or UNCHANGED while it is reported; ``asked`` the officer
    to whom it is to go, ``bearer`` the one who has taken it over. ``postponed`` says until when an officer has put off
    their own reminder, by officer: colleagues are reminded as before."""

    report: Act | None = None
    matched: Act | None = None
    verified: Act | None = None
    refused: Act | None = None
    postponed: Mapping[int, date] = field(default_factory=dict)
    asked: Act | None = None
    bearer: int | None = None
    acts: tuple[Act, ...] = field(default=(), repr=False)


def follow_acts(acts: Iterable[Act]) -> Progress:
    """Where the acts on one duty have led. Those that were undone, and undoing itself, lead nowhere."""
    told = sorted(acts, key=lambda act: act.id)
    progress = Progress(acts=tuple(told))
    for act in counting(told):
        progress = _take(progress, act)
    return progress


def counting(acts: Sequence[Act]) -> list[Act]:
    """Those of ``acts`` that count, in their order: not the ones that were undone, nor undoing itself."""
    undone = {act.undoes for act in acts if act.kind is ActKind.UNDONE}
    return [act for act in acts if act.kind is not ActKind.UNDONE and act.id not in undone]


def says_again(new: Act, acts: Iterable[Act]) -> Act | None:
    """The act that ``new`` only repeats, None when it says something more than ``acts``, those on the same duty.

    It repeats one that still counts, after which nothing else was said. What was undone is not undone twice.
    """
    told = sorted(acts, key=lambda act: act.id)
    if new.kind is ActKind.UNDONE:
        return next((act for act in told if act.kind is ActKind.UNDONE and act.undoes == new.undoes), None)
    last = next(reversed(counting(told)), None)
    return last if last is not None and replace(new, id=last.id, at=last.at) == last else None


def _take(progress: Progress, act: Act) -> Progress:
    changed: dict[ActKind, dict[str, Any]] = {
        ActKind.DONE: {"report": act, "refused": None, "postponed": {}},
        ActKind.UNCHANGED: {"report": act, "refused": None, "postponed": {}},
        ActKind.MATCHED: {"matched": act},
        ActKind.VERIFIED: {"verified": act, "refused": None},
        ActKind.REFUSED: {"report": None, "matched": None, "verified": None, "refused": act},
        ActKind.POSTPONED: {"postponed": _put_off(progress.postponed, act)},
        ActKind.TRANSFER_ASKED: {"asked": act},
        ActKind.TRANSFERRED: {"asked": None, "bearer": act.to},
    }
    return replace(progress, **changed.get(act.kind, {}))


def _put_off(postponed: Mapping[int, date], act: Act) -> Mapping[int, date]:
    return postponed if act.officer is None or act.day is None else {**postponed, act.officer: act.day}


class Status(StrEnum):
    """How a duty stands on a day.

    UPCOMING: it cannot be done yet. OPEN: it is to be done. UNMET: the day has passed and no text that is in force or
    confirmed calls that late ("chưa cập nhật"). OVERDUE: "quá hạn". REPORTED: an officer says it is done, nobody has
    checked. MATCHED: a sync saw the change ("đã đối chiếu"), nobody has reported. VERIFIED: reported or seen, and
    confirmed. CLOSED, INFORMATION: as of :class:`bot.core.replacement.PeriodStatus`.
    """

    UPCOMING = "upcoming"
    OPEN = "open"
    UNMET = "unmet"
    OVERDUE = "overdue"
    REPORTED = "reported"
    MATCHED = "matched"
    VERIFIED = "verified"
    CLOSED = "closed"
    INFORMATION = "information"


SETTLED = frozenset({Status.REPORTED, Status.MATCHED, Status.VERIFIED, Status.CLOSED, Status.INFORMATION})
"""Nobody is reminded of these."""


def status_of(obligation: Obligation, progress: Progress, today: date) -> Status:
    """How ``obligation`` stands on the day ``today``. What a sync saw confirms what was reported."""
    return _settled(obligation, progress, today) or _open(obligation, today)


def _settled(obligation: Obligation, progress: Progress, today: date) -> Status | None:
    """How it stands where nobody need do anything any more, None where somebody has to."""
    closed = obligation.closed_on is not None and today >= obligation.closed_on
    if progress.verified or (progress.report and progress.matched):
        return Status.VERIFIED
    if progress.report or progress.matched:
        return Status.REPORTED if progress.report else Status.MATCHED
    if obligation.status is PeriodStatus.INFORMATION and (closed or obligation.closed_on is None):
        return Status.INFORMATION
    return Status.CLOSED if obligation.status is PeriodStatus.CLOSED and closed else None


def _open(obligation: Obligation, today: date) -> Status:
    if today < obligation.opens_on:
        return Status.UPCOMING
    if obligation.is_late_on(today):
        return Status.OVERDUE
    return Status.UNMET if today > (obligation.late_after or obligation.nominal_due) else Status.OPEN
