"""Help: what can be asked here, what it costs, how to stop."""

from bot.answering import aside, speech_of
from bot.handler import Context, Handler, Outcome
from bot.wording.welcome import word_welcome


async def handle(ctx: Context) -> Outcome:
    """Say how the service is used, at the first contact also what is kept about the person."""
    return aside(ctx, word_welcome(speech_of(ctx), first_contact=ctx.conversation.updated_at is None))


HANDLER = Handler(name="start", handle=handle, commands=("help",))
