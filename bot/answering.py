"""Steps that several handlers share: give an answer, open a dataset, offer what a question may mean."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.core.catalogue import Dataset
from bot.core.charts import subject_of
from bot.core.effects import CountChosen, CountUnanswered, Effect, RecordAnswer
from bot.core.findings import Decision, Findings, RowFinding, RowForm
from bot.core.grammar import own_words
from bot.core.messages import Choice, Reply
from bot.handler import Context, Outcome
from bot.wording import answer, menu
from bot.wording.brief import recalled_dataset, recalled_rows
from bot.wording.figure import asks_figure, distinct_rows
from bot.wording.listing import PAGE
from bot.wording.speech import Speech

_OF_DATASET = re.compile(r"(?:dataset|row|rows:next|rows:back|following:end):(?P<code>[^:]+)")
_LONGEST_VALUE = 400
"""Characters of a question that a button may carry."""

ANSWER = "answer"
"""In the data of a conversation: the code of the answer that was given just before."""
MISSED = "missed"
"""In the data of a conversation: the question to which there was no answer just before."""
_REPHRASED_WITHIN = timedelta(minutes=5)
"""Who asks again after a longer pause asks something else."""

NARROW, MENU, CONFIRM, ROWS = "narrow", "menu", "confirm", "rows"
"""States of a conversation: choosing one of several rows, a dataset, yes or no; reading a list."""
TASKS = "tasks"
"""The state in which an officer's duties were just spoken of: a bare number is one of theirs."""


def speech_of(ctx: Context) -> Speech:
    """The voice in which the person of ``ctx`` is answered."""
    talk = ctx.conversation
    return Speech(content=ctx.content, language=talk.language, account=ctx.account, accents=talk.accents)


def question_of(ctx: Context) -> str:
    """What the person wrote, without the keyword of a shared number."""
    return own_words(ctx.message.text, ctx.account)


def tell(text: str, *, choices: tuple[Choice, ...] = ()) -> Outcome:
    """A single reply that opens nothing."""
    return Outcome(replies=(Reply(text=text, choices=choices),))


def aside(ctx: Context, *replies: Reply, effects: tuple[Effect, ...] = ()) -> Outcome:
    """Replies that leave the dialogue where it stands: the list on offer, and the question that led to it."""
    return Outcome(replies=replies, state=ctx.conversation.state, data=ctx.conversation.data, effects=effects)


def dataset_of(entry: Choice) -> str:
    """The code of the dataset that an entry of a list is, or is of; empty when there is none."""
    match = _OF_DATASET.match(entry.value)
    return match["code"] if match else ""


def refuse_entry(ctx: Context) -> Reply:
    """What to say to the number of an entry that the list on offer has not: which there are, and the list again."""
    offered = ctx.conversation.choices
    if len(offered) == 1:
        return Reply(text=ctx.say("fallback.only_entry", invite=speech_of(ctx).invite("1")), choices=offered)
    return Reply(text=ctx.say("fallback.no_such_entry", count=len(offered)), choices=offered)


def kept(ctx: Context, outcome: Outcome) -> Outcome:
    """``outcome`` of a choice: where it offers nothing new, the list it was chosen from goes on with its question."""
    if outcome.state or any(reply.choices for reply in outcome.replies):
        return outcome
    return replace(outcome, state=ctx.conversation.state, data=_with(ctx, outcome.data))


def _with(ctx: Context, data: Mapping[str, object]) -> dict[str, object]:
    """The data of the talk so far and ``data``; the question that had no answer has one now."""
    return {**{key: value for key, value in ctx.conversation.data.items() if key != MISSED}, **data}


