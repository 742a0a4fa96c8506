"""HOÀN TÁC m: takes one's own last word on a duty back. What was verified, no message takes back."""

from collections.abc import Iterable
from datetime import timedelta

from bot.answering import speech_of
from bot.core.obligations.progress import Act, ActKind, Status, counting
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, duty_word, note, pick_one, say, titled
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
        task, own = _own(ctx, desk)
    except AsksBackError as asked:
        return asked.outcome
    task = desk.numbered(task)
    if own is None:
        return _refuse(ctx, desk, task)
    if ctx.now - own.at > _WITHIN:
        return say(ctx, "undo_late", days=_WITHIN.days)
    if own.kind in _REPORTS and task.status in _FINAL and not desk.decides(task):
        return say(ctx, "undo_settled", number=task.number, state=word_state(speech_of(ctx), task))
    return _undo(ctx, desk, task, own)


def _own(ctx: Context, desk: Desk) -> tuple[Task, Act | None]:
    """The duty that is meant and the officer's last word on it that counts; without a number the last word of all."""
    if duty_word(ctx).numbers:
        named = pick_one(ctx, desk, (), "undo")
        return max(_words(desk, desk.about(named)), key=_moment, default=(named, None))
    words = [(task, said) for task, said in _words(desk, desk.all) if ctx.now - said.at <= _WITHIN]
    if not words:
        raise AsksBackError(say(ctx, "undo_nothing_at_all", days=_WITHIN.days))
    return max(words, key=_moment)


def _words(desk: Desk, tasks: Iterable[Task]) -> Iterable[tuple[Task, Act]]:
    for task in tasks:
        for said in counting(task.progress.acts):
            if said.officer == desk.officer.id:
                yield task, said


def _moment(said: tuple[Task, Act | None]) -> int:
    return said[1].id if said[1] else 0


def _undo(ctx: Context, desk: Desk, task: Task, own: Act) -> Outcome:
    back = [desk.said(_undoing(ctx, desk, task, own), task)]
    if own.kind is ActKind.CHANGED and own.day:
        fields = {"number": task.number, "day": full_date(own.day)}
        return note(
            ctx, desk, lambda length: ctx.say("duty.undone_change", title=titled(task, length), **fields), said=back
        )
    fields = {"number": task.number, "what": what(speech_of(ctx), desk, own), "due": deadline(task.duty)}
    return note(
        ctx, desk, lambda length: ctx.say("duty.undone", title=titled(task, length), **fields), said=back, shown=[task]
    )


def _undoing(ctx: Context, desk: Desk, task: Task, own: Act) -> Act:
    return Act(id=0, key=task.duty.key, kind=ActKind.UNDONE, at=ctx.now, officer=desk.officer.id, undoes=own.id)


def _refuse(ctx: Context, desk: Desk, task: Task) -> Outcome:
    """Whoever decides says that it is not done after all; for everybody else there is nothing of theirs."""
    progress = task.progress
    if not desk.decides(task) or not (progress.report or progress.matched or progress.verified):
        return say(ctx, "undo_nothing", number=task.number)
    said = [desk.said(act(ctx, desk, task, ActKind.REFUSED), task)]
    fields = {"number": task.number, "due": deadline(task.duty)}
    return note(
        ctx, desk, lambda length: ctx.say("duty.refused", title=titled(task, length), **fields), said=said, shown=[task]
    )


HANDLER = Handler(name="undoing", handle=handle, duties=("undo",))
