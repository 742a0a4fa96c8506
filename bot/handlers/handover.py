"""ĐỀ NGHỊ CHUYỂN m <người>: a duty is to go to a colleague; the head of the agency says whether it does."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.messages import Choice
from bot.core.obligations.agency import Officer
from bot.core.obligations.progress import Act, ActKind
from bot.core.text import fold
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, duty_word, note, pick_one, say, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import deadline
from bot.wording.speech import clip

_NAME = 40


async def handle(ctx: Context) -> Outcome:
    """Ask the head, or keep what the head says."""
    try:
        desk = await desk_of(ctx)
        if ctx.choice is not None:
            return _chosen(ctx, desk, ctx.choice)
        if duty_word(ctx).name == "hand_over":
            task = desk.numbered(pick_one(ctx, desk, desk.open, "hand_over"))
            return _ask(ctx, desk, task, _colleague(ctx, desk, task, duty_word(ctx).text))
        return _decide(ctx, desk, agrees=duty_word(ctx).name == "agree_over")
    except AsksBackError as asked:
        return asked.outcome


def _chosen(ctx: Context, desk: Desk, choice: str) -> Outcome:
    """The way of an entry: ``<number>:<officer>``; it may be old, or come from anywhere."""
    number, _, officer = choice.partition(":")
    task = desk.find(int(number)) if _is_number(number) else None
    colleagues = desk.colleagues(task) if task else ()
    to = next((one for one in colleagues if _is_number(officer) and one.id == int(officer)), None)
    if task is None or to is None:
        return say(ctx, "hand_nobody")
    return _ask(ctx, desk, task, to)


def _colleague(ctx: Context, desk: Desk, task: Task, name: str) -> Officer:
    """Who is meant by ``name``. Raises AsksBackError, with the colleagues as entries, when it fits none or several."""
    colleagues = desk.colleagues(task)
    if not colleagues:
        raise AsksBackError(say(ctx, "hand_nobody"))
    for typed in dict.fromkeys((name, ctx.content.grammar.without_tail(name))):
        found = [one for one in colleagues if _fits(typed, one.name)]
        if typed and len(found) == 1:
            return found[0]
        if typed and found:
            raise AsksBackError(_offer(ctx, desk, task, found, ""))
    raise AsksBackError(_offer(ctx, desk, task, colleagues, name))


def _offer(ctx: Context, desk: Desk, task: Task, colleagues: Sequence[Officer], unknown: str) -> Outcome:
    choices = [Choice(label=clip(one.name, _NAME), value=f"handover:{task.number}:{one.id}") for one in colleagues]
    if unknown:
        text = ctx.say("duty.hand_none", name=clip(unknown, _NAME), number=task.number)
    else:
        text = ctx.say("duty.hand_whom", number=task.number)
    return note(ctx, desk, lambda _: text, shown=[task], choices=choices)


def _ask(ctx: Context, desk: Desk, task: Task, to: Officer) -> Outcome:
    """Keep the wish for the head to decide; what the head wishes is done."""
    if desk.heads(task):
        return _hand(ctx, desk, task, to.id)
    heads = desk.heads_of(task)
    said = [desk.said(act(ctx, desk, task, ActKind.TRANSFER_ASKED, to=to.id), task)]
    fields = {"number": task.number, "to": to.name, "due": deadline(task.duty)}

    def worded(length: int) -> str:
        title = titled(task, length)
        if not heads:
            return ctx.say("duty.hand_office", title=title, **fields)
        return ctx.say("duty.hand_asked", title=title, head=heads[0].name, **fields)

    return note(ctx, desk, worded, said=said, shown=[task])


def _decide(ctx: Context, desk: Desk, *, agrees: bool) -> Outcome:
    asked = [task for task in desk.to_decide if task.progress.asked is not None]
    task = desk.numbered(pick_one(ctx, desk, asked, "agree" if agrees else "disagree"))
    wish = task.progress.asked
    if not desk.heads(task):
        return say(ctx, "hand_only_head")
    if wish is None:
        return say(ctx, "hand_not_asked", number=task.number)
    return _hand(ctx, desk, task, wish.to) if agrees else _keep(ctx, desk, task, wish)


def _hand(ctx: Context, desk: Desk, task: Task, to: int | None) -> Outcome:
    said = [desk.said(act(ctx, desk, task, ActKind.TRANSFERRED, to=to), task)]
    fields = {"number": task.number, "to": desk.name_of(to), "due": deadline(task.duty)}
    return note(
        ctx,
        desk,
        lambda length: ctx.say("duty.hand_done", title=titled(task, length), **fields),
        said=said,
        shown=[task],
    )


def _keep(ctx: Context, desk: Desk, task: Task, wish: Act) -> Outcome:
    """The head does not agree: the wish does not count any more."""
    no = replace(act(ctx, desk, task, ActKind.UNDONE), undoes=wish.id)
    fields = {"number": task.number, "due": deadline(task.duty)}
    said = [desk.said(no, task)]
    return note(
        ctx,
        desk,
        lambda length: ctx.say("duty.hand_not", title=titled(task, length), **fields),
        said=said,
        shown=[task],
    )


def _fits(typed: str, name: str) -> bool:
    """Whether every word of ``typed`` is one of ``name``, diacritics or not."""
    return {fold(word) for word in typed.split()} <= {fold(word) for word in name.split()}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


HANDLER = Handler(name="handover", handle=handle, duties=("hand_over", "agree_over", "refuse_over"))
