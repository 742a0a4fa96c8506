"""What is said of duties: their state, their dates, and what somebody said of them."""

from datetime import date, datetime

from bot.core.due import DueUnit
from bot.core.local_time import VIETNAM
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Act, ActKind, Status
from bot.core.obligations.rule import Rule
from bot.desk import Desk, Task
from bot.wording.speech import Speech


def full_date(day: date) -> str:
    """A day as it is always written where a deadline is meant: dd/mm/yyyy."""
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
    """How a duty stands, in a few words: never "quá hạn" where no text gives a number (rulings R9, R10)."""
    duty = task.duty
    match task.status:
        case Status.OPEN:
            key = "state_target" if duty.late_after is None else "state_open"
            return speech.say(f"duty.{key}", due=deadline(duty))
        case Status.OVERDUE:
            return speech.say("duty.state_overdue", due=full_date(duty.late_after or duty.nominal_due))
        case Status.UNMET:
            return speech.say("duty.state_unmet", due=deadline(duty))
        case Status.UPCOMING:
            return speech.say("duty.state_upcoming", due=deadline(duty))
        case _:
            return speech.say(f"duty.state_{task.status}")


def word_dates(speech: Speech, duty: Obligation) -> str:
    """Its nominal day and, where days off move it, the legal one."""
    nominal = full_date(duty.nominal_due)
    if duty.legal_due is None:
        return speech.say("duty.date_target", nominal=nominal)
    if duty.legal_due == duty.nominal_due:
        return speech.say("duty.date_nominal", nominal=nominal)
    return speech.say("duty.date_legal", nominal=nominal, legal=full_date(duty.legal_due))


def word_next(speech: Speech, duty: Obligation | None) -> str:
    """When it is due the next time; empty when there is no next time."""
    if duty is None:
        return ""
    return speech.say("duty.next_target" if duty.late_after is None else "duty.next", due=deadline(duty))


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
    key = act.kind.replace("-", "_")
    match act.kind:
        case ActKind.CHANGED | ActKind.POSTPONED:
            return speech.say(f"duty.what_{key}", named=full_date(act.day) if act.day else local_date(act.at))
        case ActKind.TRANSFER_ASKED | ActKind.TRANSFERRED:
            return speech.say(f"duty.what_{key}", to=desk.name_of(act.to))
        case _:
            return speech.say(f"duty.what_{key}")


def word_term(speech: Speech, rule: Rule) -> str:
    """How long a rule gives: "30 ngày làm việc"; empty where it says nothing."""
    if rule.due is None:
        return ""
    unit = {DueUnit.WORKING: "working", DueUnit.CALENDAR: "calendar", DueUnit.MONTH: "month"}[rule.due.unit]
    return speech.say(f"duty.term_{unit}", count=rule.due.offset_days)
