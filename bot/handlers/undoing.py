"""HOÀN TÁC m: takes one's own last word on a duty back. What was verified, no message takes back."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.answering import speech_of
from bot.core.obligations.progress import Act, ActKind, Status, counting
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, duty_word, note, pick_one, refusal, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import deadline, full_date, what, word_state

_WITHIN = timedelta(days=7)
"""So long a word can be taken back by a message; afterwards figures may have been reported by it."""
_REPORTS = frozenset({ActKind.DONE, ActKind.UNCHANGED})
_FINAL = frozenset({Status.VERIFIED, Status.MATCHED})


async def handle(ctx: Context) -> Outcome:
    """Take it back; an approver who takes back what a sync or a colleague said refuses it."""
    try:
        desk = await desk_of(ctx)
        task, own = _last_word(ctx, desk)
        _check(ctx, desk, task, own)
    except AsksBackError as asked:
        return asked.outcome
    if own is None:
        return _refuse(ctx, desk, task)
    return _undo_change(ctx, desk, task, own) if own.kind is ActKind.CHANGED else _undo(ctx, desk, task, own)


def _last_word(ctx: Context, desk: Desk) -> tuple[Task, Act | None]:
    """The duty that is meant and the officer's last word on it that counts; without a number the last word of all."""
    if duty_word(ctx).numbers:
        named = pick_one(ctx, desk, (), lambda number: ctx.say("duty.word_undo", number=number))
        task, own = max(_words(desk, desk.about(named)), key=_moment, default=(named, None))
    else:
        lately = [(task, said) for task, said in _words(desk, desk.all) if ctx.now - said.at <= _WITHIN]
        if not lately:
            raise refusal(ctx, ctx.say("duty.undo_nothing_at_all", days=_WITHIN.days))
        task, own = max(lately, key=_moment)
    return desk.numbered(task), own


def _words(desk: Desk, tasks: Iterable[Task]) -> Iterator[tuple[Task, Act]]:
    for task in tasks:
        for said in counting(task.progress.acts):
            if said.officer == desk.officer.id:
                yield task, said


def _moment(word: tuple[Task, Act | None]) -> int:
    return word[1].id if word[1] else 0


def _check(ctx: Context, desk: Desk, task: Task, own: Act | None) -> None:
    """Raises AsksBackError for what cannot be taken back."""
    progress = task.progress
    if own is None:
        if not desk.decides(task) or not (progress.report or progress.matched or progress.verified):
            raise refusal(ctx, ctx.say("duty.undo_nothing", number=task.number))
    elif ctx.now - own.at > _WITHIN:
        raise refusal(ctx, ctx.say("duty.undo_late", days=_WITHIN.days))
    elif own.kind in _REPORTS and task.status in _FINAL:
        state = word_state(speech_of(ctx), task)
        raise refusal(ctx, ctx.say("duty.undo_settled", number=task.number, state=state))


def _undo(ctx: Context, desk: Desk, task: Task, own: Act) -> Outcome:
    back = replace(act(ctx, desk, task, ActKind.UNDONE), undoes=own.id)
    said, due = what(speech_of(ctx), desk, own), deadline(task.duty)

    def worded(length: int) -> str:
        return ctx.say("duty.undone", number=task.number, title=titled(task, length), what=said, due=due)

    return note(ctx, desk, worded, said=[desk.said(back, task)], shown=[task])


def _undo_change(ctx: Context, desk: Desk, task: Task, own: Act) -> Outcome:
    back = replace(act(ctx, desk, task, ActKind.UNDONE), undoes=own.id)
    day = full_date(own.day or desk.today)

    def worded(length: int) -> str:
        return ctx.say("duty.undone_change", number=task.number, title=titled(task, length), day=day)

    return note(ctx, desk, worded, said=[desk.said(back, task)])


def _refuse(ctx: Context, desk: Desk, task: Task) -> Outcome:
    """Whoever decides says that it is not done after all."""
    due = deadline(task.duty)

    def worded(length: int) -> str:
        return ctx.say("duty.refused", number=task.number, title=titled(task, length), due=due)

    return note(ctx, desk, worded, said=[desk.said(act(ctx, desk, task, ActKind.REFUSED), task)], shown=[task])


HANDLER = Handler(name="undoing", handle=handle, duties=("undo",))
