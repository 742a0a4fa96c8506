"""ĐỀ NGHỊ CHUYỂN m <người>: a duty is to go to a colleague; the head of the agency says whether it does."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering import speech_of
from bot.core.messages import Choice
from bot.core.obligations.agency import Officer
from bot.core.obligations.progress import SETTLED, Act, ActKind
from bot.core.text import fold
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, duty_word, note, pick_one, pressed, refusal, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import deadline, word_state
from bot.wording.speech import clip

_NAME = 40


async def handle(ctx: Context) -> Outcome:
    """Ask the head, or keep what the head says."""
    name = duty_word(ctx).name
    try:
        desk = await desk_of(ctx)
        if ctx.choice is not None:
            return _chosen(ctx, desk, ctx.choice)
        if name == "hand_over":
            task = pick_one(ctx, desk, desk.open, lambda number: ctx.say("duty.word_hand_over", number=number))
            return _ask(ctx, desk, task, _colleague(ctx, desk, task, duty_word(ctx).text))
        return _decide(ctx, desk, agrees=name == "agree_over")
    except AsksBackError as asked:
        return asked.outcome


def _chosen(ctx: Context, desk: Desk, choice: str) -> Outcome:
    """The way of an entry: ``<officer>:<key of the duty>``; it may be old, or come from anywhere."""
    officer, _, key = choice.partition(":")
    task = pressed(ctx, desk, key)
    to = next((one for one in desk.colleagues(task) if str(one.id) == officer), None)
    if to is None:
        raise refusal(ctx, ctx.say("duty.hand_nobody"))
    return _ask(ctx, desk, task, to)


def _colleague(ctx: Context, desk: Desk, task: Task, name: str) -> Officer:
    """Who is meant by ``name``. Raises AsksBackError, with the colleagues as entries, when it fits none or several."""
    colleagues = desk.colleagues(task)
    if not colleagues:
        raise refusal(ctx, ctx.say("duty.hand_nobody"))
    whom = ctx.say("duty.hand_whom", number=task.number)
    for typed in filter(None, dict.fromkeys((name, ctx.content.grammar.without_tail(name)))):
        found = [one for one in colleagues if _fits(typed, one.name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise AsksBackError(_offer(ctx, desk, task, found, whom))
    unknown = ctx.say("duty.hand_none", name=clip(name, _NAME), number=task.number) if name else whom
    raise AsksBackError(_offer(ctx, desk, task, colleagues, unknown))


def _offer(ctx: Context, desk: Desk, task: Task, colleagues: Sequence[Officer], text: str) -> Outcome:
    choices = [Choice(label=clip(one.name, _NAME), value=f"handover:{one.id}:{task.duty.key}") for one in colleagues]
    return note(ctx, desk, lambda _: text, shown=[task], choices=choices)


def _ask(ctx: Context, desk: Desk, task: Task, to: Officer) -> Outcome:
    """Keep the wish for the head to decide; what the head wishes is done. What is settled goes to nobody."""
    if task.status in SETTLED:
        state = word_state(speech_of(ctx), task)
        raise refusal(ctx, ctx.say("duty.later_settled", number=task.number, state=state))
    if desk.heads(task):
        return _hand(ctx, desk, task, to.id)
    heads, due = desk.heads_of(task), deadline(task.duty)

    def worded(length: int) -> str:
        number, title = task.number, titled(task, length)
        if not heads:
            return ctx.say("duty.hand_office", number=number, title=title, to=to.name, due=due)
        return ctx.say("duty.hand_asked", number=number, title=title, to=to.name, head=heads[0].name, due=due)

    said = [desk.said(act(ctx, desk, task, ActKind.TRANSFER_ASKED, to=to.id), task)]
    return note(ctx, desk, worded, said=said, shown=[task])


def _decide(ctx: Context, desk: Desk, *, agrees: bool) -> Outcome:
    asked = [task for task in desk.to_decide if task.progress.asked is not None]

    def example(number: int) -> str:
        return ctx.say("duty.word_agree", number=number) if agrees else ctx.say("duty.word_disagree", number=number)

    task = pick_one(ctx, desk, asked, example)
    wish = task.progress.asked
    if not desk.heads(task):
        raise refusal(ctx, ctx.say("duty.hand_only_head"))
    if wish is None:
        raise refusal(ctx, ctx.say("duty.hand_not_asked", number=task.number))
    return _hand(ctx, desk, task, wish.to) if agrees else _keep(ctx, desk, task, wish)


def _hand(ctx: Context, desk: Desk, task: Task, to: int | None) -> Outcome:
    name, due = desk.name_of(to), deadline(task.duty)

    def worded(length: int) -> str:
        return ctx.say("duty.hand_done", number=task.number, title=titled(task, length), to=name, due=due)

    said = [desk.said(act(ctx, desk, task, ActKind.TRANSFERRED, to=to), task)]
    return note(ctx, desk, worded, said=said, shown=[task])


def _keep(ctx: Context, desk: Desk, task: Task, wish: Act) -> Outcome:
    """The head does not agree: the wish does not count any more."""
    no = replace(act(ctx, desk, task, ActKind.UNDONE), undoes=wish.id)
    due = deadline(task.duty)

    def worded(length: int) -> str:
        return ctx.say("duty.hand_not", number=task.number, title=titled(task, length), due=due)

    return note(ctx, desk, worded, said=[desk.said(no, task)], shown=[task])


def _fits(typed: str, name: str) -> bool:
    """Whether every word of ``typed`` is one of ``name``, diacritics or not."""
    return {fold(word) for word in typed.split()} <= {fold(word) for word in name.split()}


HANDLER = Handler(name="handover", handle=handle, duties=("hand_over", "agree_over", "refuse_over"))
