"""Anything that is not a command is a question: look it up, and say so honestly when there is nothing."""

from dataclasses import replace

from bot.answering import NARROW, give_found, give_rows, only_row, question_of, speech_of, tell
from bot.core.findings import RowFinding, RowForm
from bot.core.phrases import Alarm, words
from bot.core.text import tokens
from bot.handler import Context, Handler, Outcome
from bot.wording.figure import distinct_rows
from bot.wording.welcome import word_welcome


async def handle(ctx: Context) -> Outcome:
    """Look the question up; what may as well be a call for help gets the emergency numbers first."""
    question = ctx.choice or question_of(ctx)
    outcome = await _narrowed(ctx, question) or await _looked_up(ctx, question)
    if ctx.content.emergencies.heard_in(question) is not Alarm.POSSIBLE:
        return outcome
    aside = ctx.say("emergency.aside")
    first, *others = outcome.replies
    brief = f"{aside}\n{first.brief or first.text}"
    return replace(outcome, replies=(replace(first, text=f"{aside}\n{first.text}", brief=brief), *others))


async def _narrowed(ctx: Context, addition: str) -> Outcome | None:
    """The answer to the last question once ``addition`` leaves fewer rows to choose from; None when it does not."""
    data = ctx.conversation.data
    if ctx.conversation.state != NARROW or not data.get("dataset"):
        return None
    code, question = str(data["dataset"]), str(data["question"])
    before = (await ctx.reads.find_in(code, question)).figures
    if before is None:
        return None
    kept = _holding(before, addition)
    if kept is not None:
        return await give_rows(ctx, kept, question)
    after = await ctx.reads.find_in(code, f"{question} {addition}")
    if after.figures is None or after.figures.form is RowForm.LIST or not after.figures.total < before.total:
        return None
    return await give_found(ctx, after, f"{question} {addition}")


def _holding(finding: RowFinding, addition: str) -> RowFinding | None:
    """The rows in which every word of ``addition`` stands, when these are fewer but not none."""
    wanted = set(tokens(addition))
    rows = [(number, row) for number, row in distinct_rows(finding) if wanted <= set(tokens(" ".join(row)))]
    if not wanted or not 0 < len(rows) < finding.total:
        return None
    if len(rows) == 1:
        return only_row(finding, *rows[0], finding.asked)
    return replace(finding, rows=tuple(row for _, row in rows), numbers=tuple(n for n, _ in rows), total=len(rows))


async def _looked_up(ctx: Context, question: str) -> Outcome:
    findings = await ctx.reads.find(question)
    typed = words(question)
    if findings.answered:
        return await give_found(ctx, findings, question)
    if ctx.content.personal.within(typed):
        return tell(ctx.say("menu.personal"))
    if ctx.content.greeting.equal(typed):
        return Outcome(replies=(word_welcome(speech_of(ctx), first_contact=ctx.conversation.updated_at is None),))
    if ctx.content.thanks.equal(typed):
        return tell(ctx.say("menu.thanks"))
    return await give_found(ctx, findings, question)


HANDLER = Handler(name="lookup", handle=handle)
