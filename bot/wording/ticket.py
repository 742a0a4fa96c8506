"""What is said about reports: noted, what there is instead, where one stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.catalogue import Dataset
from bot.core.effects import OpenTicket
from bot.core.local_time import VIETNAM
from bot.core.messages import Choice, Form, Reply
from bot.core.tickets import Ticket, TicketKind, TicketState
from bot.wording.menu import dataset_choices, echo
from bot.wording.speech import Speech, clip

_TITLE, _TEXT = 90, 120
CHANGED = "cap-nhat-phan-anh"
"""The template (``data/templates``) that says that a report changed its state."""
_FORM_TITLE = 200
_BRIEF_FIGURE, _BRIEF_AGENCY, _BRIEF_TEXT = 110, 40, 50


def word_found(speech: Speech, datasets: Sequence[Dataset], question: str, send: Choice) -> Reply:
    """The data that there are about ``question``, and a way to send the report all the same."""
    return Reply(
        text=speech.say("ticket.look_first", question=echo(question)),
        brief=speech.say("ticket.brief_look_first"),
        choices=(*dataset_choices(speech, datasets), send),
    )


def word_wrong(speech: Speech, opened: OpenTicket, title: str, *, now: datetime) -> Reply:
    """What was noted about an answer that is said to be wrong: number, figure, dataset, agency."""
    publisher = opened.publisher or speech.say("source.no_publisher")
    text = speech.say(
        "ticket.wrong",
        number=opened.number,
        at=_at(now),
        figure=opened.figure,
        title=clip(title, _TITLE),
        publisher=publisher,
    )
    figure, agency = clip(opened.figure, _BRIEF_FIGURE), clip(publisher, _BRIEF_AGENCY)
    brief = speech.say("ticket.brief_wrong", number=opened.number, figure=figure, publisher=agency)
    return _followed(speech, opened.number, text, brief)


def word_noted(speech: Speech, opened: OpenTicket, *, now: datetime) -> Reply:
    """What was noted of a person's own words."""
    number, at, text, short = opened.number, _at(now), clip(opened.text, _TEXT), clip(opened.text, _BRIEF_TEXT)
    if opened.kind is TicketKind.DATA_REQUEST:
        full = speech.say("ticket.request", number=number, at=at, text=text)
        brief = speech.say("ticket.brief_request", number=number, text=short)
    else:
        full = speech.say("ticket.feedback", number=number, at=at, text=text)
        brief = speech.say("ticket.brief_feedback", number=number, text=short)
    return _followed(speech, number, full, brief)


def word_standing(speech: Speech, ticket: Ticket, *, reporter: bool) -> Reply:
    """Where a report stands; what was noted on it when it was closed is told only to its ``reporter``."""
    kind, day = _kind(speech, ticket.kind), _day(ticket.opened_at)
    if ticket.state is TicketState.OPEN or ticket.closed_at is None:
        return Reply(text=speech.say("ticket.open_state", number=ticket.number, kind=kind, day=day))
    closed = _day(ticket.closed_at)
    text = speech.say("ticket.closed_state", number=ticket.number, kind=kind, day=day, closed=closed)
    if reporter and ticket.note:
        text = speech.say("ticket.answered", state=text, note=ticket.note)
    return Reply(text=text)


def word_closed(speech: Speech, ticket: Ticket) -> Reply:
    """What its reporter is told when a report was closed."""
    kind, day = _kind(speech, ticket.kind), _day(ticket.opened_at)
    text = speech.say("ticket.closed", number=ticket.number, kind=kind, day=day)
    if ticket.note:
        text = speech.say("ticket.answered", state=text, note=ticket.note)
    return Reply(text=text, form=_changed(speech, ticket))


def _changed(speech: Speech, ticket: Ticket) -> Form:
    """The same for whoever may only be sent an approved text, which is Vietnamese. Nothing of the person's own words:
    it goes out long after the person has turned to us."""
    vietnamese = replace(speech, language="vi")
    kind = _kind(vietnamese, ticket.kind)
    about = vietnamese.say("ticket.form_figure", kind=kind, figure=ticket.figure) if ticket.figure else kind
    state = vietnamese.say("ticket.form_state", day=_day(ticket.closed_at or ticket.opened_at))
    title = clip(about, _FORM_TITLE)
    return Form(name=CHANGED, values=(("number", str(ticket.number)), ("title", title), ("state", state)))


def _followed(speech: Speech, number: int, text: str, brief: str) -> Reply:
    """How to ask what became of it, and how long it is kept."""
    invite = speech.invite(speech.say("ticket.word_status", number=number))
    follow = f"{speech.say('ticket.follow', invite=invite)} {speech.say('ticket.kept')}"
    text, brief = (each.replace("….", "…") for each in (text, brief))
    return Reply(text=f"{text} {follow}", brief=f"{brief} {follow}")


def _kind(speech: Speech, kind: TicketKind) -> str:
    if kind is TicketKind.WRONG_FIGURE:
        return speech.say("ticket.kind_wrong")
    if kind is TicketKind.DATA_REQUEST:
        return speech.say("ticket.kind_request")
    return speech.say("ticket.kind_feedback")


def _at(now: datetime) -> str:
    return now.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def _day(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y")
