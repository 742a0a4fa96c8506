"""What people wish: data that are missing (ĐỀ NGHỊ DỮ LIỆU …), or that something be better (GÓP Ý …)."""

from bot.answering import aside, speech_of
from bot.core.messages import Choice, Reply
from bot.core.phrases import words
from bot.core.tickets import TicketKind
from bot.filing import LONGEST_DRAFT, file_words, look_first
from bot.handler import Context, Handler, Outcome

_KINDS = {"request": TicketKind.DATA_REQUEST, "feedback": TicketKind.FEEDBACK}


async def handle(ctx: Context) -> Outcome:
    """Look first whether there are such data, unless a colon says that it is a wish; then note it."""
    if ctx.command is None:
        name, _, text = (ctx.choice or "").partition(":")
        explicit = True
    else:
        name, text, explicit = ctx.command.name, ctx.command.text, ctx.command.explicit
    if not words(text) or name not in _KINDS:
        return _ask(ctx, name)
    if not explicit:
        found = await look_first(ctx, text, _send(ctx, name, text))
        if found is not None:
            return found
    return await file_words(ctx, _KINDS[name], text)


def _send(ctx: Context, name: str, text: str) -> Choice:
    value = f"wish:{name}:{text[:LONGEST_DRAFT]}"
    if name == "request":
        return Choice(label=ctx.say("ticket.send_request"), value=value)
    return Choice(label=ctx.say("ticket.send_feedback"), value=value)


def _ask(ctx: Context, name: str) -> Outcome:
    speech = speech_of(ctx)
    if name == "request":
        invite = speech.invite(speech.say("ticket.word_request"))
        return aside(ctx, Reply(text=speech.say("ticket.what_request", invite=invite)))
    invite = speech.invite(speech.say("ticket.word_feedback"))
    return aside(ctx, Reply(text=speech.say("ticket.what_feedback", invite=invite)))


HANDLER = Handler(name="wish", handle=handle, commands=tuple(_KINDS))
