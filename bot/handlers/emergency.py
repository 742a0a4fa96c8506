"""A call for help gets the emergency numbers at once."""

from bot.answering import aside
from bot.core.messages import Reply
from bot.handler import Context, Handler, Outcome


async def handle(ctx: Context) -> Outcome:
    """The numbers to call. Nothing else: every further word costs time."""
    return aside(ctx, Reply(text=ctx.say("emergency.call"), urgent=True))


HANDLER = Handler(name="emergency", handle=handle, strangers=True)
