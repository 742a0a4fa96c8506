"""Re-open an earlier answer by its code, exactly as it was."""

from dataclasses import replace

from bot.answering import ANSWER, aside, give_found, question_of
from bot.core.answer_code import LONGEST, normalise_code
from bot.core.findings import NOTHING
from bot.core.messages import Reply
from bot.handler import Context, Handler, Outcome
from bot.wording.speech import clip


async def handle(ctx: Context) -> Outcome:
    """The kept answer in full. A bare word that only looks like a code may be a question."""
    code = normalise_code(ctx.command.argument if ctx.command else ctx.choice or "")
    kept = await ctx.reads.answer(code)
    if kept is not None and ctx.reads.is_hidden(kept.dataset):
        return aside(ctx, Reply(text=ctx.say("reopen.hidden", code=code)))
    if kept is not None:
        return replace(aside(ctx, kept.reply), data={**ctx.conversation.data, ANSWER: code})
    question = question_of(ctx)
    findings = NOTHING if ctx.command is not None else await ctx.reads.find(question)
    if findings.answered:
        return await give_found(ctx, findings, question)
    return aside(ctx, Reply(text=ctx.say("reopen.unknown", code=clip(code, LONGEST))))


HANDLER = Handler(name="answer", handle=handle, commands=("reopen",))
