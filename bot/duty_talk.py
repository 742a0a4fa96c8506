"""Steps that the handlers of officers' words share: whose desk it is, which duty is meant, what of it is kept."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from bot.answering import TASKS, speech_of, tell
from bot.core.duty_grammar import DutyWord
from bot.core.effects import Effect, RecordActs
from bot.core.messages import Choice, Reply
from bot.core.obligations.progress import Act, ActKind, Said
from bot.desk import Desk, Task
from bot.handler import Context, Outcome
from bot.wording.activation import how_to_activate
from bot.wording.brief import fullest
from bot.wording.speech import clip

_TITLE, _BRIEF_TITLE = 120, 60
_SHORTER = (40, 28, 20, 14)

Worded = Callable[[int], str]
"""A text whose titles are at most so long."""


class AsksBackError(Exception):
    """It is not clear what is meant, or it cannot be; ``outcome`` says so. Never leaves a handler."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


async def desk_of(ctx: Context) -> Desk:
    """What lies before whoever writes. Raises AsksBackError when that is no officer any more."""
    desk = await ctx.reads.desk(ctx.conversation.address, now=ctx.now)
    if desk is None:
        raise AsksBackError(tell(ctx.say("duty.closed", invite=how_to_activate(speech_of(ctx)))))
    return desk


def duty_word(ctx: Context) -> DutyWord:
    """What the officer said; nothing at all where a button was pressed."""
    return ctx.duty or DutyWord(name="")


def invite(ctx: Context, word: str) -> str:
    """How to send one of the officers' words back."""
    return speech_of(ctx).invite(word)


def pick(ctx: Context, desk: Desk, candidates: Sequence[Task], example: Callable[[int], str]) -> Sequence[Task]:
    """The duties that the officer named, each with its number; without a number the only one of ``candidates``.

    Raises AsksBackError when there is no such duty or it could be several; ``example`` is the word with a number.
    """
    numbers = duty_word(ctx).numbers
    if numbers:
        return [_named(ctx, desk, number) for number in numbers]
    if not candidates:
        raise refusal(ctx, ctx.say("duty.nothing", invite=invite(ctx, ctx.say("duty.word_list"))))
    if len(candidates) > 1:
        number = candidates[0].number or 1
        text = ctx.say("duty.which", count=len(candidates), invite=invite(ctx, example(number)))
        raise AsksBackError(note(ctx, desk, lambda _: text, shown=candidates[:1]))
    return candidates


def pick_one(ctx: Context, desk: Desk, candidates: Sequence[Task], example: Callable[[int], str]) -> Task:
    """The one duty that the officer named (:func:`pick`)."""
    return pick(ctx, desk, candidates, example)[0]


def pressed(ctx: Context, desk: Desk, key: str) -> Task:
    """The duty whose button was pressed, by its key: the button may be old. Raises AsksBackError when there is none; it
    may come from anywhere."""
    task = desk.task(key)
    if task is None:
        raise refusal(ctx, ctx.say("duty.gone", invite=invite(ctx, ctx.say("duty.word_list"))))
    return desk.numbered(task)


def read_day(ctx: Context, desk: Desk, example: str) -> date | None:
    """The day that the officer named, None when none was. Raises AsksBackError for one that does not exist."""
    typed = duty_word(ctx).day
    if not typed:
        return None
    day = ctx.content.duties.days.read(typed, desk.today)
    if day is None:
        text = ctx.say("duty.impossible_day", text="/".join(typed), invite=invite(ctx, example))
        raise refusal(ctx, text)
    return day


def act(ctx: Context, desk: Desk, task: Task, kind: ActKind, *, day: date | None = None, to: int | None = None) -> Act:
    """What the officer says of ``task`` now."""
    return Act(id=0, key=task.duty.key, kind=kind, at=ctx.now, officer=desk.officer.id, day=day, to=to)


def refusal(ctx: Context, text: str) -> AsksBackError:
    """The one sentence ``text``, which keeps nothing; numbers go on meaning duties."""
    return AsksBackError(Outcome(replies=(_reply(ctx, lambda _: text),), state=TASKS))


def note(
    ctx: Context,
    desk: Desk,
    worded: Worded,
    *,
    said: Sequence[Said] = (),
    shown: Sequence[Task] = (),
    choices: Sequence[Choice] = (),
    actions: Sequence[Choice] = (),
    shorter: Worded | None = None,
) -> Outcome:
    """An answer that keeps what was ``said``, and the numbers of the duties that are ``shown``.

    ``shorter`` is the same with less in it, where even short titles leave no room.
    """
    reply = replace(_reply(ctx, worded, shorter), choices=tuple(choices), actions=tuple(actions))
    numbers = {task.duty.key: task.number for task in shown if task.number is not None}
    effects: tuple[Effect, ...] = ()
    if said or numbers:
        still_open = tuple(task.duty.key for task in desk.open)
        effects = (RecordActs(officer=desk.officer.id, said=tuple(said), numbers=numbers, still_open=still_open),)
    return Outcome(replies=(reply,), state="" if choices else TASKS, effects=effects)


def titled(task: Task, length: int) -> str:
    """What a duty is about, in at most ``length`` characters."""
    return clip(task.title, length)


def _named(ctx: Context, desk: Desk, number: int) -> Task:
    task = desk.find(number)
    if task is None:
        listed = invite(ctx, ctx.say("duty.word_list"))
        raise refusal(ctx, ctx.say("duty.unknown", number=number, invite=listed))
    return task


def _reply(ctx: Context, worded: Worded, shorter: Worded | None = None) -> Reply:
    texts = [worded(length) for length in (_BRIEF_TITLE, *_SHORTER)]
    last = [shorter(length) for length in _SHORTER] if shorter else []
    accents = ctx.conversation.accents
    return Reply(text=worded(_TITLE), brief=fullest(texts[:1], last_resorts=(*texts[1:], *last), accents=accents))
