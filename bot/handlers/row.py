"""One row that was chosen from several."""

from bot.answering import NARROW, give_rows, gone, kept, only_row, tell
from bot.core.findings import RowFinding
from bot.handler import Context, Handler, Outcome


async def handle(ctx: Context) -> Outcome:
    """Answer with the chosen row; a choice made in another version of the table no longer counts."""
    code, version, number, asked = (*(ctx.choice or "").split(":"), "", "", "", "")[:4]
    if not version or not (number.isdecimal() and len(number) < 10):
        return tell(ctx.say("rows.lapsed"))
    question = str(ctx.conversation.data.get("question", "")) if ctx.conversation.state == NARROW else ""
    for words in dict.fromkeys((question, "")):
        figures = (await ctx.reads.find_in(code, words)).figures
        if figures is None or not (figures.resource.table or "").startswith(version):
            continue
        row = await _row(ctx, figures, int(number))
        if row is not None:
            places = tuple(dict.fromkeys(int(p) for p in asked.split(",") if p.isdecimal() and len(p) < 4))
            if figures.succession is None and set(places) <= {figures.name}:
                places = ()  # its name alone, without the question, would say nothing
            return kept(ctx, await give_rows(ctx, only_row(figures, int(number), row, places), question))
    return gone(ctx, code) if ctx.reads.is_hidden(code) else tell(ctx.say("rows.lapsed"))


async def _row(ctx: Context, figures: RowFinding, number: int) -> tuple[str, ...] | None:
    if number in figures.numbers:
        return figures.rows[figures.numbers.index(number)]
    return await ctx.reads.row(figures.resource.table or "", number)


HANDLER = Handler(name="row", handle=handle)
