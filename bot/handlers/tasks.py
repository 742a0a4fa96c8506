"""An officer's duties: VIỆC CỦA TÔI lists them with the numbers by which they are answered, CHI TIẾT tells one."""

from collections.abc import Sequence

from bot.answering import speech_of
from bot.core.messages import Choice
from bot.desk import Desk, Task
from bot.duty_talk import AsksBackError, desk_of, duty_word, invite, note, pick_one, pressed, refusal, titled
from bot.handler import Context, Handler, Outcome
from bot.wording.duty import deadline, word_act, word_dates, word_state
from bot.wording.letterhead import shorten_name
from bot.wording.period import say_period
from bot.wording.speech import clip
from bot.wording.welcome import word_standing

_PAGE = 4
_HISTORY = 5


async def handle(ctx: Context) -> Outcome:
    """List what is to be done, or tell one duty."""
    try:
        desk = await desk_of(ctx)
        way, _, argument = (ctx.choice or "").partition(":")
        if way == "duty":
            return _tell(ctx, desk, pressed(ctx, desk, argument))
        if duty_word(ctx).name == "duty":
            found = pick_one(ctx, desk, desk.open, lambda number: ctx.say("duty.word_detail", number=number))
            return _tell(ctx, desk, found)
        paged = way == "page" and argument.isascii() and argument.isdigit() and len(argument) < 4
        return _list(ctx, desk, int(argument) if paged else next(iter(duty_word(ctx).numbers), 1))
    except AsksBackError as asked:
        return asked.outcome


def _list(ctx: Context, desk: Desk, page: int) -> Outcome:
    every = [*desk.to_decide, *desk.open]
    if not every:
        return _nothing(ctx, desk)
    pages = -(-len(every) // _PAGE)
    page = min(max(page, 1), pages)
    shown = every[(page - 1) * _PAGE : page * _PAGE]
    if page < pages:
        last = ctx.say("duty.more", invite=invite(ctx, ctx.say("duty.word_page", page=page + 1)))
        actions = [Choice(label=ctx.say("duty.button_more"), value=f"tasks:page:{page + 1}")]
    else:
        last = _how(ctx, shown[0])
        actions = []
    head = _head(ctx, every, page, pages)

    several = len({task.agency for task in every}) > 1
    known = {task.duty.province for task in shown if not task.confirmed}
    standing = [word_standing(speech_of(ctx), desk.register.rule_sets[province]) for province in sorted(known)]
    only = [ctx.say("duty.expected_only")] if known else []

    def worded(length: int) -> str:
        entries = (_entry(ctx, desk, task, length, several=several) for task in shown)
        return "\n".join((head, *standing, *only, *entries, last))

    def shorter(length: int) -> str:
        return "\n".join((*only, *(_short_entry(ctx, task, length, several=several) for task in shown), last))

    return note(ctx, desk, worded, shown=shown, actions=actions, shorter=shorter)


def _how(ctx: Context, task: Task) -> str:
    """How the first entry is answered."""
    if task.progress.asked is not None:
        return ctx.say("duty.how_agree", invite=invite(ctx, ctx.say("duty.word_agree", number=task.number)))
    if task.progress.report is not None:
        return ctx.say("duty.how_verify", invite=invite(ctx, ctx.say("duty.word_verify", number=task.number)))
    return ctx.say("duty.how", invite=invite(ctx, ctx.say("duty.word_done", number=task.number)))


def _head(ctx: Context, every: Sequence[Task], page: int, pages: int) -> str:
    agencies = list(dict.fromkeys(task.agency for task in every))
    agency = agencies[0] if len(agencies) == 1 else ctx.say("duty.list_agencies", count=len(agencies))
    if pages == 1:
        return ctx.say("duty.list", agency=agency, count=len(every))
    return ctx.say("duty.list_page", agency=agency, count=len(every), page=page, pages=pages)


def _entry(ctx: Context, desk: Desk, task: Task, length: int, *, several: bool) -> str:
    period = say_period(speech_of(ctx), task.duty.period)
    title, state = _whose(ctx, task, length, several=several), _state(ctx, desk, task)
    return ctx.say("duty.entry", number=task.number, title=title, period=period, state=state)


def _short_entry(ctx: Context, task: Task, length: int, *, several: bool) -> str:
    title, due = _whose(ctx, task, length, several=several), deadline(task.duty)
    if not task.confirmed:
        return ctx.say("duty.entry_expected", number=task.number, title=title, due=due)
    return ctx.say("duty.entry_short", number=task.number, title=title, due=due)


def _whose(ctx: Context, task: Task, length: int, *, several: bool) -> str:
    """What it is about, and whose it is for somebody who works for ``several`` agencies."""
    if not several:
        return titled(task, length)
    return ctx.say("digest.of_agency", title=titled(task, length), agency=clip(shorten_name(task.agency), length))


def _state(ctx: Context, desk: Desk, task: Task) -> str:
    """How it stands, and what somebody asked of the head."""
    state, asked = word_state(speech_of(ctx), task), task.progress.asked
    if asked is None:
        return state
    to = desk.name_of(asked.to)
    if desk.heads(task):
        return f"{state}, {ctx.say('duty.state_decide', name=desk.name_of(asked.officer), to=to)}"
    return f"{state}, {ctx.say('duty.state_asked', name=to)}"


def _nothing(ctx: Context, desk: Desk) -> Outcome:
    if not any(post.counts_on(desk.today) for post in desk.officer.posts):
        raise refusal(ctx, ctx.say("duty.no_agency"))
    coming = desk.coming
    if coming is None:
        raise refusal(ctx, ctx.say("duty.none"))
    due = deadline(coming.duty)
    return note(ctx, desk, lambda length: ctx.say("duty.none_next", title=titled(coming, length), due=due))


def _tell(ctx: Context, desk: Desk, task: Task) -> Outcome:
    speech = speech_of(ctx)
    period, dates = say_period(speech, task.duty.period), word_dates(speech, task.duty, confirmed=task.confirmed)
    state = _state(ctx, desk, task)
    provisional = ctx.say("duty.provisional") if task.duty.provisional else ""
    only = "" if task.confirmed else ctx.say("duty.expected_only")
    told = [word_act(speech, desk, act) for act in task.progress.acts[-_HISTORY:]]

    def worded(length: int) -> str:
        return ctx.say(
            "duty.detail",
            number=task.number,
            title=titled(task, length),
            agency=task.agency,
            period=period,
            dates=dates,
            cite=task.cite,
            state=state,
        )

    return note(
        ctx,
        desk,
        lambda length: "\n".join(filter(None, (worded(length), provisional, only, *told))),
        shown=[task],
        shorter=lambda length: "\n".join(filter(None, (worded(length), only or next(reversed(told), "")))),
    )


HANDLER = Handler(name="tasks", handle=handle, duties=("tasks", "duty"))
