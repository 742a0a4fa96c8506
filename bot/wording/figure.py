"""One row in words: its name, its cells, what tells it from the others."""

import re
from dataclasses import replace

from bot.core.figures import format_figure
from bot.core.findings import Column, ColumnKind, ColumnRole, RowFinding
from bot.core.text import fold, tokens
from bot.wording.speech import Speech, clip, inside, opening

Row = tuple[str, ...]

_ORDINALS = frozenset({"stt", "tt", "so thu tu"})
_KEY = re.compile(r"id|.*(?:_id|[a-z]I[dD])")
"""Headings of numbers by which only a program knows a row: "id", "placeId"."""
_YEARS = frozenset({"nam", "year"})
_UNCHANGED = "giu nguyen"
_IDENTITY = frozenset({ColumnRole.NAME, ColumnRole.MERGED, ColumnRole.PLACE})
_SHORT_VALUE = 40
_SUCCESSORS = 10
_LABEL_LENGTH = 80


def heading(speech: Speech, finding: RowFinding, row: Row, *, known: frozenset[str] = frozenset()) -> str:
    """What the row is about: its name, the unit it lies in, its year – except what was asked for or is ``known``."""
    around = [row[place].strip() for place in context(speech, finding, row) if place not in finding.asked]
    values = tuple(dict.fromkeys(filter(None, (row[finding.name].strip(), *around))))
    told = tuple(value for value in values if value not in known) or values
    return ", ".join((*told[:1], *map(speech.unit_inside, told[1:])))


def context(speech: Speech, finding: RowFinding, row: Row) -> tuple[int, ...]:
    """The columns that say where, when and for whom.

    Units ("Tỉnh An Giang", not the region "Trung"), the year of figures, what else the question chose by ("Trẻ em").
    """
    chosen_by = set(finding.matched) - set(tokens(row[finding.name]))

    def tells(place: int, column: Column) -> bool:
        if column.role is ColumnRole.PLACE and speech.content.without_sort(row[place]) != row[place]:
            return True
        if column.kind is ColumnKind.YEAR and fold(column.label) in _YEARS:
            return True
        plain = column.role is ColumnRole.PLAIN and len(row[place]) <= _SHORT_VALUE
        return plain and not chosen_by.isdisjoint(tokens(row[place]))

    return tuple(n for n, column in enumerate(finding.columns) if n != finding.name and tells(n, column))


def is_named(speech: Speech, finding: RowFinding, value: str) -> bool:
    """Whether the question named ``value``, with or without its sort."""
    return set() < set(tokens(speech.content.without_sort(value))) <= set(finding.matched)


def cell(speech: Speech, finding: RowFinding, row: Row, place: int) -> str:
    """The value of one cell with its unit, printed as it is; words for a value that the source does not give."""
    column = finding.columns[place]
    value = format_figure(row[place], column.kind, column.mark)
    if value is None:
        return speech.say("answer.missing")
    return speech.say("answer.unit", value=value, unit=column.unit) if column.unit else value


def cells(speech: Speech, finding: RowFinding, row: Row, places: tuple[int, ...]) -> str:
    """Several cells with their labels, on one line."""
    return "; ".join(_field(speech, finding, row, place) for place in places)


def asked_cells(speech: Speech, finding: RowFinding, row: Row) -> str:
    """The answer to a question for certain columns: whose they are, then each with its label."""
    asked = asked_places(finding)
    if not asked:
        return _field(speech, finding, row, finding.name)
    first, *rest = asked
    column = finding.columns[first]
    answer = speech.say(
        "answer.cell",
        name=opening(heading(speech, finding, row)),
        label=inside(column.label),
        value=cell(speech, finding, row, first),
    )
    return "; ".join(filter(None, (answer, cells(speech, finding, row, tuple(rest)))))


def asked_places(finding: RowFinding) -> tuple[int, ...]:
    """The columns that were asked for, besides the one that names the row."""
    return tuple(place for place in finding.asked if place != finding.name)


