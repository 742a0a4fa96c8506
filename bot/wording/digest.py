"""The one message a day in which an officer is reminded: courteous, with the article of each duty, and how to answer.

"Quá hạn" is said only of what is late by a number in the text; where there is none it is "mục tiêu nội bộ" and "chưa
cập nhật" (rulings R9, R10).
"""

from collections.abc import Iterator, Sequence
from functools import cache

from bot.core import sms
from bot.core.messages import Choice, Reply
from bot.core.obligations.obligation import Obligation, SubjectKind
from bot.core.obligations.planning import Notice, asks_to_upload
from bot.core.obligations.progress import Status
from bot.core.text import unaccent
from bot.store.reminding import Line
from bot.wording.digest_form import Form, Frame, forms
from bot.wording.letterhead import Letterhead, shorten_name
from bot.wording.period import say_day, say_period
from bot.wording.speech import Speech, clip, ended

SHOWN = 8
"""Duties that the long form names; the others are counted."""
BUTTONS = 3
"""Duties that can be answered by a button: more would hide the message."""
_PARTS = 2
_SOON = 3
"""Working days within which something is "đến hạn"; further ahead it is "sắp đến hạn"."""
_TITLE = 160


def word_digest(speech: Speech, lines: Sequence[Line], letterhead: Letterhead) -> Reply:
    """The digest about ``lines``, the most urgent first. Nobody is invited to answer on a one-way account."""
    return Reply(
        text=_long(speech, lines, letterhead),
        brief=_shortest(speech, lines, letterhead),
        actions=() if speech.account.one_way else tuple(_buttons(speech, lines)),
    )


def _shortest(speech: Speech, lines: Sequence[Line], letterhead: Letterhead) -> str:
    """The fullest form that is at most two SMS without diacritics, the last where none is."""
    text, frame = "", _frame(speech, lines, letterhead)
    for form in forms(len(lines)):
        text = _brief(speech, lines, letterhead, form, frame)
        if sms.fits(unaccent(text), _PARTS):
            break
    return text


def _frame(speech: Speech, lines: Sequence[Line], letterhead: Letterhead) -> Frame:
    obligations = [line.notice.duty.obligation for line in lines]

    @cache
    def entry(place: int, title: int, details: bool, cited: bool) -> str:
        return _brief_entry(speech, lines[place], letterhead, title, details=details, cited=cited)

    @cache
    def request(shown: int) -> str:
        more = _more(speech, len(lines) - shown) if len(lines) > shown else ""
        return " ".join(filter(None, (more, _request(speech, lines[:shown]))))

    return Frame(
        authority=shorten_name(letterhead.authority(obligations)),
        agencies=shorten_name(", ".join(dict.fromkeys(filter(None, map(letterhead.agency, obligations))))),
        heading=_heading(speech, lines),
        entry=entry,
        request=request,
    )


def _long(speech: Speech, lines: Sequence[Line], letterhead: Letterhead) -> str:
    obligations = [line.notice.duty.obligation for line in lines]
    names = dict.fromkeys(letterhead.agency(each) for each in obligations)
    shown, more = lines[:SHOWN], len(lines) - SHOWN
    agencies = ", ".join(filter(None, names))
    return "\n".join(
        filter(
            None,
            (
                speech.say("digest.head", authority=letterhead.authority(obligations)),
                speech.say("digest.to", agencies=agencies) if agencies else "",
                _heading(speech, lines),
                *(_entry(speech, line, letterhead, several=len(names) > 1) for line in shown),
                _more(speech, more) if more > 0 else "",
                speech.say("digest.down_note") if any(line.notice.portal_down for line in lines) else "",
                _request(speech, shown),
                speech.say("digest.contact", contact=letterhead.contact) if letterhead.contact else "",
                speech.say("digest.note"),
            ),
        )
    )


def _entry(speech: Speech, line: Line, letterhead: Letterhead, *, several: bool) -> str:
    obligation = line.notice.duty.obligation
    title = clip(_title(obligation, speech), _TITLE)
    title = speech.say("digest.of_period", title=title, period=say_period(speech, obligation.period))
    if several and (agency := letterhead.agency(obligation)):
        title = speech.say("digest.of_agency", title=title, agency=agency)
    details = "; ".join((*_details(speech, line.notice), letterhead.cite(obligation)))
    when = say_when(speech, obligation)
    return ended(speech.say("digest.entry", number=line.number, title=title, when=when, details=details))


def _brief(speech: Speech, lines: Sequence[Line], letterhead: Letterhead, form: Form, frame: Frame) -> str:
    shown = lines[: form.shows]
    cites = dict.fromkeys(_cite(letterhead, line, details=form.details) for line in shown)
    one = next(iter(cites)) if len(cites) == 1 and len(shown) > 1 else ""
    entries = (frame.entry(place, form.title, form.details, bool(one)) for place in range(len(shown)))
    address = speech.say("digest.to", agencies=frame.agencies) if form.greets else f"{frame.agencies}."
    contact = ended(speech.say("digest.contact", contact=letterhead.contact)) if letterhead.contact else ""
    return " ".join(
        filter(
            None,
            (
                f"[{frame.authority}]",
                address if frame.agencies else "",
                frame.heading,
                ended("; ".join(entries)),
                speech.say("digest.basis", cite=one) if one else "",
                frame.request(form.shows),
                contact if form.greets or form.details else "",
            ),
        )
    )


