"""What cannot be looked up: nothing but signs, too much text, a number without a list, a choice that lapsed."""

from bot.answering import question_of, speech_of, tell
from bot.core.grammar import MAX_QUESTION
from bot.core.messages import Reply
from bot.core.phrases import words
from bot.handler import Context, Handler, Outcome


async def handle(ctx: Context) -> Outcome:
    """Say what is missing and how to ask; a list that is on offer stays on offer."""
    speech = speech_of(ctx)
    example = speech.ask(speech.say("start.example_1"))
    text = question_of(ctx)
    if ctx.message.choice is not None:
        return tell(speech.say("fallback.lapsed", example=example))
    if len(text) > MAX_QUESTION:
        return tell(speech.say("fallback.too_long", limit=MAX_QUESTION, example=example))
    if not words(text):
        return tell(speech.say("fallback.empty", example=example, invite=speech.invite(speech.say("start.word"))))
    offered = ctx.conversation.choices
    if not offered:
        return tell(speech.say("fallback.no_menu", number=words(text)[-1], example=example))
    return Outcome(
        replies=(Reply(text=speech.say("fallback.no_such_entry", count=len(offered)), choices=offered),),
        state=ctx.conversation.state,
        data=ctx.conversation.data,
    )


HANDLER = Handler(name="fallback", handle=handle)
