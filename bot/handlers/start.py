"""Help: what can be asked here, what it costs, how to stop."""

from bot.answering import aside, speech_of
from bot.handler import Context, Handler, Outcome
from bot.wording.welcome import word_welcome


async def handle(ctx: Context) -> Outcome:
    """Say how the service is used, to officers their own words, at the first contact what is kept about the
    person, and how a decision of the account's province stands that is not in force."""
    officer = await ctx.reads.desk(ctx.conversation.address, now=ctx.now) is not None
    first = ctx.conversation.updated_at is None
    told = {"first_contact": first and not officer, "officer": officer}
    return aside(ctx, word_welcome(speech_of(ctx), **told, decisions=ctx.reads.decisions()))


HANDLER = Handler(name="start", handle=handle, commands=("help",))
