"""Follow datasets: THEO DÕI, BỎ THEO DÕI, ĐANG THEO DÕI. Who says it agrees to be told; what was typed is kept."""

from collections.abc import Sequence

from bot.answering import ANSWER, MENU, aside, dataset_of, gone, refuse_entry, speech_of
from bot.core.answer_code import LONGEST, is_code, normalise_code
from bot.core.effects import FollowDataset, RecordConsent, UnfollowDatasets
from bot.core.follow import MOST, TOPIC, Follow
from bot.core.messages import Choice, Reply
from bot.handler import Context, Handler, Outcome
from bot.wording.following import word_begun, word_ended, word_entry
from bot.wording.speech import clip

_PAGE = 7
_TITLE = 90


async def handle(ctx: Context) -> Outcome:
    """Begin, end or list what the person follows."""
    if ctx.command is None:
        return await _chosen(ctx, ctx.choice or "")
    match ctx.command.name:
        case "follow":
            return await _follow(ctx, ctx.command.argument)
        case "unfollow":
            return await _unfollow(ctx, ctx.command.argument)
        case "unfollow_all":
            return _end(ctx, await _followed(ctx))
        case _:
            return await _list(ctx, 0)


async def _chosen(ctx: Context, choice: str) -> Outcome:
    """The way of a button: ``start:<code>``, ``end:<code>``, ``end-all:``, ``page:<page>`` or ``which:<page>``."""
    way, _, argument = choice.partition(":")
    page = int(argument) if argument.isascii() and argument.isdigit() and len(argument) < 3 else 0
    match way:
        case "start":
            return await _begin(ctx, argument)
        case "end":
            return _end(ctx, await _followed(ctx), argument)
        case "end-all":
            return _end(ctx, await _followed(ctx))
        case "which":
            return _ask_which(ctx, await _followed(ctx), page)
        case _:
            return await _list(ctx, page)


async def _followed(ctx: Context) -> Sequence[Follow]:
    return await ctx.reads.followed(ctx.conversation.address)


# --- begin -------------------------------------------------------------------------------------------


async def _follow(ctx: Context, argument: str) -> Outcome:
    """Follow the dataset of an entry, of an answer by its code, or of the last answer."""
    choices, answer = ctx.conversation.choices, str(ctx.conversation.data.get(ANSWER, ""))
    if argument and is_code(normalise_code(argument)):
        return await _of_answer(ctx, argument)
    if argument and (choices or not answer or int(argument) != 1):
        return await _of_entry(ctx, int(argument))
    if answer:  # a single answer has no number; whoever gives it one means that answer
        return await _of_answer(ctx, answer)
    return await _of_entry(ctx, 1) if len(choices) == 1 else aside(ctx, _ask(ctx))


async def _of_answer(ctx: Context, code: str) -> Outcome:
    kept = await ctx.reads.answer(normalise_code(code))
    if kept is None:
        return aside(ctx, Reply(text=ctx.say("reopen.unknown", code=clip(code.upper(), LONGEST))))
    return await _begin(ctx, kept.dataset)


async def _of_entry(ctx: Context, number: int) -> Outcome:
    choices = ctx.conversation.choices
    if number > len(choices):
        return aside(ctx, refuse_entry(ctx) if choices else _ask(ctx))
    code = dataset_of(choices[number - 1])
    return await _begin(ctx, code) if code else aside(ctx, Reply(text=ctx.say("follow.no_entry", number=number)))


def _ask(ctx: Context) -> Reply:
    """Which dataset is meant; with nothing on offer, how to come to one."""
    speech = speech_of(ctx)
    if ctx.conversation.choices:
        return Reply(text=speech.say("follow.which", invite=speech.invite(speech.say("follow.word_1"))))
    example, invite = speech.ask(speech.say("start.example_1")), speech.invite(speech.say("follow.word"))
    return Reply(text=speech.say("follow.nothing_yet", example=example, invite=invite))


async def _begin(ctx: Context, code: str) -> Outcome:
    """Write down that the person wants to hear of ``code``, and say what was agreed to."""
    dataset = await ctx.reads.dataset(code)
    if dataset is None:
        return gone(ctx, code)
    speech, known = speech_of(ctx), await _followed(ctx)
    stop = speech.invite(speech.say("follow.word_stop"))
    if any(follow.code == code for follow in known):
        return aside(ctx, Reply(text=speech.say("follow.already", title=clip(dataset.title, _TITLE), invite=stop)))
    if len(known) >= MOST:
        return aside(ctx, Reply(text=speech.say("follow.full", count=MOST, invite=stop)))
    agreed = RecordConsent(topic=TOPIC, given=True, evidence=f"{_typed(ctx)} [{code}]")
    wanted = FollowDataset(code=code, title=dataset.title)
    return aside(ctx, word_begun(speech, dataset), effects=(agreed, wanted))


