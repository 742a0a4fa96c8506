"""NHẮC SAU m <ngày>: the reminder is moved, never the deadline."""

from datetime import date

from bot.answering import speech_of
from bot.core.obligations.progress import SETTLED, ActKind
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, invite, note, pick_one, read_day, refusal, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import full_date, word_state


async def handle(ctx: Context) -> Outcome:
    """Keep the day and say the deadline again; a day that is over or beyond the deadline is told instead."""
    try:
        desk = await desk_of(ctx)
        task = pick_one(ctx, desk, desk.open, lambda _: _example(ctx, desk, desk.open[0]))
        day = _check(ctx, desk, task, read_day(ctx, desk, _example(ctx, desk, task)))
    except AsksBackError as asked:
        return asked.outcome
    said = [desk.said(act(ctx, desk, task, ActKind.POSTPONED, day=day), task)]
    due = full_date(task.duty.remind_by)

    def worded(length: int) -> str:
        return ctx.say("duty.later", number=task.number, title=titled(task, length), day=full_date(day), due=due)

    return note(ctx, desk, worded, said=said, shown=[task])


def _check(ctx: Context, desk: Desk, task: Task, day: date | None) -> date:
    """``day``. Raises AsksBackError for one on which nobody can be reminded, and where none was named."""
    number, last = task.number, task.duty.remind_by
    due = full_date(last)
    if not task.confirmed:
        text = ctx.say("duty.later_unconfirmed", number=number)
    elif task.status in SETTLED:
        text = ctx.say("duty.later_settled", number=number, state=word_state(speech_of(ctx), task))
    elif desk.today >= last:
        done = invite(ctx, ctx.say("duty.word_done", number=number))
        text = ctx.say("duty.later_due", number=number, due=due, invite=done)
    elif day is None:
        again = invite(ctx, _example(ctx, desk, task))
        text = ctx.say("duty.later_which_day", number=number, due=due, invite=again)
    elif day <= desk.today:
        text = ctx.say("duty.later_past", day=full_date(day), due=due)
    elif day > last:
        text = ctx.say("duty.later_beyond", number=number, due=due)
    else:
        return day
    raise refusal(ctx, text)


def _example(ctx: Context, desk: Desk, task: Task) -> str:
    """How to say it, with a day that can be meant: the next working day."""
    day = desk.register.calendar.add(desk.today, 1)
    return ctx.say("duty.word_later", number=task.number, day=day.strftime("%d/%m"))


HANDLER = Handler(name="postponing", handle=handle, duties=("later",))
