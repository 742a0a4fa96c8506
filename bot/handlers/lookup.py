"""Anything that is not a command is a question: look it up, and say so honestly when there is nothing."""

import re
from dataclasses import replace

from bot.answering import CONFIRM, NARROW, aside, give_found, give_rows, only_row, question_of, speech_of
from bot.core.effects import CountUnanswered
from bot.core.findings import Decision, Findings, RowFinding, RowForm
from bot.core.intents import Alarm, Intent
from bot.core.messages import Choice, Reply
from bot.core.phrases import Words, words
from bot.core.text import fold, tokens
from bot.filing import LONGEST_DRAFT
from bot.handler import Context, Handler, Outcome
from bot.wording.figure import asked_places, distinct_rows
from bot.wording.speech import Speech
from bot.wording.welcome import word_welcome

_CODE = frozenset({"ma", "code"})
_CODE_WORDS = 2
_MIXED = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[0-9A-Za-z]{5,9}")
"""What an answer code looks like, right or not."""


async def handle(ctx: Context) -> Outcome:
    """Look the question up; what may as well be a call for help gets the emergency numbers first."""
    question = question_of(ctx) if ctx.choice is None else ctx.choice
    if not words(question):
        example, _ = _ways_to_ask(speech_of(ctx))
        return aside(ctx, Reply(text=ctx.say("fallback.lapsed", example=example)))
    said = _not_looked_up(ctx, question)
    if said is not None:
        return said
    outcome = await _narrowed(ctx, question) or await _looked_up(ctx, question)
    alarm = ctx.content.intents.emergencies.heard_in(question)
    unanswered = any(isinstance(effect, CountUnanswered) for effect in outcome.effects)
    if alarm is Alarm.POSSIBLE or (alarm is Alarm.FAINT and unanswered):
        return _with_numbers(ctx, outcome)
    return outcome


def _with_numbers(ctx: Context, outcome: Outcome) -> Outcome:
    """``outcome`` with the emergency numbers before it."""
    numbers = ctx.say("emergency.aside")
    first, *others = outcome.replies
    brief = f"{numbers}\n{first.brief or first.text}"
    return replace(outcome, replies=(replace(first, text=f"{numbers}\n{first.text}", brief=brief), *others))


def _not_looked_up(ctx: Context, question: str) -> Outcome | None:
    """The answer to what is no question for data; None when it is to be looked up."""
    intent = ctx.content.intent_of(question)
    if intent is Intent.COMPLAINT:
        return _offer_to_send(ctx, question)
    if intent is Intent.GREETING:
        return aside(ctx, word_welcome(speech_of(ctx), first_contact=ctx.conversation.updated_at is None))
    text = _plain_words(speech_of(ctx), intent)
    return aside(ctx, Reply(text=text)) if text else None


def _plain_words(speech: Speech, intent: Intent) -> str:
    """What is said to a message of ``intent``; empty for a question."""
    example, invite = _ways_to_ask(speech)
    text = ""
    match intent:
        case Intent.UNCLEAR:
            text = speech.say("menu.unclear", example=example, invite=invite)
        case Intent.PRIVATE:
            text = speech.say("menu.personal")
        case Intent.INSTRUCTION | Intent.OUTSIDE:
            text = speech.say("menu.outside", example=example, invite=invite)
        case Intent.INSULT:
            text = speech.say("menu.insult", example=example, invite=invite)
        case Intent.THANKS:
            text = speech.say("menu.thanks")
        case _:
            pass
    return text


def _offer_to_send(ctx: Context, complaint: str) -> Outcome:
    """Regret, and one digit that sends it on; it is no report before that."""
    speech = speech_of(ctx)
    invite = speech.invite(speech.say("ticket.word_feedback"))
    send = Choice(label=speech.say("ticket.send_feedback"), value=f"wish:feedback:{complaint[:LONGEST_DRAFT]}")
    text, brief = speech.say("ticket.complaint", invite=invite), speech.say("ticket.brief_complaint", invite=invite)
    return Outcome(replies=(Reply(text=text, brief=brief, choices=(send,)),), state=CONFIRM)


