"""CÓ THAY ĐỔI m [ngày]: a change arose, which starts a clock of its own where the decision has a rule for that."""

from datetime import date, timedelta

from bot.answering import speech_of
from bot.core.obligations.obligation import SubjectKind
from bot.core.obligations.progress import Act, ActKind
from bot.core.obligations.rule import Rule
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, desk_of, invite, note, pick_one, read_day, refusal, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import deadline, full_date, word_term


async def handle(ctx: Context) -> Outcome:
    """Keep the change and say until when the data are to be renewed; a day that cannot count is told instead."""
    try:
        desk = await desk_of(ctx)
        task = pick_one(ctx, desk, desk.open, lambda number: _example(ctx, desk, number))
        rule = _rule(ctx, desk, task)
        day = read_day(ctx, desk, _example(ctx, desk, task.number)) or desk.today
        _check(ctx, desk, task, day)
    except AsksBackError as asked:
        return asked.outcome
    key = f"{task.duty.province}/{rule.id}/{task.duty.subject}/{day.isoformat()}"
    change = Act(id=0, key=key, kind=ActKind.CHANGED, at=ctx.now, officer=desk.officer.id, day=day)
    return _note(ctx, desk.after(change), task, change)


def _rule(ctx: Context, desk: Desk, task: Task) -> Rule:
    """The rule whose clock a change starts. Raises AsksBackError where there is none, or nothing that could change."""
    if task.duty.subject.kind is not SubjectKind.ITEM:
        raise refusal(ctx, ctx.say("duty.no_change_item", number=task.number))
    rule = desk.change_rule(task)
    if rule is None:
        done = invite(ctx, ctx.say("duty.word_done", number=task.number))
        text = ctx.say("duty.no_change_rule", number=task.number, due=deadline(task.duty), invite=done)
        raise refusal(ctx, text)
    return rule


def _check(ctx: Context, desk: Desk, task: Task, day: date) -> None:
    """Raises AsksBackError for a day from which nothing can be counted."""
    since = desk.register.rule_sets[task.duty.province].decision.valid_from
    if day > desk.today:
        again = invite(ctx, _example(ctx, desk, task.number))
        raise refusal(ctx, ctx.say("duty.future_day", day=full_date(day), invite=again))
    if since is not None and day < since:
        text = ctx.say(
            "duty.before_decision",
            day=full_date(day),
            since=full_date(since),
            number=task.number,
            due=deadline(task.duty),
        )
        raise refusal(ctx, text)


def _note(ctx: Context, desk: Desk, task: Task, change: Act) -> Outcome:
    """``desk`` is the one after the change: the duty that follows from it has a number of its own."""
    arisen = desk.task(change.key)
    if arisen is None:
        return _note_free(ctx, desk, task, change)
    arisen = desk.numbered(arisen)
    number = arisen.number
    mistake = ctx.say("duty.mistake", invite=invite(ctx, ctx.say("duty.word_undo", number=number)))
    then = ctx.say("duty.changed_then", invite=invite(ctx, ctx.say("duty.word_done", number=number)))

    def brief(length: int) -> str:
        return f"{_arisen(ctx, desk, task, arisen, length)} {mistake}"

    said = [desk.said(change, arisen)]
    return note(ctx, desk, lambda length: f"{brief(length)} {then}", shorter=brief, said=said, shown=[task, arisen])


def _arisen(ctx: Context, desk: Desk, task: Task, arisen: Task, length: int) -> str:
    duty, title = arisen.duty, titled(task, length)
    term, due = word_term(speech_of(ctx), duty.rule), deadline(duty)
    day = full_date(date.fromisoformat(duty.period))
    if arisen.confirmed and duty.is_late_on(desk.today):
        return ctx.say(
            "duty.changed_late", number=task.number, title=title, day=day, due=due, term=term, cite=arisen.cite
        )
    return ctx.say("duty.changed", number=task.number, title=title, day=day, due=due, term=term, cite=arisen.cite)


def _note_free(ctx: Context, desk: Desk, task: Task, change: Act) -> Outcome:
    """A change after which no text says how long there is."""
    day = full_date(change.day or desk.today)
    said = [desk.said(change, task)]

    def worded(length: int) -> str:
        return ctx.say("duty.changed_free", number=task.number, title=titled(task, length), day=day)

    return note(ctx, desk, worded, said=said, shown=[task])


def _example(ctx: Context, desk: Desk, number: int | None) -> str:
    """How to say it, with a day that can be meant: the day before."""
    return ctx.say("duty.word_changed", number=number, day=full_date(desk.today - timedelta(days=1)))


HANDLER = Handler(name="changing", handle=handle, duties=("changed",))
