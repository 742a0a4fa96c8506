"""What is said of duties: their state, their dates, and what somebody said of them."""

from datetime import date, datetime

from bot.core.due import DueUnit
from bot.core.local_time import VIETNAM
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Act, ActKind, Status
from bot.core.obligations.rule import Rule
from bot.desk import Desk, Task
from bot.wording.speech import Speech

_UNDONE = frozenset({Status.UPCOMING, Status.OPEN, Status.UNMET, Status.OVERDUE})
_NAMING = frozenset({ActKind.CHANGED, ActKind.POSTPONED, ActKind.TRANSFER_ASKED, ActKind.TRANSFERRED})


def full_date(day: date) -> str:
    """A day as it is always written where a deadline is meant: 01/12/2026."""
    return day.strftime("%d/%m/%Y")


def clock_time(at: datetime) -> str:
    """The time of day there, as 09:12."""
    return at.astimezone(VIETNAM).strftime("%H:%M")


def local_date(at: datetime) -> str:
    """The day there, as it is written."""
    return full_date(at.astimezone(VIETNAM).date())


def deadline(duty: Obligation) -> str:
    """The day by which everybody is told to be done."""
    return full_date(duty.remind_by)


def word_state(speech: Speech, task: Task) -> str:
    """How a duty stands, in a few words: never "quá hạn" where no text gives a number (rulings R9, R10), nor where
    nobody has confirmed that the decision applies."""
    if task.status in _UNDONE:
        return _undone(speech, task)
    match task.status:
        case Status.REPORTED:
            said = speech.say("duty.state_reported")
        case Status.MATCHED:
            said = speech.say("duty.state_matched")
        case Status.VERIFIED:
            said = speech.say("duty.state_verified")
        case Status.CLOSED:
            said = speech.say("duty.state_closed")
        case _:
            said = speech.say("duty.state_information")
    return said


def _undone(speech: Speech, task: Task) -> str:
    duty = task.duty
    if not task.confirmed:
        return speech.say("duty.state_expected", due=deadline(duty))
    match task.status:
        case Status.OVERDUE:
            said = speech.say("duty.state_overdue", due=full_date(duty.late_after or duty.nominal_due))
        case Status.UNMET:
            said = speech.say("duty.state_unmet", due=deadline(duty))
        case Status.UPCOMING:
            said = speech.say("duty.state_upcoming", due=deadline(duty))
        case _ if duty.late_after is None:
            said = speech.say("duty.state_target", due=deadline(duty))
        case _:
            said = speech.say("duty.state_open", due=deadline(duty))
    return said


def word_dates(speech: Speech, duty: Obligation, *, confirmed: bool) -> str:
    """Its nominal day and, where days off move it, the legal one."""
    nominal = full_date(duty.nominal_due)
    if not confirmed:
        return speech.say("duty.state_expected", due=nominal)
    if duty.legal_due is None:
        return speech.say("duty.date_target", nominal=nominal)
    if duty.legal_due == duty.nominal_due:
        return speech.say("duty.date_nominal", nominal=nominal)
    return speech.say("duty.date_legal", nominal=nominal, legal=full_date(duty.legal_due))


def word_next(speech: Speech, duty: Obligation | None, *, confirmed: bool = True) -> str:
    """When it is due the next time; empty when there is no next time."""
    if duty is None:
        return ""
    if not confirmed:
        return speech.say("duty.next_expected", due=deadline(duty))
    if duty.late_after is None:
        return speech.say("duty.next_target", due=deadline(duty))
    return speech.say("duty.next", due=deadline(duty))


def word_act(speech: Speech, desk: Desk, act: Act) -> str:
    """Who did what when, as one line of a duty's history."""
    return speech.say(
        "duty.history",
        time=clock_time(act.at),
        day=local_date(act.at),
        name=who(speech, desk, act),
        what=what(speech, desk, act),
    )


def who(speech: Speech, desk: Desk, act: Act) -> str:
    """The officer's name, else the office that said it; what a sync saw is the portal's."""
    if act.kind is ActKind.MATCHED:
        return speech.say("duty.sync")
    return desk.name_of(act.officer) or act.by or speech.say("duty.office")


def what(speech: Speech, desk: Desk, act: Act) -> str:
    """What was said, as the end of a sentence."""
    if act.kind in _NAMING:
        return _named(speech, desk, act)
    match act.kind:
        case ActKind.DONE:
            said = speech.say("duty.what_done")
        case ActKind.UNCHANGED:
            said = speech.say("duty.what_unchanged")
        case ActKind.MATCHED:
            said = speech.say("duty.what_matched")
        case ActKind.VERIFIED:
            said = speech.say("duty.what_verified")
        case ActKind.REFUSED:
            said = speech.say("duty.what_refused")
        case _:
            said = speech.say("duty.what_undone")
    return said


def _named(speech: Speech, desk: Desk, act: Act) -> str:
    """What was said with a day or somebody's name in it."""
    named = full_date(act.day) if act.day else local_date(act.at)
    match act.kind:
        case ActKind.CHANGED:
            return speech.say("duty.what_changed", named=named)
        case ActKind.POSTPONED:
            return speech.say("duty.what_postponed", named=named)
        case ActKind.TRANSFER_ASKED:
            return speech.say("duty.what_transfer_asked", to=desk.name_of(act.to))
        case _:
            return speech.say("duty.what_transferred", to=desk.name_of(act.to))


def word_term(speech: Speech, rule: Rule) -> str:
    """How long a rule gives: "30 ngày làm việc"; empty where it says nothing."""
    if rule.due is None:
        return ""
    match rule.due.unit:
        case DueUnit.WORKING:
            said = speech.say("duty.term_working", count=rule.due.offset_days)
        case DueUnit.CALENDAR:
            said = speech.say("duty.term_calendar", count=rule.due.offset_days)
        case DueUnit.MONTH:
            said = speech.say("duty.term_month", count=rule.due.offset_days)
    return said