async def give_rows(ctx: Context, finding: RowFinding, question: str, *, page: int = 0, letter: str = "") -> Outcome:
    """Answer with rows, or let the person choose when the question may mean several of them.

    ``page`` and ``letter`` say which part of a list ``finding`` is to be given, as in the value of its choices.
    """
    if finding.form is RowForm.AMBIGUOUS:
        if len(distinct_rows(finding)) > 1:
            return _offer(ctx, menu.word_rows_menu(speech_of(ctx), finding), NARROW, finding.dataset.code, question)
        finding = replace(finding, form=RowForm.CELL if finding.asked else RowForm.RECORD)
    if finding.form is RowForm.LIST:
        finding = _without_repeats(finding)
    speech = speech_of(ctx)
    identity = answer.identify(finding, language=speech.language, page=page, letter=letter)
    code = await ctx.reads.answer_code(identity)
    # how to go on depends on the account, so it is no part of the answer that is kept
    hint = "" if letter else _hint(speech, finding, page)
    reply = answer.word_rows(speech, finding, code, page=page, letter=letter, hint=hint)
    reply = replace(reply, actions=answer.actions(speech, finding, code))
    again = replace(reply, brief=recalled_rows(speech, finding, code, page=page, letter=letter))
    subject = subject_of(finding)
    record = RecordAnswer(
        code=code,
        identity=identity,
        dataset=subject.dataset,
        reply=again,
        table=subject.table,
        rows=subject.rows,
        total=subject.of,
        asked=subject.asked,
    )
    effects = (record, *await _learnt(ctx, finding.dataset.code))
    if finding.form not in (RowForm.LIST, RowForm.COUNT):
        return Outcome(replies=(reply,), data={ANSWER: code}, effects=effects)
    choices = answer.page_choices(speech, finding, page=page, question=question, letter=letter)
    sent = replace(reply, text="\n".join(filter(None, (reply.text, hint))), choices=choices)
    data = {"dataset": finding.dataset.code, "question": question, ANSWER: code}
    return Outcome(replies=(sent,), state=ROWS, data=data, effects=effects)


def only_row(figures: RowFinding, number: int, row: tuple[str, ...], asked: tuple[int, ...]) -> RowFinding:
    """Of ``figures`` only ``row`` with its number, as the answer to a question for the columns ``asked``."""
    asked = tuple(place for place in asked if place < len(figures.columns))
    chosen = replace(
        figures,
        form=RowForm.CELL if asked else RowForm.RECORD,
        rows=(row,),
        numbers=(number,),
        total=1,
        asked=asked,
        breakdown=(),
    )
    if chosen.succession is None or asks_figure(chosen):
        # a figure is told under the name of the unit whose it is
        return replace(chosen, succession=None)
    return replace(chosen, succession=replace(chosen.succession, now=row[chosen.name]))


def _without_repeats(finding: RowFinding) -> RowFinding:
    """The list with each row once; a list too long to be carried whole stays as it is."""
    kept = distinct_rows(finding)
    if finding.total > len(finding.rows) or len(kept) == len(finding.rows):
        return finding
    return replace(
        finding, rows=tuple(row for _, row in kept), numbers=tuple(number for number, _ in kept), total=len(kept)
    )


def _hint(speech: Speech, finding: RowFinding, page: int) -> str:
    """How to read the rest of a long list: by initial – or why not all of it can be read."""
    shown = (page + 1) * PAGE if finding.form is RowForm.LIST else 0
    if shown >= len(finding.rows) and len(finding.rows) < finding.total:
        return speech.say("answer.end", count=len(finding.rows))
    if shown < finding.total and finding.total > PAGE:
        return speech.say("answer.initial", invite=speech.invite(speech.say("answer.letter")))
    return ""


def gone(ctx: Context, code: str) -> Outcome:
    """That the dataset ``code`` cannot be shown: it was taken down, or is not there any more."""
    text = ctx.say("dataset.hidden") if ctx.reads.is_hidden(code) else ctx.say("dataset.gone")
    return aside(ctx, Reply(text=text))


async def open_dataset(ctx: Context, code: str, question: str) -> Outcome:
    """The rows of a dataset that answer ``question``, else its table, else what it is."""
    dataset = await ctx.reads.dataset(code)
    if dataset is None:
        return gone(ctx, code)
    for asked in dict.fromkeys((question, "")):
        findings = await ctx.reads.find_in(code, asked)
        if findings.figures is not None and findings.decision is Decision.FIGURES:
            return kept(ctx, await give_found(ctx, findings, asked))
    return await describe_dataset(ctx, dataset)


async def describe_dataset(ctx: Context, dataset: Dataset) -> Outcome:
    """What a dataset is, with a way to its rows when they are loaded, and back to the list that it was chosen from."""
    speech = speech_of(ctx)
    identity = answer.identify_dataset(dataset, language=speech.language)
    code = await ctx.reads.answer_code(identity)
    follow = Choice(label=speech.say("follow.button"), value=f"following:start:{dataset.code}")
    reply = replace(answer.word_dataset(speech, dataset, code), actions=(follow,))
    again = replace(reply, brief=recalled_dataset(speech, dataset, code))
    record = RecordAnswer(code=code, identity=identity, dataset=dataset.code, reply=again)
    if any(resource.table for resource in dataset.resources):
        choices = (Choice(label=speech.say("dataset.open_table"), value=f"dataset:{dataset.code}"),)
        reply = replace(reply, choices=(*choices, *_way_back(ctx)))
    effects = (record, *await _learnt(ctx, dataset.code))
    return Outcome(replies=(reply,), state=MENU, data=_with(ctx, {ANSWER: code}), effects=effects)


