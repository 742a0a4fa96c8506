"""An officer's duties: VIỆC CỦA TÔI lists them with the numbers by which they are answered, CHI TIẾT tells one."""

from collections.abc import Sequence

from bot.answering import speech_of
from bot.core.messages import Choice
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, desk_of, duty_word, invite, note, pick_one, say, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import deadline, word_act, word_dates, word_state

_PAGE = 5
_HISTORY = 5


async def handle(ctx: Context) -> Outcome:
    """List what is to be done, or tell one duty."""
    try:
        desk = await desk_of(ctx)
        way, _, argument = (ctx.choice or "").partition(":")
        if duty_word(ctx).name == "duty":
            return _tell(ctx, desk, pick_one(ctx, desk, desk.open, "detail"))
        if way == "page" and argument.isascii() and argument.isdigit() and len(argument) < 4:
            return _list(ctx, desk, int(argument))
        return _list(ctx, desk, next(iter(duty_word(ctx).numbers), 1))
    except AsksBackError as asked:
        return asked.outcome


def _list(ctx: Context, desk: Desk, page: int) -> Outcome:
    every = [*desk.to_decide, *desk.open]
    if not every:
        return _nothing(ctx, desk)
    pages = -(-len(every) // _PAGE)
    page = min(max(page, 1), pages)
    shown = every[(page - 1) * _PAGE : page * _PAGE]
    more = page < pages
    last = ctx.say("duty.more", invite=invite(ctx, "page", page=page + 1)) if more else ""
    last = last or ctx.say("duty.how", invite=invite(ctx, "done", shown[0].number))
    head = _head(ctx, every, page, pages)

    def worded(length: int) -> str:
        return "\n".join((head, *(_entry(ctx, desk, task, length) for task in shown), last))

    actions = (Choice(label=ctx.say("follow.more"), value=f"tasks:page:{page + 1}"),) if more else ()
    return note(ctx, desk, worded, shown=shown, actions=actions)


def _head(ctx: Context, every: Sequence[Task], page: int, pages: int) -> str:
    agencies = list(dict.fromkeys(task.agency for task in every))
    agency = agencies[0] if len(agencies) == 1 else ctx.say("duty.list_agencies", count=len(agencies))
    key = "duty.list_page" if pages > 1 else "duty.list"
    fields = {"page": page, "pages": pages} if pages > 1 else {}
    return ctx.say(key, agency=agency, count=len(every), **fields)


def _entry(ctx: Context, desk: Desk, task: Task, length: int) -> str:
    return ctx.say("duty.entry", number=task.number, title=titled(task, length), state=_state(ctx, desk, task))


def _state(ctx: Context, desk: Desk, task: Task) -> str:
    """How it stands; what somebody asked of the head goes before that."""
    asked = task.progress.asked
    if asked is None:
        return word_state(speech_of(ctx), task)
    to = desk.name_of(asked.to)
    if desk.heads(task):
        return ctx.say("duty.state_decide", name=desk.name_of(asked.officer), to=to)
    return f"{word_state(speech_of(ctx), task)}, {ctx.say('duty.state_asked', name=to)}"


def _nothing(ctx: Context, desk: Desk) -> Outcome:
    if not any(post.counts_on(desk.today) for post in desk.officer.posts):
        return say(ctx, "no_agency")
    coming = desk.coming
    if coming is None:
        return say(ctx, "none")
    return note(
        ctx, desk, lambda length: ctx.say("duty.none_next", title=titled(coming, length), due=deadline(coming.duty))
    )


def _tell(ctx: Context, desk: Desk, task: Task) -> Outcome:
    speech, duty = speech_of(ctx), task.duty

    def worded(length: int) -> str:
        return ctx.say(
            "duty.detail",
            number=task.number,
            title=titled(task, length),
            agency=task.agency,
            period=duty.period,
            dates=word_dates(speech, duty),
            cite=task.cite,
            state=_state(ctx, desk, task),
        )

    provisional = ctx.say("duty.provisional") if duty.provisional else ""
    told = [word_act(speech, desk, act) for act in task.progress.acts[-_HISTORY:]]

    def whole(length: int) -> str:
        return "\n".join(filter(None, (worded(length), provisional, *told)))

    def brief(length: int) -> str:
        return "\n".join(filter(None, (worded(length), *told[-1:])))

    return note(ctx, desk, whole, shown=[task], shorter=brief)


HANDLER = Handler(name="tasks", handle=handle, duties=("tasks", "duty"))