def asks_figure(finding: RowFinding) -> bool:
    """Whether more was asked for than which unit it is: what is true of a new unit only, not of a former one."""
    return any(finding.columns[place].role not in _IDENTITY for place in finding.asked)


def asks_number(finding: RowFinding) -> bool:
    """Whether a figure was asked for in the narrow sense: what compares only between units of one extent."""
    return any(finding.columns[place].kind is ColumnKind.NUMBER for place in finding.asked)


def succession(speech: Speech, finding: RowFinding) -> str:
    """The units to which a former one belongs now; empty when none was asked for."""
    if finding.succession is None:
        return ""
    whole = replace(finding, asked=())
    now = dict.fromkeys(speech.unit_inside(heading(speech, whole, row)) for row in finding.rows[:_SUCCESSORS])
    return speech.say("answer.succession", former=opening(finding.succession.former), now="; ".join(now))


def merged(speech: Speech, finding: RowFinding, row: Row) -> str:
    """The former units of which the row's unit was made, unless asked for anyway; empty when it stayed as it was."""
    return "; ".join(
        _field(speech, finding, row, place)
        for place, column in enumerate(finding.columns)
        if column.role is ColumnRole.MERGED
        and place not in finding.asked
        and row[place].strip()
        and fold(row[place]).strip() != _UNCHANGED
    )


def record(speech: Speech, finding: RowFinding, row: Row) -> tuple[str, ...]:
    """Every column that has a value, one text each; what is in the heading and the sources stand elsewhere."""
    beside = context(speech, finding, row)
    return tuple(
        _field(speech, finding, row, place)
        for place, column in enumerate(finding.columns)
        if place not in (finding.name, *beside)
        and column.role is not ColumnRole.SOURCE
        and fold(column.name) not in _ORDINALS
        and not _KEY.fullmatch(column.name)
        and format_figure(row[place], column.kind) is not None
    )


def distinct_rows(finding: RowFinding) -> tuple[tuple[int, Row], ...]:
    """The matching rows with their numbers, a row that the table repeats only once."""
    seen: dict[Row, int] = {}
    for number, row in zip(finding.numbers, finding.rows, strict=True):
        seen.setdefault(row, number)
    return tuple((number, row) for row, number in seen.items())


def labels(speech: Speech, finding: RowFinding, rows: tuple[Row, ...]) -> tuple[str, ...]:
    """A short name for each of ``rows`` that tells it from the others, with as few columns as that takes."""
    return tuple(clip(text, _LABEL_LENGTH) for text in told_apart(speech, finding, rows))


def told_apart(
    speech: Speech,
    finding: RowFinding,
    rows: tuple[Row, ...],
    *,
    known: frozenset[str] = frozenset(),
    shown: tuple[int, ...] = (),
) -> list[str]:
    """The headings of ``rows``, with short texts of as few other columns as it takes to tell them apart.

    What is ``known`` gives way to these; the columns ``shown`` stand behind the headings anyway.
    """
    texts = [heading(speech, finding, row, known=known) for row in rows]
    for place, column in enumerate(finding.columns):
        if len(set(texts)) == len(texts):
            break
        values = {row[place] for row in rows}
        short = len(values) > 1 and all(len(value) <= _SHORT_VALUE for value in values)
        if column.kind is ColumnKind.TEXT and place not in shown and short:
            texts = [_with(text, row[place].strip(), known) for text, row in zip(texts, rows, strict=True)]
    return texts


def _with(text: str, value: str, known: frozenset[str]) -> str:
    if not value or fold(value) in fold(text):
        return text
    return value if text in known else f"{text}, {value}"


def _field(speech: Speech, finding: RowFinding, row: Row, place: int) -> str:
    label, value = finding.columns[place].label, cell(speech, finding, row, place)
    return speech.say("answer.field", label=label, value=value)
