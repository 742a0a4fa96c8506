"""Open a dataset: the rows that were asked for, its table, or what it is (THÔNG TIN n)."""

from bot.answering import (
    CONFIRM,
    MENU,
    aside,
    dataset_of,
    describe_dataset,
    gone,
    open_dataset,
    refuse_entry,
    speech_of,
)
from bot.core.messages import Reply
from bot.handler import Context, Handler, Outcome


async def handle(ctx: Context) -> Outcome:
    """Open the chosen dataset with the question that led to it; the command describes an entry instead."""
    if ctx.command is not None:
        return await _about(ctx, int(ctx.command.argument))
    asked = ctx.conversation.data.get("question", "") if ctx.conversation.state in (MENU, CONFIRM) else ""
    return await open_dataset(ctx, ctx.choice or "", str(asked))


async def _about(ctx: Context, number: int) -> Outcome:
    """Describe the dataset of entry ``number``; where the entries are rows, the dataset that these stand in."""
    choices = ctx.conversation.choices
    if number > len(choices):
        example = speech_of(ctx).ask(ctx.say("start.example_1"))
        nothing = Reply(text=ctx.say("fallback.no_menu", number=number, example=example))
        return aside(ctx, refuse_entry(ctx) if choices else nothing)
    code = dataset_of(choices[number - 1])
    dataset = await ctx.reads.dataset(code) if code else None
    if not code:
        return aside(ctx, Reply(text=ctx.say("dataset.no_entry", number=number)))
    return gone(ctx, code) if dataset is None else await describe_dataset(ctx, dataset)


HANDLER = Handler(name="dataset", handle=handle, commands=("about",))