def _brief_entry(speech: Speech, line: Line, letterhead: Letterhead, limit: int, *, details: bool, cited: bool) -> str:
    obligation = line.notice.duty.obligation
    more = list(_details(speech, line.notice)) if details else _marks(speech, line.notice)
    if not cited:
        more.append(_cite(letterhead, line, details=details))
    title = clip(_title(obligation, speech), limit)
    when = say_when(speech, obligation) if details else _say_day(speech, line.notice)
    if not more:
        return speech.say("digest.entry_short", number=line.number, title=title, when=when)
    return speech.say("digest.entry", number=line.number, title=title, when=when, details="; ".join(more))


def _cite(letterhead: Letterhead, line: Line, *, details: bool) -> str:
    """The article; with the decision where there is room for it."""
    obligation = line.notice.duty.obligation
    return letterhead.cite(obligation) if details else obligation.rule.article


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


def _say_day(speech: Speech, notice: Notice) -> str:
    """The one day that counts now: that by which it is to be done, and once that has passed the later one."""
    obligation = notice.duty.obligation
    late_after = obligation.late_after
    day = obligation.remind_by if late_after is None or notice.today <= obligation.remind_by else late_after
    said = say_day(day)
    return speech.say("digest.goal", day=said) if late_after is None else speech.say("digest.due", day=said)


def _details(speech: Speech, notice: Notice) -> Iterator[str]:
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
    yield from _marks(speech, notice, counted=True)


def _marks(speech: Speech, notice: Notice, *, counted: bool = False) -> list[str]:
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


def _heading(speech: Speech, lines: Sequence[Line]) -> str:
    """How many there are, and how urgent the most urgent one is."""
    update = all(asks_to_upload(line.notice.duty.obligation) for line in lines)
    notices, count = [line.notice for line in lines], len(lines)
    if late := sum(notice.duty.status is Status.OVERDUE for notice in notices):
        if update:
            return speech.say("digest.update_late", count=count, late=late)
        return speech.say("digest.tasks_late", count=count, late=late)
    ahead = [notice.days_left for notice in notices if notice.today <= notice.duty.obligation.remind_by]
    if len(ahead) < count:
        return (
            speech.say("digest.update_still", count=count) if update else speech.say("digest.tasks_still", count=count)
        )
    if min(ahead) > _SOON:
        return (
            speech.say("digest.update_ahead", count=count) if update else speech.say("digest.tasks_ahead", count=count)
        )
    return speech.say("digest.update", count=count) if update else speech.say("digest.tasks", count=count)


def _request(speech: Speech, shown: Sequence[Line]) -> str:
    """What is asked for, and how to answer, by the example of the first duty of each kind. Nobody is asked to upload
    to a portal that is down."""
    uploads = all(asks_to_upload(line.notice.duty.obligation) for line in shown)
    is_down = any(line.notice.portal_down for line in shown)
    if speech.account.one_way:
        if not uploads:
            return speech.say("digest.ask_task_only")
        return speech.say("digest.ask_later_only") if is_down else speech.say("digest.ask_update_only")
    first = shown[0].number
    unchanged = [line.number for line in shown if line.notice.duty.obligation.rule.unchanged]
    words = (
        speech.say("digest.done_or_unchanged", number=first, unchanged=unchanged[0])
        if unchanged
        else speech.say("digest.done", number=first)
    )
    invite = speech.invite(words)
    if not uploads:
        return speech.say("digest.ask_task", invite=invite)
    return speech.say("digest.ask_later", invite=invite) if is_down else speech.say("digest.ask_update", invite=invite)


def _more(speech: Speech, count: int) -> str:
    if speech.account.one_way:
        return speech.say("digest.more_only", count=count)
    return speech.say("digest.more", count=count, invite=speech.invite(speech.say("digest.my_tasks")))


def _buttons(speech: Speech, lines: Sequence[Line]) -> Iterator[Choice]:
    """The answers to a single duty; to several only that they are done, and the list of all."""
    for line in lines[:BUTTONS]:
        number = line.number
        yield Choice(label=speech.say("digest.button_done", number=number), value=f"reporting:done:{number}")
        if len(lines) == 1 and line.notice.duty.obligation.rule.unchanged:
            label = speech.say("digest.button_unchanged", number=number)
            yield Choice(label=label, value=f"reporting:unchanged:{number}")
    if len(lines) == 1:
        number = lines[0].number
        yield Choice(label=speech.say("digest.button_detail", number=number), value=f"tasks:duty:{number}")
    else:
        yield Choice(label=speech.say("digest.button_all"), value="tasks:page:1")


def _title(obligation: Obligation, speech: Speech) -> str:
    """What is to be done: the data by their own name, anything else as the rule says it."""
    if obligation.subject.kind in {SubjectKind.ITEM, SubjectKind.DATASET} and obligation.subject.title:
        return obligation.subject.title
    rule = obligation.rule
    return rule.title_en if speech.language == "en" and rule.title_en else rule.title
