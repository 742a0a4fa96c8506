"""An officer reports: XONG, KHÔNG ĐỔI. Reported is not verified: a sync or an approver says that."""

from collections.abc import Sequence

from bot.answering import speech_of
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import Act, ActKind, Said, Status
from bot.core.obligations.rule import Trigger
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, duty_word, invite, note, pick, pressed, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import clock_time, deadline, full_date, local_date, what, who, word_next, word_state

_OVER = frozenset({Status.VERIFIED, Status.CLOSED, Status.INFORMATION})


async def handle(ctx: Context) -> Outcome:
    """Keep the report and say when the duty is due the next time; what cannot be reported is told instead."""
    way, _, key = (ctx.choice or "").partition(":")
    kind = ActKind.UNCHANGED if "unchanged" in {way, duty_word(ctx).name} else ActKind.DONE
    try:
        desk = await desk_of(ctx)
        found = [pressed(ctx, desk, key)] if ctx.choice is not None else _named(ctx, desk, kind)
    except AsksBackError as asked:
        return asked.outcome
    taken = [task for task in found if not _refusal(ctx, desk, task, kind, 1)]
    others = [task for task in found if task not in taken]
    said = [desk.said(act(ctx, desk, task, kind, day=desk.today), task) for task in taken]

    def worded(length: int) -> str:
        noted = [_noted(ctx, desk, taken, said, length)] if taken else []
        return " ".join([*noted, *(_refusal(ctx, desk, task, kind, length) for task in others)])

    return note(ctx, desk, worded, said=said, shown=found)


def _named(ctx: Context, desk: Desk, kind: ActKind) -> Sequence[Task]:
    def example(number: int) -> str:
        if kind is ActKind.DONE:
            return ctx.say("duty.word_done", number=number)
        return ctx.say("duty.word_unchanged", number=number)

    return pick(ctx, desk, desk.open, example)


def _refusal(ctx: Context, desk: Desk, task: Task, kind: ActKind, length: int) -> str:
    """Why a duty cannot be reported so, empty when it can."""
    duty, report = task.duty, task.progress.report
    title, due = titled(task, length), deadline(duty)
    if task.status is Status.UPCOMING:
        return ctx.say("duty.early", number=task.number, title=title, opens=full_date(duty.opens_on), due=due)
    if task.status in _OVER:
        return ctx.say("duty.settled", number=task.number, title=title, state=word_state(speech_of(ctx), task))
    if kind is ActKind.UNCHANGED and not duty.rule.unchanged:
        done = invite(ctx, ctx.say("duty.word_done", number=task.number))
        return ctx.say("duty.no_unchanged", number=task.number, cite=task.cite, due=due, invite=done)
    return "" if report is None or report.kind is not kind else _already(ctx, desk, task, report, length)


def _already(ctx: Context, desk: Desk, task: Task, report: Act, length: int) -> str:
    """Who of the focal unit has reported it, and when."""
    speech = speech_of(ctx)
    return ctx.say(
        "duty.already",
        number=task.number,
        title=titled(task, length),
        name=who(speech, desk, report),
        what=what(speech, desk, report),
        time=clock_time(report.at),
        day=local_date(report.at),
        state=word_state(speech, task),
    )


def _noted(ctx: Context, desk: Desk, taken: Sequence[Task], said: Sequence[Said], length: int) -> str:
    """What was noted, when it is due the next time, and how to take it back."""
    undo = ctx.say("duty.mistake", invite=invite(ctx, ctx.say("duty.word_undo", number=taken[0].number)))
    if len(taken) > 1:
        return " ".join(filter(None, (_several(ctx, taken, said), _soonest(ctx, desk, taken, said), undo)))
    task = taken[0]
    following = word_next(speech_of(ctx), _next_time(desk, task, said[0]), confirmed=task.confirmed)
    if task.status is Status.MATCHED:
        noted = ctx.say("duty.matched", number=task.number, title=titled(task, length))
        return " ".join(filter(None, (noted, following)))
    return " ".join(filter(None, (_one(ctx, task, said[0], length), following, undo)))


def _one(ctx: Context, task: Task, said: Said, length: int) -> str:
    number, title = task.number, titled(task, length)
    time, day = clock_time(ctx.now), local_date(ctx.now)
    if said.act.kind is ActKind.DONE:
        return ctx.say("duty.done", number=number, title=title, time=time, day=day)
    return ctx.say("duty.unchanged", number=number, title=title, time=time, day=day)


def _several(ctx: Context, taken: Sequence[Task], said: Sequence[Said]) -> str:
    numbers = ", ".join(str(task.number) for task in taken)
    time, day = clock_time(ctx.now), local_date(ctx.now)
    if said[0].act.kind is ActKind.DONE:
        return ctx.say("duty.done_several", numbers=numbers, time=time, day=day)
    return ctx.say("duty.unchanged_several", numbers=numbers, time=time, day=day)


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
