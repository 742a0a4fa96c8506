"""A chart: of the last answer (BIỂU ĐỒ), of an entry of the list (BIỂU ĐỒ 2), of an earlier answer (by its code)."""

import asyncio
import re
from dataclasses import replace

from bot.answering import ANSWER, CONFIRM, MENU, aside, gone, refuse_entry, speech_of
from bot.core.aggregates import level_of
from bot.core.answer_code import LONGEST, is_code, normalise_code
from bot.core.catalogue import Dataset
from bot.core.charts import Subject, subject_of
from bot.core.effects import RecordAnswer
from bot.core.findings import ColumnKind, ColumnRole, Decision, RowFinding
from bot.core.messages import Reply
from bot.core.plot import Grid, Unplottable, choose
from bot.core.text import fold
from bot.handler import Context, Handler, Outcome
from bot.wording.chart import Charted
from bot.wording.listing import thousands
from bot.wording.speech import clip, inside

_DATASET = re.compile(r"dataset:(?P<code>[^:]+)")
_ROW = re.compile(r"row:(?P<code>[^:]+):(?P<table>[^:]+):(?P<row>\d{1,9}):(?P<asked>[\d,]*)")
_LIST = re.compile(r"rows:(?:next|back):(?P<code>[^:]+):\d+:[^:]*:(?P<question>.*)", re.DOTALL)
_TITLE, _FIELDS = 60, 5


async def handle(ctx: Context) -> Outcome:
    """Draw what is meant; else say why there is nothing to draw, and what can be asked."""
    argument = ctx.command.argument if ctx.command else ctx.choice or ""
    answer = str(ctx.conversation.data.get(ANSWER, ""))
    if argument and not is_code(argument) and ctx.command:
        if ctx.conversation.choices or not answer or int(argument) != 1:
            return await _of_entry(ctx, int(argument))
        argument = ""  # a single answer has no number; whoever gives it one means that answer
    code = normalise_code(argument or answer)
    if not code:
        only = len(ctx.conversation.choices) == 1
        return await _of_entry(ctx, 1) if only else aside(ctx, _ask(ctx))
    kept = await ctx.reads.answer(code)
    if kept is None:
        return aside(ctx, Reply(text=ctx.say("reopen.unknown", code=clip(code, LONGEST))))
    return await _of_subject(ctx, kept.subject)


def _ask(ctx: Context) -> Reply:
    speech = speech_of(ctx)
    if ctx.conversation.choices:
        return Reply(text=speech.say("chart.which", invite=speech.invite(speech.say("chart.word_1"))))
    return Reply(text=speech.say("chart.no_answer", example=speech.ask(speech.say("start.example_1"))))


async def _of_entry(ctx: Context, number: int) -> Outcome:
    choices = ctx.conversation.choices
    if number > len(choices):
        return aside(ctx, refuse_entry(ctx) if choices else _ask(ctx))
    subject = await _meant(ctx, choices[number - 1].value)
    if subject is None:
        return aside(ctx, Reply(text=ctx.say("chart.no_entry", number=number)))
    return await _of_subject(ctx, subject)


async def _meant(ctx: Context, value: str) -> Subject | None:
    """What an entry of the list stands for: a dataset with the question that led to it, a row, the list itself."""
    if match := _DATASET.fullmatch(value):
        question = str(ctx.conversation.data.get("question", "")) if ctx.conversation.state in (MENU, CONFIRM) else ""
        return await _asked_of(ctx, match["code"], question)
    if match := _ROW.fullmatch(value):
        asked = tuple(int(place) for place in match["asked"].split(",") if place)
        return Subject(dataset=match["code"], table=match["table"], rows=(int(match["row"]),), of=1, asked=asked)
    if match := _LIST.fullmatch(value):
        return await _asked_of(ctx, match["code"], match["question"])
    return None


async def _asked_of(ctx: Context, code: str, question: str) -> Subject:
    """The rows of dataset ``code`` that answer ``question``, else the dataset as a whole."""
    found = await ctx.reads.find_in(code, question) if question else None
    if found is None or found.figures is None or found.decision is not Decision.FIGURES:
        return Subject(dataset=code)
    return subject_of(found.figures)


