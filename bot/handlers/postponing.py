"""NHẮC SAU m <ngày>: the reminder is moved, never the deadline."""

from datetime import date

from bot.answering import speech_of
from bot.core.obligations.progress import SETTLED, ActKind
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, act, desk_of, invite, note, pick_one, read_day, say, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import deadline, full_date, word_state


async def handle(ctx: Context) -> Outcome:
    """Keep the day and say the deadline again; a day that is over or beyond the deadline is told instead."""
    try:
        desk = await desk_of(ctx)
        task = desk.numbered(pick_one(ctx, desk, desk.open, "later"))
        day = read_day(ctx, desk, "later", task.number)
        _check(ctx, desk, task, day)
    except AsksBackError as asked:
        return asked.outcome
    said = [desk.said(act(ctx, desk, task, ActKind.POSTPONED, day=day), task)]
    fields = {"number": task.number, "day": full_date(day or desk.today), "due": deadline(task.duty)}
    return note(
        ctx, desk, lambda length: ctx.say("duty.later", title=titled(task, length), **fields), said=said, shown=[task]
    )


def _check(ctx: Context, desk: Desk, task: Task, day: date | None) -> None:
    """Raises AsksBackError for a day on which nobody can be reminded, and where none was named."""
    due, number = task.duty.remind_by, task.number
    fields = {"number": number, "due": full_date(due)}
    if task.status in SETTLED:
        raise AsksBackError(say(ctx, "later_settled", number=number, state=word_state(speech_of(ctx), task)))
    if desk.today >= due:
        raise AsksBackError(say(ctx, "later_due", **fields, invite=invite(ctx, "done", number)))
    if day is None:
        raise AsksBackError(say(ctx, "later_which_day", **fields, invite=invite(ctx, "later", number)))
    if day <= desk.today:
        raise AsksBackError(say(ctx, "later_past", day=full_date(day), due=full_date(due)))
    if day > due:
        raise AsksBackError(say(ctx, "later_beyond", **fields))


HANDLER = Handler(name="postponing", handle=handle, duties=("later",))
