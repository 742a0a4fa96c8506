"""Who is to be reminded of what now. Level-triggered: it looks at what is, never at what an earlier run did.

Of each duty only the last step that has come is told, to each person once (the ledger): after a week without the
service everybody gets one message with the right stage, and what came before is never sent later.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.core.local_time import local_day
from bot.core.obligations.agency import Officer
from bot.core.obligations.obligation import Obligation, SubjectKind
from bot.core.obligations.progress import SETTLED, Progress, Status, status_of
from bot.core.obligations.rule import Trigger
from bot.core.obligations.staffing import Staffing
from bot.core.obligations.steps import DAY_OF, Ladders, Step, rank
from bot.core.office_hours import may_remind
from bot.core.working_days import WorkCalendar


class SkipReason(StrEnum):
    """Why somebody is not reminded although a step has come.

    NOT_CONFIRMED: the decision is not in force, and nobody has confirmed in writing that its rules are to be used.
    NO_AGENCY: no agency is known to have the duty, although agencies are bound by that decision. VACANT: the agency has
    neither a focal officer nor a deputy. UNREACHABLE: it has, and none of them can be reached. PORTAL_DOWN: nobody is
    asked to upload anything now. TOLD_TODAY: the person has had the message of the day. OUT_OF_HOURS: it goes at the
    next office moment.
    """

    NOT_CONFIRMED = "profile not confirmed"
    NO_AGENCY = "no agency"
    VACANT = "vacant"
    UNREACHABLE = "unreachable"
    PORTAL_DOWN = "portal down"
    TOLD_TODAY = "told today"
    OUT_OF_HOURS = "outside office hours"


FOR_THE_OPERATOR = frozenset({SkipReason.VACANT, SkipReason.UNREACHABLE})
"""What somebody has to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDuty:
    """A duty that can be done and is not done yet. ``step`` is the last one that has come, empty while none has;
    ``own`` are the steps of those officers who have put off their reminder, who go by a ladder of their own."""

    obligation: Obligation
    progress: Progress
    status: Status
    step: str = ""
    own: Mapping[int, str] = field(default_factory=dict)

    @property
    def has_come(self) -> bool:
        """Whether a step has come for anybody."""
        return bool(self.step or any(self.own.values()))

    def step_of(self, officer: int) -> str:
        """The last step that has come for ``officer``, empty while none has."""
        return self.own.get(officer, self.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What counts at ``now`` besides the duties.

    ``bound`` are the profiles by which any agency is bound, ``confirmed`` those that may urge, ``down`` those whose
    portal cannot be reached, ``heads`` those that have heads of agencies told, ``told_today`` the officers who have had
    their digest of the day. ``staff`` says who stands behind an agency.
    """

    now: datetime
    calendar: WorkCalendar
    officers: Mapping[int, Officer]
    staff: Callable[[int], Staffing]
    bound: Collection[str]
    confirmed: Collection[str] = ()
    down: Collection[str] = ()
    heads: Collection[str] = ()
    told_today: Collection[int] = ()

    @property
    def today(self) -> date:
        """The day in Việt Nam."""
        return local_day(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That ``officer`` is to be told of ``duty``. ``days_left`` counts working days up to the day by which it is to be
    done, ``days_late`` those since it is late. ``portal_down``: it is told although the portal cannot be reached.
    ``as_head``: the officer does not bear the duty, but heads the agency that does."""

    officer: int
    duty: OpenDuty
    today: date
    days_left: int = 0
    days_late: int = 0
    portal_down: bool = False
    as_head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """That nobody, or not ``officer``, is reminded of the duty with that ``key`` (a duty of ``agency``), and why."""

    reason: SkipReason
    key: str
    province: str
    agency: int | None = None
    officer: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The one message of the day to ``officer``: first what is late, then what is due soonest."""

    officer: int
    notices: tuple[Notice, ...]


Told = Mapping[tuple[str, int], Collection[str]]
"""The ledger: the steps that were told, by the key of the duty and the officer."""


def find_open(duties: Iterable[tuple[Obligation, Progress]], ladders: Ladders, today: date) -> Iterator[OpenDuty]:
    """Those of ``duties`` that somebody has to do on the day ``today``, each with the last step that has come."""
    for obligation, progress in duties:
        status = status_of(obligation, progress, today)
        if status is not Status.UPCOMING and status not in SETTLED:
            own = {
                officer: _name(ladders.latest(obligation, today, until))
                for officer, until in progress.postponed.items()
            }
            step = _name(ladders.latest(obligation, today))
            yield OpenDuty(obligation=obligation, progress=progress, status=status, step=step, own=own)


def judge(duty: OpenDuty, told: Told, at: Circumstances) -> Iterator[Notice | Skipped]:
    """What is to be said of ``duty`` at that moment: to whom, or why not. Nothing while no step has come, or when
    everybody was told of this step or of a later one."""
    obligation = duty.obligation
    if not duty.has_come or (obligation.agency is None and obligation.province not in at.bound):
        return
    if obligation.province not in at.confirmed:
        yield _skip(duty, SkipReason.NOT_CONFIRMED)
        return
    if obligation.agency is None and duty.progress.bearer is None:
        yield _skip(duty, SkipReason.NO_AGENCY)
        return
    staffing = _staffing(duty, at)
    untold = [each for each in staffing.officers if not _was_told(duty, each.id, told)]
    if untold or not staffing.officers:
        if reason := _reason_for_nobody(duty, staffing, at):
            yield _skip(duty, reason)
        else:
            yield from (_tell(duty, officer.id, at) for officer in untold)
    for head in _heads(duty, at):
        if head not in staffing.officers and not _was_told(duty, head.id, told):
            yield _tell(duty, head.id, at, as_head=True)


def gather(notices: Iterable[Notice]) -> tuple[Digest, ...]:
    """One digest for each officer, in the order of their ids."""
    found: dict[int, list[Notice]] = {}
    for notice in notices:
        found.setdefault(notice.officer, []).append(notice)
    return tuple(
        Digest(officer=officer, notices=tuple(sorted(found[officer], key=_urgency))) for officer in sorted(found)
    )


def asks_to_upload(obligation: Obligation) -> bool:
    """Whether the duty is done on the portal: data are to be uploaded, not a report to be written."""
    of_data = obligation.subject.kind in {SubjectKind.ITEM, SubjectKind.DATASET}
    return of_data or obligation.rule.trigger in {Trigger.ITEM, Trigger.EVENT}


def _staffing(duty: OpenDuty, at: Circumstances) -> Staffing:
    """Who took it over, as long as they can be reached; else whoever the agency has."""
    bearer = at.officers.get(duty.progress.bearer) if duty.progress.bearer is not None else None
    if bearer is not None and bearer.reachable:
        return Staffing(officers=(bearer,))
    if duty.obligation.agency is None:
        return Staffing(vacant=bearer is None)
    return at.staff(duty.obligation.agency)


def _heads(duty: OpenDuty, at: Circumstances) -> Sequence[Officer]:
    """Who heads the agency and hears of it as well: only where the profile says so, with the last reminder of all."""
    obligation = duty.obligation
    late = [f"+{behind}" for behind in obligation.rule.steps.after]
    if obligation.agency is None or obligation.province not in at.heads or duty.step not in late[-1:]:
        return ()
    if _is_held_by_portal(obligation, at):
        return ()
    return [head for head in at.staff(obligation.agency).heads if head.reachable]


def _was_told(duty: OpenDuty, officer: int, told: Told) -> bool:
    """Whether ``officer`` was told of the step that has come for them, or none has."""
    own = duty.step_of(officer)
    return not own or any(rank(step) >= rank(own) for step in told.get((duty.obligation.key, officer), ()))


def _reason_for_nobody(duty: OpenDuty, staffing: Staffing, at: Circumstances) -> SkipReason | None:
    if not staffing.officers:
        return SkipReason.VACANT if staffing.vacant else SkipReason.UNREACHABLE
    if _is_held_by_portal(duty.obligation, at) and not _is_last_day(duty, at):
        return SkipReason.PORTAL_DOWN
    return None


def _is_held_by_portal(obligation: Obligation, at: Circumstances) -> bool:
    return obligation.province in at.down and asks_to_upload(obligation)


def _is_last_day(duty: OpenDuty, at: Circumstances) -> bool:
    """Whether it is to be done today: waiting until the portal is back would be too late to say so."""
    due = at.calendar.working_day_on_or_before(duty.obligation.remind_by)
    return duty.step == DAY_OF and at.today <= max(due, duty.obligation.remind_by)


def _tell(duty: OpenDuty, officer: int, at: Circumstances, *, as_head: bool = False) -> Notice | Skipped:
    """That the officer is told now, or why it waits."""
    if officer in at.told_today:
        return _skip(duty, SkipReason.TOLD_TODAY, officer)
    if not may_remind(at.now, at.calendar):
        return _skip(duty, SkipReason.OUT_OF_HOURS, officer)
    obligation, today = duty.obligation, at.today
    late_after = obligation.late_after
    return Notice(
        officer=officer,
        duty=replace(duty, step=duty.step_of(officer)) if duty.own else duty,
        days_left=at.calendar.between(today, obligation.remind_by) if today < obligation.remind_by else 0,
        today=today,
        days_late=at.calendar.between(late_after, today) if late_after is not None and today > late_after else 0,
        portal_down=_is_held_by_portal(obligation, at),
        as_head=as_head,
    )


def _skip(duty: OpenDuty, reason: SkipReason, officer: int | None = None) -> Skipped:
    obligation = duty.obligation
    return Skipped(
        reason=reason,
        key=obligation.key,
        province=obligation.province,
        agency=obligation.agency,
        officer=officer,
    )


def _name(step: Step | None) -> str:
    return step.name if step is not None else ""


def _urgency(notice: Notice) -> tuple[bool, date, str]:
    obligation = notice.duty.obligation
    return notice.duty.status is not Status.OVERDUE, obligation.remind_by, obligation.key
