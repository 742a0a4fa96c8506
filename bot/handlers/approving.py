"""An approver or the head of an agency: DUYỆT m says that it is done, CHƯA ĐẠT m <lý do> that it is not."""

from dataclasses import replace

from bot.answering import speech_of
from bot.core.obligations.progress import ActKind, Status
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, duty_word, invite, note, pick, pick_one, refusal, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import clock_time, deadline, local_date, word_next, word_state
from bot.wording.speech import clip

_REASON = 300
_TOLD = frozenset({Status.REPORTED, Status.MATCHED})


async def handle(ctx: Context) -> Outcome:
    """Keep who decided what, and when."""
    try:
        desk = await desk_of(ctx)
        return _judge(ctx, desk) if duty_word(ctx).name == "refuse" else _verify(ctx, desk)
    except AsksBackError as asked:
        return asked.outcome


def _verify(ctx: Context, desk: Desk) -> Outcome:
    """That it is done: not by whoever reported it."""
    tasks = pick(ctx, desk, desk.reported, lambda number: ctx.say("duty.word_verify", number=number))
    for task in tasks:
        _check(ctx, desk, task)
        report = task.progress.report
        if report is not None and report.officer == desk.officer.id:
            raise refusal(ctx, ctx.say("duty.verify_own", number=task.number))
    said = [desk.said(act(ctx, desk, task, ActKind.VERIFIED, day=desk.today), task) for task in tasks]
    undo = ctx.say("duty.mistake", invite=invite(ctx, ctx.say("duty.word_undo", number=tasks[0].number)))
    following = _next(ctx, desk, tasks[0]) if len(tasks) == 1 else ""

    def worded(length: int) -> str:
        return " ".join(filter(None, (*(_verified(ctx, desk, task, length) for task in tasks), following, undo)))

    return note(ctx, desk, worded, said=said, shown=tasks)


def _next(ctx: Context, desk: Desk, task: Task) -> str:
    return word_next(speech_of(ctx), desk.following(task), confirmed=task.confirmed)


def _verified(ctx: Context, desk: Desk, task: Task, length: int) -> str:
    return ctx.say(
        "duty.verified",
        name=desk.officer.name,
        number=task.number,
        title=titled(task, length),
        time=clock_time(ctx.now),
        day=local_date(ctx.now),
    )


def _judge(ctx: Context, desk: Desk) -> Outcome:
    """That it is not done, and why; also of what was verified."""
    task = pick_one(ctx, desk, desk.reported, lambda number: ctx.say("duty.word_refuse", number=number))
    _check(ctx, desk, task, also=Status.VERIFIED)
    reason = clip(duty_word(ctx).text, _REASON)
    if not reason:
        again = invite(ctx, ctx.say("duty.word_refuse", number=task.number))
        raise refusal(ctx, ctx.say("duty.refuse_why", invite=again))
    said = [desk.said(replace(act(ctx, desk, task, ActKind.REFUSED), note=reason), task)]
    due = deadline(task.duty)

    def worded(length: int) -> str:
        return ctx.say("duty.refused", number=task.number, title=titled(task, length), due=due)

    return note(ctx, desk, worded, said=said, shown=[task])


def _check(ctx: Context, desk: Desk, task: Task, *, also: Status = Status.REPORTED) -> None:
    """Raises AsksBackError for whoever may not decide, and where there is nothing to decide."""
    if not desk.decides(task):
        raise refusal(ctx, ctx.say("duty.verify_only"))
    if task.status not in {*_TOLD, also}:
        state = word_state(speech_of(ctx), task)
        raise refusal(ctx, ctx.say("duty.verify_nothing", number=task.number, state=state))


HANDLER = Handler(name="approving", handle=handle, duties=("verify", "refuse"))
