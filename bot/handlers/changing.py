"""CÓ THAY ĐỔI m [ngày]: a change arose, which starts a clock of its own where the decision has a rule for that."""

from datetime import date

from bot.answering import speech_of
from bot.core.obligations.obligation import SubjectKind
from bot.core.obligations.progress import Act, ActKind
from bot.core.obligations.rule import Rule
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, desk_of, invite, note, pick_one, read_day, say, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import deadline, full_date, word_term


async def handle(ctx: Context) -> Outcome:
    """Keep the change and say until when the data are to be renewed; a day that cannot count is told instead."""
    try:
        desk = await desk_of(ctx)
        task = desk.numbered(pick_one(ctx, desk, desk.open, "changed"))
        rule = _rule(ctx, desk, task)
        day = read_day(ctx, desk, "changed", task.number) or desk.today
        _check(ctx, desk, task, day)
    except AsksBackError as asked:
        return asked.outcome
    return _note(ctx, desk, task, rule, day)


def _rule(ctx: Context, desk: Desk, task: Task) -> Rule:
    """The rule whose clock a change starts. Raises AsksBackError where there is none, or nothing that could change."""
    number = task.number
    if task.duty.subject.kind is not SubjectKind.ITEM:
        raise AsksBackError(say(ctx, "no_change_item", number=number))
    rule = desk.change_rule(task)
    if rule is None:
        done = invite(ctx, "done", number)
        raise AsksBackError(say(ctx, "no_change_rule", number=number, due=deadline(task.duty), invite=done))
    return rule


def _check(ctx: Context, desk: Desk, task: Task, day: date) -> None:
    """Raises AsksBackError for a day from which nothing can be counted."""
    since = desk.register.rule_sets[task.duty.province].decision.valid_from
    if day > desk.today:
        again = invite(ctx, "changed", task.number)
        raise AsksBackError(say(ctx, "future_day", day=full_date(day), invite=again))
    if since is not None and day < since:
        fields = {"since": full_date(since), "number": task.number, "due": deadline(task.duty)}
        raise AsksBackError(say(ctx, "before_decision", day=full_date(day), **fields))


def _note(ctx: Context, desk: Desk, task: Task, rule: Rule, day: date) -> Outcome:
    key = f"{task.duty.province}/{rule.id}/{task.duty.subject}/{day.isoformat()}"
    change = Act(id=0, key=key, kind=ActKind.CHANGED, at=ctx.now, officer=desk.officer.id, day=day)
    later = desk.after(change)
    arisen = later.task(key)
    fields = {"number": task.number, "day": full_date(day)}
    if arisen is None:
        said = [desk.said(change, task)]
        return note(
            ctx, desk, lambda length: ctx.say("duty.changed_free", title=titled(task, length), **fields), said=said
        )
    arisen = later.numbered(arisen)
    last = arisen.duty.late_after
    late = last is not None and desk.today > last
    fields |= {"due": deadline(arisen.duty), "term": word_term(speech_of(ctx), rule), "cite": arisen.cite}
    mistake = ctx.say("duty.mistake", invite=invite(ctx, "undo", arisen.number))
    then = ctx.say("duty.changed_then", invite=invite(ctx, "done", arisen.number))

    def brief(length: int) -> str:
        noted = ctx.say("duty.changed_late" if late else "duty.changed", title=titled(task, length), **fields)
        return f"{noted} {mistake}"

    said = [later.said(change, arisen)]
    return note(ctx, later, lambda length: f"{brief(length)} {then}", shorter=brief, said=said, shown=[task, arisen])


HANDLER = Handler(name="changing", handle=handle, duties=("changed",))
