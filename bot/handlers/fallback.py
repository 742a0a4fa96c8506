"""What cannot be looked up: nothing but signs, too much text, a number or a page that is not there, a lapsed choice."""

from bot.answering import aside, open_dataset, question_of, refuse_entry, speech_of
from bot.core.grammar import MAX_QUESTION
from bot.core.messages import Reply
from bot.core.phrases import words
from bot.handler import Context, Handler, Outcome

_PAGED = ("rows:", "catalogue:")


async def handle(ctx: Context) -> Outcome:
    """Say what is missing and how to ask; a list that is on offer stays on offer."""
    speech = speech_of(ctx)
    example = speech.ask(speech.say("start.example_1"))
    text = question_of(ctx)
    if ctx.message.choice is not None:
        said = speech.say("fallback.lapsed", example=example)
    elif len(text) > MAX_QUESTION:
        said = speech.say("fallback.too_long", limit=MAX_QUESTION, example=example)
    elif not words(text):
        said = speech.say("fallback.empty", example=example, invite=speech.invite(speech.say("start.word")))
    elif code := await _told_lately(ctx, text):
        return await open_dataset(ctx, code, "")
    else:
        return aside(ctx, _not_there(ctx, text, example))
    return aside(ctx, Reply(text=said))


async def _told_lately(ctx: Context, text: str) -> str:
    """The dataset whose number in the last message about followed ones ``text`` is, while no list is on offer."""
    command = ctx.content.grammar.read(text)
    if ctx.conversation.choices or command is None or command.name != "choose":
        return ""
    told = await ctx.reads.told_lately(ctx.conversation.address, now=ctx.now)
    return told[int(command.argument) - 1] if int(command.argument) <= len(told) else ""


def _not_there(ctx: Context, text: str, example: str) -> Reply:
    """What to say to a number or a turn of the page that the list on offer has not."""
    offered = ctx.conversation.choices
    command = ctx.content.grammar.read(text)
    turning = command.name if command and command.name in ("next", "previous") else ""
    if turning and any(choice.value.startswith(_PAGED) for choice in offered):
        return Reply(text=ctx.say("fallback.last") if turning == "next" else ctx.say("fallback.first"))
    if offered:
        return refuse_entry(ctx)
    if turning:
        return Reply(text=ctx.say("rows.no_list", example=example))
    return Reply(text=ctx.say("fallback.no_menu", number=words(text)[-1], example=example))


HANDLER = Handler(name="fallback", handle=handle)