# --- end ---------------------------------------------------------------------------------------------


async def _unfollow(ctx: Context, argument: str) -> Outcome:
    """End the following of an entry; without one that of the only dataset there is, else ask which."""
    known, choices = await _followed(ctx), ctx.conversation.choices
    if not argument or not known:
        return _ask_which(ctx, known, 0) if len(known) > 1 else _end(ctx, known)
    number = int(argument)
    lately = () if choices else await ctx.reads.told_lately(ctx.conversation.address, now=ctx.now)
    offered = [dataset_of(choice) for choice in choices] or lately
    if not offered:
        return _ask_which(ctx, known, 0)
    if number > len(offered):
        return aside(ctx, refuse_entry(ctx)) if choices else _ask_which(ctx, known, 0)
    if all(follow.code != offered[number - 1] for follow in known):
        return aside(ctx, Reply(text=ctx.say("follow.not_followed", number=number)))
    return _end(ctx, known, offered[number - 1])


def _end(ctx: Context, known: Sequence[Follow], code: str = "") -> Outcome:
    """End the following of ``code`` (empty = of everything); with the last one the consent is withdrawn."""
    ended = [follow for follow in known if code in ("", follow.code)]
    if not ended:
        return aside(ctx, _nothing(ctx))
    speech, left = speech_of(ctx), len(known) - len(ended)
    if left:
        reply = word_ended(speech, _title(ctx, ended[0]), left=left)
        return aside(ctx, reply, effects=(UnfollowDatasets(codes=(code,)),))
    withdrawn = RecordConsent(topic=TOPIC, given=False, evidence=_typed(ctx))
    if len(ended) > 1:
        return aside(ctx, Reply(text=speech.say("follow.ended_all", count=len(ended))), effects=(withdrawn,))
    return aside(ctx, word_ended(speech, _title(ctx, ended[0]), left=0), effects=(withdrawn,))


def _ask_which(ctx: Context, known: Sequence[Follow], page: int) -> Outcome:
    if not known:
        return aside(ctx, _nothing(ctx))
    shown = known[page * _PAGE :][:_PAGE] or known[:_PAGE]
    choices = [
        Choice(label=clip(_title(ctx, follow), _TITLE), value=f"following:end:{follow.code}") for follow in shown
    ]
    choices += _onwards(ctx, known, page, "which")
    choices.append(Choice(label=ctx.say("follow.stop_all"), value="following:end-all:"))
    text = ctx.say("follow.stop_which", count=len(known))
    return Outcome(replies=(Reply(text=text, choices=tuple(choices)),), state=MENU)


# --- list --------------------------------------------------------------------------------------------


async def _list(ctx: Context, page: int) -> Outcome:
    known, speech = await _followed(ctx), speech_of(ctx)
    if not known:
        return aside(ctx, _nothing(ctx))
    choices = []
    for follow in known[page * _PAGE :][:_PAGE] or known[:_PAGE]:
        dataset = await ctx.reads.dataset(follow.code)
        label = word_entry(speech, _title(ctx, follow), dataset)
        choices.append(Choice(label=label, value=f"dataset:{follow.code}"))
    choices += _onwards(ctx, known, page, "page")
    invite = speech.invite(speech.say("follow.word_stop_1"))
    text = speech.say("follow.list", count=len(known), invite=invite)
    return Outcome(replies=(Reply(text=text, choices=tuple(choices)),), state=MENU)


def _onwards(ctx: Context, known: Sequence[Follow], page: int, way: str) -> list[Choice]:
    if len(known) <= (page + 1) * _PAGE:
        return []
    return [Choice(label=ctx.say("follow.more"), value=f"following:{way}:{page + 1}")]


def _nothing(ctx: Context) -> Reply:
    speech = speech_of(ctx)
    return Reply(text=speech.say("follow.none", invite=speech.invite(speech.say("follow.word"))))


def _title(ctx: Context, follow: Follow) -> str:
    """What a followed dataset is called; one that was taken down is not named."""
    return ctx.say("dataset.hidden_entry") if ctx.reads.is_hidden(follow.code) else follow.title


def _typed(ctx: Context) -> str:
    return ctx.message.text or ctx.message.choice or ""


HANDLER = Handler(name="following", handle=handle, commands=("follow", "unfollow", "unfollow_all", "followed"))