async def _learnt(ctx: Context, code: str) -> tuple[Effect, ...]:
    """What is to be counted when dataset ``code`` is opened right after a question that had no answer."""
    missed, before = str(ctx.conversation.data.get(MISSED, "")), ctx.conversation.updated_at
    if not missed or before is None:
        return ()
    picked = ctx.choice is not None and ctx.conversation.data.get("question") == missed
    if not picked and ctx.now - before > _REPHRASED_WITHIN:
        return ()
    question = await _countable(ctx, missed)
    return (CountChosen(question=question, dataset=code, picked=picked),) if question else ()


async def _countable(ctx: Context, question: str) -> str:
    """``question`` as it may be counted; empty when it seems to be about a person."""
    if ctx.content.persons.named_in(question) or ctx.content.intents.private.asked_in(question):
        return ""
    return await ctx.reads.countable(question)


def _way_back(ctx: Context) -> tuple[Choice, ...]:
    """Back to the list on offer: its own value, else the question that led to it."""
    data = ctx.conversation.data
    question = str(data.get("question", ""))
    value = data.get("list") or (f"lookup:{question}" if 0 < len(question) <= _LONGEST_VALUE else "")
    return (Choice(label=ctx.say("dataset.back"), value=str(value)),) if value and ctx.conversation.choices else ()


async def give_found(ctx: Context, findings: Findings, question: str) -> Outcome:
    """Answer with what a look-up found: figures, a menu, a suggestion; the honest "không có" when there is nothing."""
    speech = speech_of(ctx)
    if findings.decision is Decision.FIGURES and findings.figures is not None:
        figures = findings.figures
        if figures.form is RowForm.AMBIGUOUS and figures.succession and asks_figure(figures):
            reply = menu.word_former(speech, figures, findings.hits)
            return _offer(ctx, reply, NARROW, figures.dataset.code, question)
        return await give_rows(ctx, figures, question)
    if findings.decision is Decision.MENU:
        return _offer(ctx, menu.word_menu(speech, findings.hits, question), MENU, "", question)
    return await _admit(ctx, findings, question)


async def _admit(ctx: Context, findings: Findings, question: str) -> Outcome:
    """Say that there is no answer, name what is near, and let the question be counted."""
    counted = (CountUnanswered(text=await _countable(ctx, question)),)
    if findings.decision is Decision.SUGGEST and findings.hits:
        outcome = _suggest(ctx, findings, question)
        return replace(outcome, data={**outcome.data, MISSED: question}, effects=counted)
    speech = speech_of(ctx)
    reply = menu.word_none(speech, question)
    before = {key: value for key, value in ctx.conversation.data.items() if key != ANSWER}
    return replace(aside(ctx, reply, effects=counted), data={**before, MISSED: question})


def _suggest(ctx: Context, findings: Findings, question: str) -> Outcome:
    speech = speech_of(ctx)
    near = tuple(hit.dataset for hit in findings.hits[:3])
    choices = menu.dataset_choices(speech, near)
    if len(near) > 1:
        text = speech.say("menu.suggest", question=menu.echo(question))
        return _offer(
            ctx, Reply(text=text, brief=speech.say("menu.brief_suggest"), choices=choices), MENU, "", question
        )
    text = speech.say("menu.confirm", question=menu.echo(question), title=choices[0].label)
    answers = (
        Choice(label=speech.say("menu.confirm_yes"), value=choices[0].value),
        Choice(label=speech.say("menu.confirm_no"), value="confirm:no"),
    )
    return _offer(ctx, Reply(text=text, choices=answers), CONFIRM, "", question)


def _offer(ctx: Context, reply: Reply, state: str, dataset: str, question: str) -> Outcome:
    """Let the person choose; a question that had no answer is remembered until something was chosen."""
    missed = {MISSED: ctx.conversation.data[MISSED]} if ctx.conversation.data.get(MISSED) else {}
    return Outcome(replies=(reply,), state=state, data={"dataset": dataset, "question": question, **missed})
