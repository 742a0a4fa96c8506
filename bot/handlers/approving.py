"""An approver or the head of an agency: DUYỆT m says that it is done, CHƯA ĐẠT m <lý do> that it is not."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering import speech_of
from bot.core.obligations.progress import ActKind, Status
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, duty_word, invite, note, pick, say, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import clock_time, deadline, local_date, word_next, word_state
from bot.wording.speech import clip

_REASON = 300
_REPORTED = frozenset({Status.REPORTED, Status.MATCHED})


async def handle(ctx: Context) -> Outcome:
    """Keep who decided what, and when."""
    try:
        desk = await desk_of(ctx)
        refuses = duty_word(ctx).name == "refuse"
        tasks = [desk.numbered(task) for task in pick(ctx, desk, desk.reported, "refuse" if refuses else "verify")]
        for task in tasks:
            _check(ctx, desk, task, refuses=refuses)
    except AsksBackError as asked:
        return asked.outcome
    return _refuse(ctx, desk, tasks[0]) if refuses else _verify(ctx, desk, tasks)


def _check(ctx: Context, desk: Desk, task: Task, *, refuses: bool) -> None:
    """Raises AsksBackError for whoever may not decide, and where there is nothing to decide."""
    report = task.progress.report
    if not desk.decides(task):
        raise AsksBackError(say(ctx, "verify_only"))
    if task.status not in _REPORTED and not (refuses and task.status is Status.VERIFIED):
        state = word_state(speech_of(ctx), task)
        key = "settled" if task.status is Status.VERIFIED else "verify_nothing"
        fields = {"title": titled(task, 60)} if key == "settled" else {}
        raise AsksBackError(say(ctx, key, number=task.number, state=state, **fields))
    if not refuses and report is not None and report.officer == desk.officer.id:
        raise AsksBackError(say(ctx, "verify_own", number=task.number))
    if refuses and not duty_word(ctx).text:
        raise AsksBackError(say(ctx, "refuse_why", invite=invite(ctx, "refuse", task.number)))


def _verify(ctx: Context, desk: Desk, tasks: Sequence[Task]) -> Outcome:
    said = [desk.said(act(ctx, desk, task, ActKind.VERIFIED, day=desk.today), task) for task in tasks]
    when = {"time": clock_time(ctx.now), "day": local_date(ctx.now)}
    undo = ctx.say("duty.mistake", invite=invite(ctx, "undo", tasks[0].number))

    def worded(length: int) -> str:
        noted = [
            ctx.say("duty.verified", name=desk.officer.name, number=task.number, title=titled(task, length), **when)
            for task in tasks
        ]
        following = word_next(speech_of(ctx), desk.following(tasks[0])) if len(tasks) == 1 else ""
        return " ".join(filter(None, (*noted, following, undo)))

    return note(ctx, desk, worded, said=said, shown=tasks)


def _refuse(ctx: Context, desk: Desk, task: Task) -> Outcome:
    reason = clip(duty_word(ctx).text, _REASON)
    said = [desk.said(replace(act(ctx, desk, task, ActKind.REFUSED), note=reason), task)]
    fields = {"number": task.number, "due": deadline(task.duty)}
    return note(
        ctx, desk, lambda length: ctx.say("duty.refused", title=titled(task, length), **fields), said=said, shown=[task]
    )


HANDLER = Handler(name="approving", handle=handle, duties=("verify", "refuse"))
