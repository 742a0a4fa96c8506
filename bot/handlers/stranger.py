"""Whoever is not invited to an account for officers and staff: one sentence a day, and nothing is looked up."""

from datetime import timedelta

from bot.answering import speech_of
from bot.core.effects import NoteTold
from bot.core.messages import Reply
from bot.handler import Context, Handler, Outcome
from bot.wording.activation import how_to_activate

TOLD_EVERY = timedelta(days=1)


async def handle(ctx: Context) -> Outcome:
    """Say whom the account is for, or nothing."""
    told_at = await ctx.reads.told_at(ctx.conversation.address)
    if told_at is not None and ctx.now - told_at < TOLD_EVERY:
        return Outcome(replies=())
    speech = speech_of(ctx)
    text = speech.say("stranger.closed", invite=how_to_activate(speech))
    return Outcome(replies=(Reply(text=text),), effects=(NoteTold(),))


HANDLER = Handler(name="stranger", handle=handle, strangers=True)
