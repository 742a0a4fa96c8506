"""An officer reports: XONG, KHÔNG ĐỔI. Reported is not verified: a sync or an approver says that."""

from collections.abc import Sequence

from bot.answering import speech_of
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import ActKind, Said, Status
from bot.core.obligations.rule import Trigger
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, Worded, act, desk_of, duty_word, invite, note, pick, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import clock_time, deadline, full_date, local_date, what, who, word_next, word_state

_KINDS = {"done": ActKind.DONE, "unchanged": ActKind.UNCHANGED}
_OVER = frozenset({Status.VERIFIED, Status.CLOSED, Status.INFORMATION})


async def handle(ctx: Context) -> Outcome:
    """Keep the report and say when the duty is due the next time; what cannot be reported is told instead."""
    try:
        desk = await desk_of(ctx)
        kind = _KINDS.get(duty_word(ctx).name, ActKind.DONE)
        tasks = [desk.numbered(task) for task in pick(ctx, desk, desk.open, str(kind))]
    except AsksBackError as asked:
        return asked.outcome
    refusals = {task.duty.key: refusal for task in tasks if (refusal := _refusal(ctx, desk, task, kind))}
    taken = [task for task in tasks if task.duty.key not in refusals]
    said = [desk.said(act(ctx, desk, task, kind, day=desk.today), task) for task in taken]

    def worded(length: int) -> str:
        noted = [_noted(ctx, desk, taken, said, length)] if taken else []
        return " ".join([*noted, *(refuse(length) for refuse in refusals.values())])

    return note(ctx, desk, worded, said=said, shown=tasks)


def _refusal(ctx: Context, desk: Desk, task: Task, kind: ActKind) -> Worded | None:
    """Why a duty cannot be reported so, None when it can."""
    duty, report = task.duty, task.progress.report
    if task.status is Status.UPCOMING:
        dates = {"opens": full_date(duty.opens_on), "due": deadline(duty)}
        return lambda length: ctx.say("duty.early", number=task.number, title=titled(task, length), **dates)
    if task.status in _OVER:
        state = word_state(speech_of(ctx), task)
        return lambda length: ctx.say("duty.settled", number=task.number, title=titled(task, length), state=state)
    if kind is ActKind.UNCHANGED and not duty.rule.unchanged:
        done = invite(ctx, "done", task.number)
        fields = {"number": task.number, "cite": task.cite, "due": deadline(duty), "invite": done}
        return lambda _: ctx.say("duty.no_unchanged", **fields)
    if report is None or report.kind is not kind:
        return None
    speech = speech_of(ctx)
    told = {
        "name": who(speech, desk, report),
        "what": what(speech, desk, report),
        "time": clock_time(report.at),
        "day": local_date(report.at),
        "state": word_state(speech, task),
    }
    return lambda length: ctx.say("duty.already", number=task.number, title=titled(task, length), **told)


def _noted(ctx: Context, desk: Desk, taken: Sequence[Task], said: Sequence[Said], length: int) -> str:
    """What was noted, when it is due the next time, and how to take it back."""
    speech, kind = speech_of(ctx), said[0].act.kind
    when = {"time": clock_time(ctx.now), "day": local_date(ctx.now)}
    undo = ctx.say("duty.mistake", invite=invite(ctx, "undo", taken[0].number))
    if len(taken) > 1:
        numbers = ", ".join(str(task.number) for task in taken)
        noted = ctx.say(f"duty.{kind}_several", numbers=numbers, **when)
        return " ".join(filter(None, (noted, _soonest(ctx, desk, taken, said), undo)))
    task = taken[0]
    fields = {"number": task.number, "title": titled(task, length)}
    seen = task.status is Status.MATCHED
    noted = ctx.say("duty.matched", **fields) if seen else ctx.say(f"duty.{kind}", **fields, **when)
    following = word_next(speech, _next_time(desk, task, said[0]))
    return " ".join(filter(None, (noted, following, "" if seen else undo)))


def _soonest(ctx: Context, desk: Desk, taken: Sequence[Task], said: Sequence[Said]) -> str:
    """Which of several duties is due next again."""
    coming = [
        (following.remind_by, task.number)
        for task, one in zip(taken, said, strict=True)
        if (following := _next_time(desk, task, one))
    ]
    if not coming:
        return ""
    due, number = min(coming, key=lambda each: each[0])
    return ctx.say("duty.next_several", number=number, due=full_date(due))


def _next_time(desk: Desk, task: Task, said: Said) -> Obligation | None:
    """The same duty the next time; where the gap counts from the last time, as it is after what was just ``said``."""
    counted = task.duty.rule.trigger is Trigger.LAST_DONE
    return (desk.after(said.act) if counted else desk).following(task)


HANDLER = Handler(name="reporting", handle=handle, duties=("done", "unchanged"))
