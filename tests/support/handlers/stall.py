"""A handler with a bug: its choice ``stall:SECONDS`` blocks the event loop for that long."""

import time

from bot.core.messages import Reply
from bot.handler import Context, Handler, Outcome


async def handle(ctx: Context) -> Outcome:
    """Sleep as nobody may in a coroutine, then answer."""
    time.sleep(float(ctx.choice or "0"))
    return Outcome(replies=(Reply(text="..."),))


HANDLER = Handler(name="stall", handle=handle)
