"""The one message a day in which an officer is reminded: courteous, with the article of each duty, and how to answer.

"Quá hạn" is said only of what is late by a number in the text; where there is none it is "mục tiêu nội bộ" and "chưa
cập nhật" (rulings R9, R10).
"""

from collections.abc import Iterator, Sequence
from functools import cache

from bot.core import sms
from bot.core.messages import Choice, Reply
from bot.core.obligations.planning import asks_to_upload
from bot.core.obligations.progress import Status
from bot.core.text import unaccent
from bot.store.reminding import Line
from bot.wording.digest_duty import say_details, say_marks, say_title, say_today, say_when
from bot.wording.digest_form import Form, Frame, forms
from bot.wording.letterhead import Letterhead, shorten_name
from bot.wording.period import say_period
from bot.wording.speech import Speech, clip, ended

SHOWN = 8
"""Duties that the long form names; the others are counted."""
BUTTONS = 3
"""Duties that can be answered by a button: more would hide the message."""
_PARTS = 2
_SOON = 3
"""Working days within which something is "đến hạn"; further ahead it is "sắp đến hạn"."""
_TITLE = 160
_LONGEST = 2000


def word_digest(speech: Speech, lines: Sequence[Line], letterhead: Letterhead) -> Reply:
    """The digest about ``lines``, the most urgent first. Nobody is invited to answer on a one-way account."""
    return Reply(
        text=_long(speech, lines, letterhead),
        brief=_shortest(speech, lines, letterhead),
        actions=() if speech.account.one_way or _is_for_head(lines) else tuple(_buttons(speech, lines)),
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
    """With as many duties as one message on Zalo holds."""
    texts = (_long_of(speech, lines, letterhead, shows) for shows in range(SHOWN, 0, -1))
    return next((text for text in texts if len(text) <= _LONGEST), _long_of(speech, lines, letterhead, 1))


def _long_of(speech: Speech, lines: Sequence[Line], letterhead: Letterhead, shows: int) -> str:
    obligations = [line.notice.duty.obligation for line in lines]
    names = dict.fromkeys(letterhead.agency(each) for each in obligations)
    shown, more = lines[:shows], len(lines) - shows
    agencies = ", ".join(filter(None, names))
    return "\n".join(
        filter(
            None,
            (
                speech.say("digest.head", authority=letterhead.authority(obligations)),
                _address(speech, lines, agencies) if agencies else "",
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
    title = clip(say_title(obligation, speech), _TITLE)
    title = speech.say("digest.of_period", title=title, period=say_period(speech, obligation.period))
    if several and (agency := letterhead.agency(obligation)):
        title = speech.say("digest.of_agency", title=title, agency=agency)
    details = "; ".join((*say_details(speech, line.notice), letterhead.cite(obligation)))
    when = say_when(speech, obligation)
    return ended(speech.say("digest.entry", number=line.number, title=title, when=when, details=details))


def _brief(speech: Speech, lines: Sequence[Line], letterhead: Letterhead, form: Form, frame: Frame) -> str:
    shown = lines[: form.shows]
    cites = dict.fromkeys(_cite(letterhead, line, details=form.details) for line in shown)
    one = next(iter(cites)) if len(cites) == 1 and len(shown) > 1 else ""
    entries = (frame.entry(place, form.title, form.details, bool(one)) for place in range(len(shown)))
    agencies = clip(frame.agencies, form.agencies)
    address = _address(speech, lines, agencies) if form.greets else ended(agencies)
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
    more = list(say_details(speech, line.notice)) if details else say_marks(speech, line.notice)
    if not cited:
        more.append(_cite(letterhead, line, details=details))
    title = clip(say_title(obligation, speech), limit)
    when = say_when(speech, obligation) if details else say_today(speech, line.notice)
    if not more:
        return speech.say("digest.entry_short", number=line.number, title=title, when=when)
    return speech.say("digest.entry", number=line.number, title=title, when=when, details="; ".join(more))


def _cite(letterhead: Letterhead, line: Line, *, details: bool) -> str:
    """The article; with the decision where there is room for it."""
    obligation = line.notice.duty.obligation
    return letterhead.cite(obligation) if details else obligation.rule.article


def _is_for_head(lines: Sequence[Line]) -> bool:
    return all(line.notice.as_head for line in lines)


def _address(speech: Speech, lines: Sequence[Line], agencies: str) -> str:
    """Whom it is for: the focal officers, or who heads the agencies."""
    if _is_for_head(lines):
        return speech.say("digest.to_head", agencies=agencies)
    return speech.say("digest.to", agencies=agencies)


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
    to a portal that is down; who heads an agency is asked to see to it."""
    uploads = all(asks_to_upload(line.notice.duty.obligation) for line in shown)
    is_down = any(line.notice.portal_down for line in shown)
    if _is_for_head(shown):
        return speech.say("digest.ask_head")
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
    """The answers to a single duty; to several only that they are done, and the list of all.

    They name the duty by its key: a number means another duty some day, and an old button is pressed as well.
    """
    for line in lines[:BUTTONS]:
        number, key = line.number, line.notice.duty.obligation.key
        yield Choice(label=speech.say("digest.button_done", number=number), value=f"reporting:done:{key}")
        if len(lines) == 1 and line.notice.duty.obligation.rule.unchanged:
            label = speech.say("digest.button_unchanged", number=number)
            yield Choice(label=label, value=f"reporting:unchanged:{key}")
    if len(lines) == 1:
        detail = speech.say("digest.button_detail", number=lines[0].number)
        yield Choice(label=detail, value=f"tasks:duty:{lines[0].notice.duty.obligation.key}")
    else:
        yield Choice(label=speech.say("digest.button_all"), value="tasks:page:1")
