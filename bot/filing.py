"""Steps that the handlers of reports share: look first whether there are data, then write the report down."""

from bot.answering import ANSWER, MENU, aside, speech_of
from bot.core.effects import OpenTicket
from bot.core.messages import Choice
from bot.core.text import tokens
from bot.core.tickets import TicketKind
from bot.handler import Context, Outcome
from bot.store.answers import StoredAnswer
from bot.wording import ticket as wording

LONGEST_DRAFT = 400
"""Characters of a report that a button may carry."""
_OFFERED = 3
_FIGURE_LENGTH = 300
_LINES = 4


async def look_first(ctx: Context, question: str, send: Choice) -> Outcome | None:
    """What answers ``question`` already, with ``send`` as the last entry; None when nothing does."""
    findings = await ctx.reads.find(question)
    if not findings.answered:
        return None
    found = [findings.figures.dataset] if findings.figures else []
    found += [hit.dataset for hit in findings.hits]
    near = tuple({dataset.code: dataset for dataset in found}.values())[:_OFFERED]
    reply = wording.word_found(speech_of(ctx), near, question, send)
    data = {"dataset": "", "question": question}
    if code := ctx.conversation.data.get(ANSWER):
        data[ANSWER] = code
    return Outcome(replies=(reply,), state=MENU, data=data)


async def file_words(ctx: Context, kind: TicketKind, text: str) -> Outcome:
    """Write down what a person says, as a report of ``kind``."""
    identity = f"{kind}|{' '.join(tokens(text)) or text}"
    number = await ctx.reads.ticket_number(ctx.conversation.address, identity)
    opened = OpenTicket(number=number, identity=identity, kind=kind, text=text)
    return aside(ctx, wording.word_noted(speech_of(ctx), opened, now=ctx.now), effects=(opened,))


async def file_wrong(ctx: Context, about: StoredAnswer, text: str) -> Outcome:
    """Write down that an answer is said to be wrong: which rows of which table, and what was printed."""
    identity = f"{TicketKind.WRONG_FIGURE}|{about.code}"
    dataset = await ctx.reads.dataset(about.dataset)
    opened = OpenTicket(
        number=await ctx.reads.ticket_number(ctx.conversation.address, identity),
        identity=identity,
        kind=TicketKind.WRONG_FIGURE,
        text=text,
        dataset=about.dataset,
        table=about.table,
        rows=about.rows,
        answer=about.code,
        figure=_figure(about),
        publisher=dataset.publisher if dataset else "",
    )
    title = dataset.title if dataset else about.dataset
    return aside(ctx, wording.word_wrong(speech_of(ctx), opened, title, now=ctx.now), effects=(opened,))


def _figure(about: StoredAnswer) -> str:
    """What the answer printed first; of a whole row, whose name may stand alone there, as far as its first figure."""
    lines = about.reply.text.splitlines()[: _LINES if about.rows else 1]
    last = next((place for place, line in enumerate(lines) if any(sign.isdigit() for sign in line)), 0)
    return "; ".join(lines[: last + 1])[:_FIGURE_LENGTH]
