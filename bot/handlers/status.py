"""Where a report stands: TÌNH TRẠNG and its number. Anybody may ask; nothing that was written is told."""

from bot.answering import aside, speech_of
from bot.core.messages import Reply
from bot.core.tickets import LONGEST
from bot.handler import Context, Handler, Outcome
from bot.wording.ticket import word_standing


async def handle(ctx: Context) -> Outcome:
    """Tell where it stands; its reporter also what was noted on it."""
    typed = ctx.command.argument if ctx.command else ctx.choice or ""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST else 0
    ticket = await ctx.reads.ticket(number)
    if ticket is None:
        return aside(ctx, Reply(text=ctx.say("ticket.unknown", number=number)))
    reporter = ctx.reads.wrote(ticket, ctx.conversation.address)
    return aside(ctx, word_standing(speech_of(ctx), ticket, reporter=reporter))


HANDLER = Handler(name="status", handle=handle, commands=("status",))
