"""What a digest says of one duty: what is to be done, until when, and how it stands today."""

from collections.abc import Iterator

from bot.core.obligations.obligation import Obligation, SubjectKind
from bot.core.obligations.planning import Notice, asks_to_upload
from bot.core.obligations.progress import Status
from bot.wording.period import say_day
from bot.wording.speech import Speech


def say_title(obligation: Obligation, speech: Speech) -> str:
    """What is to be done: the data by their own name, anything else as the rule says it."""
    if obligation.subject.kind in {SubjectKind.ITEM, SubjectKind.DATASET} and obligation.subject.title:
        return obligation.subject.title
    rule = obligation.rule
    return rule.title_en if speech.language == "en" and rule.title_en else rule.title


def say_when(speech: Speech, obligation: Obligation) -> str:
    """Until when the duty is to be done: the day of the text, and the one that counts by the law where they differ."""
    day, legal = say_day(obligation.nominal_due), obligation.legal_due
    if legal is None:
        return speech.say("digest.goal", day=day)
    if obligation.rule.proposed:
        return speech.say("digest.goal_before", day=day, legal=say_day(legal))
    if legal == obligation.nominal_due:
        return speech.say("digest.due", day=day)
    if legal > obligation.nominal_due:
        return speech.say("digest.due_moved", day=day, legal=say_day(legal))
    return speech.say("digest.due_before", day=day, legal=say_day(legal))


def say_today(speech: Speech, notice: Notice) -> str:
    """The one day that counts now: that by which it is to be done, and once that has passed the later one."""
    obligation = notice.duty.obligation
    late_after = obligation.late_after
    day = obligation.remind_by if late_after is None or notice.today <= obligation.remind_by else late_after
    said = say_day(day)
    return speech.say("digest.goal", day=said) if late_after is None else speech.say("digest.due", day=said)


def say_details(speech: Speech, notice: Notice) -> Iterator[str]:
    """How the duty stands today, and what else is to be known of its date."""
    if notice.duty.status not in {Status.OVERDUE, Status.UNMET}:
        if notice.days_left:
            yield speech.say("digest.left", count=notice.days_left)
        elif notice.today == notice.duty.obligation.remind_by:
            yield speech.say("digest.today")
        elif notice.today < notice.duty.obligation.remind_by:
            yield speech.say("digest.last_day")
        else:
            yield speech.say("digest.past")
    elif notice.duty.status is Status.OVERDUE:
        yield speech.say("digest.late", count=notice.days_late)
    yield from say_marks(speech, notice, counted=True)


def say_marks(speech: Speech, notice: Notice, *, counted: bool = False) -> list[str]:
    """What is never left out: that it is late (unless that was ``counted``), not certain, or not possible right now."""
    obligation, marks = notice.duty.obligation, []
    if notice.duty.status is Status.OVERDUE and not counted:
        marks.append(speech.say("digest.overdue"))
    if notice.duty.status is Status.UNMET:
        upload = asks_to_upload(obligation)
        marks.append(speech.say("digest.unmet") if upload else speech.say("digest.unmet_task"))
    if obligation.provisional:
        marks.append(speech.say("digest.provisional"))
    if notice.portal_down:
        marks.append(speech.say("digest.down"))
    return marks