async def _of_subject(ctx: Context, subject: Subject) -> Outcome:
    dataset = await ctx.reads.dataset(subject.dataset)
    if dataset is None:
        return gone(ctx, subject.dataset)
    whole = await ctx.reads.whole(subject)
    if whole is None:
        return aside(ctx, _not_loaded(ctx, dataset, subject))
    limited = 0 < len(subject.rows) < subject.of != whole.total
    places = {number: place for place, number in enumerate(whole.numbers)}
    if limited or not whole.rows or not places.keys() >= set(subject.rows):
        return aside(ctx, _too_many(ctx, subject.of or whole.total))
    chosen = () if len(subject.rows) < subject.of else tuple(places[number] for number in subject.rows)
    return await _draw(ctx, whole, _grid(ctx, whole, chosen, subject.asked), subject)


def _grid(ctx: Context, whole: RowFinding, chosen: tuple[int, ...], asked: tuple[int, ...]) -> Grid:
    content = ctx.content
    provinces = {fold(name) for name in content.provinces.values()}

    def is_unit(name: str) -> bool:
        return content.without_sort(name) != name or fold(name) in provinces

    return Grid(
        columns=whole.columns,
        name=whole.name,
        rows=whole.rows,
        chosen=chosen,
        asked=tuple(place for place in asked if place < len(whole.columns)),
        adds_up=lambda name: level_of(name) is not None,
        is_unit=is_unit,
    )


async def _draw(ctx: Context, whole: RowFinding, grid: Grid, subject: Subject) -> Outcome:
    plot = await asyncio.to_thread(choose, grid)  # thousands of rows are read as numbers
    if isinstance(plot, Unplottable):
        return aside(ctx, _nothing_to_draw(ctx, whole, plot))
    speech = speech_of(ctx)
    charted = Charted(speech, whole, grid, plot)
    chart = charted.chart()
    identity = "|".join((whole.dataset.code, str(whole.resource.table), "chart", chart.digest, speech.language))
    code = await ctx.reads.answer_code(identity)
    chart = replace(chart, source=(*chart.source, speech.say("answer.code", code=code)))
    reply = charted.reply(chart, code)
    again = replace(reply, brief=charted.recalled(code))
    record = RecordAnswer(
        code=code,
        identity=identity,
        dataset=subject.dataset,
        reply=again,
        table=whole.resource.table or "",
        rows=subject.rows,
        total=subject.of,
        asked=subject.asked,
        chart=chart,
    )
    return replace(aside(ctx, reply, effects=(record,)), data={**ctx.conversation.data, ANSWER: code})


def _not_loaded(ctx: Context, dataset: Dataset, subject: Subject) -> Reply:
    speech = speech_of(ctx)
    if subject.table and any(resource.table for resource in dataset.resources):
        return Reply(text=speech.say("chart.changed", invite=speech.invite(speech.say("chart.word"))))
    text = speech.say("chart.no_table", title=clip(dataset.title, _TITLE))
    return Reply(text=text, link=dataset.url or None)


def _too_many(ctx: Context, total: int) -> Reply:
    speech = speech_of(ctx)
    invite = speech.invite(speech.say("chart.word"))
    return Reply(text=speech.say("chart.too_many", total=thousands(total), invite=invite))


def _nothing_to_draw(ctx: Context, whole: RowFinding, why: Unplottable) -> Reply:
    """Why there is no chart, and what the table holds instead."""
    told = (
        inside(column.label)
        for place, column in enumerate(whole.columns)
        if place != whole.name and column.role is not ColumnRole.SOURCE and column.kind is not ColumnKind.CODE
    )
    fields = "; ".join(tuple(dict.fromkeys(told))[:_FIELDS])
    if why is Unplottable.VALUES:
        return Reply(text=ctx.say("chart.no_values", fields=fields))
    return Reply(text=ctx.say("chart.no_numbers", title=clip(whole.dataset.title, _TITLE), fields=fields))


HANDLER = Handler(name="chart", handle=handle, commands=("chart",))
