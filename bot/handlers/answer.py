"""Re-open an earlier answer by its code, exactly as it was."""

from bot.answering import give_found, question_of, tell
from bot.core.answer_code import normalise_code
from bot.handler import Context, Handler, Outcome


async def handle(ctx: Context) -> Outcome:
    """The kept answer in full. A bare word that only looks like a code is a question."""
    code = normalise_code(ctx.command.argument if ctx.command else ctx.choice or "")
    kept = await ctx.reads.answer(code)
    if kept is not None:
        return Outcome(replies=(kept.reply,))
    if ctx.command is not None:
        return tell(ctx.say("reopen.unknown", code=code))
    question = question_of(ctx)
    return await give_found(ctx, await ctx.reads.find(question), question)


HANDLER = Handler(name="answer", handle=handle, commands=("reopen",))
