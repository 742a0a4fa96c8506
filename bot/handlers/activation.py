"""Officers and staff bind the address that they write from: KÍCH HOẠT and the code that an operator gave them."""

from bot.answering import speech_of, tell
from bot.core.effects import BindMember, CountWrongCode
from bot.core.local_time import local_day
from bot.core.messages import Reply
from bot.handler import Context, Handler, Outcome
from bot.wording.activation import how_to_activate, word_activated


async def handle(ctx: Context) -> Outcome:
    """Bind, or say the one sentence that tells nobody why a code does not count; without a code, say how."""
    code = ctx.command.argument if ctx.command else ""
    speech = speech_of(ctx)
    if not code:
        return tell(speech.say("activation.how", invite=how_to_activate(speech)))
    found = await ctx.reads.invitation(ctx.conversation.address, code, now=ctx.now)
    if found is None:
        return Outcome(replies=(Reply(text=ctx.say("activation.wrong")),), effects=(CountWrongCode(code=code),))
    agencies = await ctx.reads.agencies_of(found.officer, day=local_day(ctx.now)) if found.officer else ()
    done = word_activated(speech, found, agencies)
    return Outcome(replies=(done,), effects=(BindMember(number=found.number),))


HANDLER = Handler(name="activation", handle=handle, commands=("activate",), strangers=True)
