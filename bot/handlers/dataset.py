"""Open a dataset: the rows that were asked for, its table, or what it is (THÔNG TIN n)."""

from bot.answering import CONFIRM, MENU, describe_dataset, open_dataset, tell
from bot.handler import Context, Handler, Outcome

_PREFIX = "dataset:"


async def handle(ctx: Context) -> Outcome:
    """Open the chosen dataset with the question that led to it; the command describes an entry instead."""
    if ctx.command is not None:
        return await _about(ctx, int(ctx.command.argument))
    asked = ctx.conversation.data.get("question", "") if ctx.conversation.state in (MENU, CONFIRM) else ""
    return await open_dataset(ctx, ctx.choice or "", str(asked))


async def _about(ctx: Context, number: int) -> Outcome:
    choices = ctx.conversation.choices
    value = choices[number - 1].value if number <= len(choices) else ""
    if not value.startswith(_PREFIX):
        return tell(ctx.say("dataset.no_entry", number=number))
    dataset = await ctx.reads.dataset(value.removeprefix(_PREFIX))
    return tell(ctx.say("dataset.gone")) if dataset is None else await describe_dataset(ctx, dataset)


HANDLER = Handler(name="dataset", handle=handle, commands=("about",))
