"""Read a list: its pages (TIẾP, TRƯỚC), or only the names with a certain initial (XEM T)."""

from collections import Counter
from dataclasses import replace

from bot.answering import ROWS, aside, give_rows, gone, speech_of, tell
from bot.core.findings import RowFinding, RowForm
from bot.core.messages import Reply
from bot.core.text import contradicts
from bot.handler import Context, Handler, Outcome
from bot.wording.listing import PAGE

_ONWARDS = "next:"


async def handle(ctx: Context) -> Outcome:
    """Show the page that was chosen, or the names of the open list that begin with a letter."""
    if ctx.command is None:
        return await _turn(ctx, ctx.choice or "")
    if ctx.conversation.state != ROWS:
        return aside(ctx, Reply(text=ctx.say("rows.no_list", example=speech_of(ctx).ask(ctx.say("start.example_2")))))
    data = ctx.conversation.data
    return await _page(ctx, str(data["dataset"]), 0, ctx.command.argument.upper(), str(data["question"]))


async def _turn(ctx: Context, argument: str) -> Outcome:
    """The page of a button; where it is another one of the list under which the button stands, it takes its place."""
    code, page, letter, question = _read_place(argument)
    outcome = await _page(ctx, code, page, letter, question)
    if page == 0 and argument.startswith(_ONWARDS):
        return outcome  # a list is opened from a count, which stays
    # what has no ways on is no page but says why there is none
    return replace(outcome, replies=tuple(replace(reply, turns=bool(reply.choices)) for reply in outcome.replies))


def _read_place(argument: str) -> tuple[str, int, str, str]:
    """Dataset, page, letter and question of ``next:<code>:<page>:<letter>:<question>``; page -1 when it is not that."""
    _, code, page, letter, question = (*argument.split(":", 4), "", "", "", "", "")[:5]
    return code, int(page) if page.isascii() and page.isdigit() and len(page) < 5 else -1, letter, question


async def _page(ctx: Context, code: str, page: int, letter: str, question: str) -> Outcome:
    found = (await ctx.reads.find_in(code, question)).figures
    if ctx.reads.is_hidden(code):
        return gone(ctx, code)
    if found is None or page < 0:
        return tell(ctx.say("rows.lapsed"))
    finding = replace(found, form=RowForm.LIST)
    if letter:
        if finding.total > len(finding.rows):
            return aside(ctx, Reply(text=ctx.say("answer.end", count=len(finding.rows))))
        finding = _with_initial(ctx, finding, letter)
        if not finding.rows:
            return aside(ctx, Reply(text=ctx.say("rows.none_initial", letter=letter)))
    if page * PAGE >= len(finding.rows):
        return tell(ctx.say("rows.lapsed"))
    return await give_rows(ctx, finding, question, page=page, letter=letter)


def _with_initial(ctx: Context, finding: RowFinding, letter: str) -> RowFinding:
    """The rows whose name, behind its sort ("Xã", "Thị trấn"), begins with ``letter``."""
    names = [ctx.content.without_sort(row[finding.name]).upper() for row in finding.rows]
    kept = [place for place, name in enumerate(names) if name and not contradicts(letter.upper(), name[0])]
    return replace(
        finding,
        rows=tuple(finding.rows[place] for place in kept),
        numbers=tuple(finding.numbers[place] for place in kept),
        total=len(kept),
        breakdown=_sorts(ctx, [finding.rows[place][finding.name] for place in kept]),
    )


def _sorts(ctx: Context, names: list[str]) -> tuple[tuple[str, int], ...]:
    """How many of ``names`` begin with each sort; empty when one has none."""
    counts = Counter(name.removesuffix(ctx.content.without_sort(name)).strip() for name in names)
    return () if "" in counts else tuple(counts.most_common())


HANDLER = Handler(name="rows", handle=handle, commands=("initial",))
