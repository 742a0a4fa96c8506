"""An answer that is said to be wrong: BÁO SAI right after it, or BÁO SAI with its code."""

from bot.answering import ANSWER, aside, give_found, question_of, speech_of
from bot.core.answer_code import LONGEST, normalise_code
from bot.core.messages import Choice, Reply
from bot.core.phrases import words
from bot.filing import LONGEST_DRAFT, file_wrong, look_first
from bot.handler import Context, Handler, Outcome
from bot.wording.speech import clip


async def handle(ctx: Context) -> Outcome:
    """Note which answer is meant and what is wrong with it; without an answer or a code, ask which.

    Free text is a report only behind a code, a colon or an answer: "bao sai gon" is also a newspaper.
    """
    if ctx.command is None:
        code, _, text = (ctx.choice or "").partition(":")
        return await _file(ctx, code, text)
    command, last = ctx.command, str(ctx.conversation.data.get(ANSWER, ""))
    code = command.argument or last
    if command.text and not command.argument and not command.explicit:
        question = question_of(ctx)
        if not code:
            findings = await ctx.reads.find(question)
            return await give_found(ctx, findings, question) if findings.answered else _ask(ctx)
        value = f"wrong:{code}:{command.text[:LONGEST_DRAFT]}"
        found = await look_first(ctx, question, Choice(label=ctx.say("ticket.send_wrong"), value=value))
        if found is not None:
            return found
    return await _file(ctx, code, command.text)


async def _file(ctx: Context, code: str, text: str) -> Outcome:
    if not words(code):
        return _ask(ctx)
    about = await ctx.reads.answer(normalise_code(code))
    if about is None:
        return aside(ctx, Reply(text=ctx.say("reopen.unknown", code=clip(code, LONGEST))))
    if ctx.reads.is_hidden(about.dataset):  # what is noted would be said again
        return aside(ctx, Reply(text=ctx.say("reopen.hidden", code=about.code)))
    return await file_wrong(ctx, about, text)


def _ask(ctx: Context) -> Outcome:
    speech = speech_of(ctx)
    return aside(ctx, Reply(text=speech.say("ticket.which", invite=speech.invite(speech.say("ticket.word_code")))))


HANDLER = Handler(name="wrong", handle=handle, commands=("wrong",))