async def _narrowed(ctx: Context, addition: str) -> Outcome | None:
    """The answer to the last question once ``addition`` leaves fewer rows to choose from; None when it does not."""
    data = ctx.conversation.data
    if ctx.conversation.state != NARROW or not data.get("dataset"):
        return None
    code, question = str(data["dataset"]), str(data["question"])
    before = (await ctx.reads.find_in(code, question)).figures
    if before is None:
        return None
    kept = _holding(before, addition)
    if kept is not None:
        return await give_rows(ctx, kept, question)
    if _asks_by_itself(await ctx.reads.find(addition), addition, before):
        return None
    after = await ctx.reads.find_in(code, f"{question} {addition}")
    if after.figures is None or after.figures.form is RowForm.LIST or not after.figures.total < before.total:
        return None
    return await give_found(ctx, after, f"{question} {addition}")


def _asks_by_itself(found: Findings, addition: str, before: RowFinding) -> bool:
    """Whether a message is a question of its own: it names a figure, not only a place or a year, it counts, or it asks
    where another unit of the same table belongs now.
    """
    figures = found.figures
    if found.decision is not Decision.FIGURES or figures is None:
        return False
    return bool(asked_places(figures)) or figures.form is RowForm.COUNT or _names_another(figures, addition, before)


def _names_another(figures: RowFinding, addition: str, before: RowFinding) -> bool:
    """Whether ``addition`` has the whole name of a former unit beside the one asked for: more than a district."""
    other = figures.succession
    if other is None or figures.dataset.code != before.dataset.code or other == before.succession:
        return False
    return len(tokens(addition)) >= len(tokens(other.former))


def _holding(finding: RowFinding, addition: str) -> RowFinding | None:
    """The rows in which every word of ``addition`` stands, when these are fewer but not none."""
    wanted = set(tokens(addition))
    rows = [(number, row) for number, row in distinct_rows(finding) if wanted <= set(tokens(" ".join(row)))]
    if not wanted or not 0 < len(rows) < finding.total:
        return None
    if len(rows) == 1:
        return only_row(finding, *rows[0], finding.asked)
    return replace(finding, rows=tuple(row for _, row in rows), numbers=tuple(n for n, _ in rows), total=len(rows))


async def _looked_up(ctx: Context, question: str) -> Outcome:
    findings = await ctx.reads.find(question)
    plain = ctx.content.grammar.without_tail(question)
    if not findings.answered and plain != question:
        findings = await ctx.reads.find(plain)
    if findings.decision is Decision.FIGURES:
        return await give_found(ctx, findings, question)
    if mistyped := _mistyped_code(words(question)):
        return aside(ctx, Reply(text=ctx.say("reopen.unknown", code=mistyped)))
    if findings.answered:
        return await give_found(ctx, findings, question)
    return _small_talk(ctx, words(question)) or _small_talk(ctx, words(plain)) or await give_found(ctx, findings, plain)


def _mistyped_code(typed: Words) -> str:
    """What looks like the code of an answer behind "mã"; empty when nothing does."""
    if len(typed) == _CODE_WORDS and fold(typed[0]) in _CODE and _MIXED.fullmatch(typed[1]):
        return typed[1].upper()
    return ""


def _ways_to_ask(speech: Speech) -> tuple[str, str]:
    """An example of a question, and how to get help."""
    return speech.ask(speech.say("start.example_1")), speech.invite(speech.say("start.word"))


def _small_talk(ctx: Context, typed: Words) -> Outcome | None:
    """The answer to a nod and to anger; None when it may be a question."""
    speech = speech_of(ctx)
    if ctx.content.nod.equal(typed):
        return aside(ctx, Reply(text=speech.say("menu.thanks")))
    if ctx.content.intents.insult.within(typed):
        return aside(ctx, Reply(text=_plain_words(speech, Intent.INSULT)))
    return None


HANDLER = Handler(name="lookup", handle=handle)
