"""Several rows in words: how many, of what, and a page of them."""

from dataclasses import replace

from bot.core.findings import Column, ColumnKind, ColumnRole, RowFinding, RowForm
from bot.core.text import tokens
from bot.wording.figure import Row, asked_places, cell, cells, context, is_named, told_apart
from bot.wording.speech import Speech, clip, inside, opening

PAGE = 10
"""Rows of one page."""

_ROW_LENGTH = 160
_TITLE_LENGTH = 90
_OPEN_COLUMNS = 3
_NAMELESS = frozenset({"ten", "ten goi", "ten day du", "name", "title"})
_FIRST_WORD = "ten"


def count(speech: Speech, finding: RowFinding, *, letter: str = "", brief: bool = False) -> str:
    """How many rows there are and of what, split by kind where that is known; says that the number was computed.

    ``letter`` is the initial to which a list was narrowed. In ``brief`` the unit of the one asked column is told here
    and, where the rows have nothing in common, the dataset: nothing else there says what was counted.
    """
    subject = _subject(speech, finding, letter, unit=brief)
    if brief and not _common(speech, finding):
        title = clip(finding.dataset.title, _TITLE_LENGTH)
        subject = f"{title}, {subject}" if subject else title
    counted = _counted(speech, finding)
    if not subject:
        return speech.say("answer.count", counted=counted)
    return speech.say("answer.count_of", subject=opening(subject), counted=counted)


def _counted(speech: Speech, finding: RowFinding) -> str:
    """The number of things with their kinds; where the table repeats lines, how many lines it has."""
    said = _things(speech, finding)
    if not finding.repeats or finding.form is not RowForm.COUNT:
        return said
    lines = thousands(finding.total + finding.repeats)
    return f"{said}; {speech.say('answer.repeats', lines=lines, repeats=thousands(finding.repeats))}"


def _things(speech: Speech, finding: RowFinding) -> str:
    total = thousands(finding.total)
    parts = [
        speech.say("answer.part", count=thousands(number), kind=kind.lower()) for kind, number in finding.breakdown
    ]
    if len(parts) > 1:
        return speech.say("answer.sum", parts=", ".join(parts), total=total)
    if parts:
        return parts[0]
    kind = _kind(finding)
    return speech.say("answer.part", count=total, kind=kind) if kind else speech.say("answer.results", total=total)


def _kind(finding: RowFinding) -> str:
    """What the rows are, by the heading of the column in which they differ; empty when no heading says it."""
    column = finding.columns[finding.name]
    if len({row[finding.name] for row in finding.rows}) < len(finding.rows):
        years = [place for place, column in enumerate(finding.columns) if column.kind is ColumnKind.YEAR]
        if len(years) != 1 or len({row[years[0]] for row in finding.rows}) < len(finding.rows):
            return ""
        column = finding.columns[years[0]]
    label = inside(column.label)
    if " ".join(tokens(label)) in _NAMELESS:
        return ""
    return label.split(maxsplit=1)[1] if tokens(label)[:1] == (_FIRST_WORD,) else label


def thousands(number: int) -> str:
    """A number that we computed, with dots between thousands."""
    return f"{number:,}".replace(",", ".")


def _subject(speech: Speech, finding: RowFinding, letter: str, *, unit: bool) -> str:
    """What the rows have in common: where, when, which figure, which initial."""
    parts = [speech.unit_inside(text) for text in _common(speech, finding).values()]
    figure = _only_figure(finding)
    if figure is not None:
        label = inside(figure.label)
        parts.append(speech.say("answer.in_unit", label=label, unit=figure.unit) if unit and figure.unit else label)
    if letter:
        parts.append(speech.say("answer.with_initial", letter=letter))
    return ", ".join(parts)


def _only_figure(finding: RowFinding) -> Column | None:
    """The one column that was asked for of each row of a list."""
    places = asked_places(finding)
    return finding.columns[places[0]] if len(places) == 1 and finding.form is RowForm.LIST else None


def _common(speech: Speech, finding: RowFinding) -> dict[str, str]:
    """Values that all rows share, and how to call them: the lower unit first, then what else the question named."""
    found: dict[str, str] = {}
    places = sorted(range(len(finding.columns)), key=lambda place: _order(finding.columns[place], place))
    for place in places:
        column, values = finding.columns[place], {row[place].strip() for row in finding.rows}
        if len(values) != 1 or column.role in (ColumnRole.SORT, ColumnRole.SOURCE) or column.kind is ColumnKind.CODE:
            continue
        (value,) = values
        if value and _tells(speech, finding, place, value):
            unit = place == finding.name or speech.content.without_sort(value) != value
            found[value] = value if unit else f"{column.label} {value}"
    return found


def _order(column: Column, place: int) -> tuple[bool, int]:
    return (False, -place) if column.role in (ColumnRole.PLACE, ColumnRole.NAME) else (True, place)


def _tells(speech: Speech, finding: RowFinding, place: int, value: str) -> bool:
    """Whether a shared value belongs to the subject: named in the question, or repeated in the heading of every row."""
    if place in finding.asked:
        return False
    if place == finding.name:
        return len(finding.rows) > 1
    whole = 1 < len(finding.rows) == finding.total
    return is_named(speech, finding, value) or (whole and place in context(speech, finding, finding.rows[0]))


def page_of(finding: RowFinding, page: int) -> tuple[Row, ...]:
    """The rows of page ``page`` (from 0) among those that are carried."""
    return finding.rows[page * PAGE : (page + 1) * PAGE]


def list_lines(speech: Speech, finding: RowFinding, page: int) -> tuple[str, ...]:
    """One line for each row of a page: its name, and what was asked for or, in an opened table, its first columns."""
    places = _shown(finding)
    return tuple(
        speech.say("answer.row", text=clip(text, _ROW_LENGTH))
        for text in _lines(speech, finding, page_of(finding, page), places)
    )


def _lines(speech: Speech, finding: RowFinding, rows: tuple[Row, ...], places: tuple[int, ...]) -> list[str]:
    known = frozenset(_common(speech, finding))
    lines = told_apart(speech, finding, rows, known=known, shown=places)
    if not places:
        return lines
    figures = [
        cell(speech, finding, row, places[0]) if len(places) == 1 else cells(speech, finding, row, places)
        for row in rows
    ]
    return [speech.say("answer.row_with", name=name, cells=text) for name, text in zip(lines, figures, strict=True)]


def _shown(finding: RowFinding) -> tuple[int, ...]:
    """The columns of every line: those asked for; the first where the rows are a table's or one thing's over years."""
    of_one_thing = finding.total > 1 and len({row[finding.name] for row in finding.rows}) == 1
    over_years = of_one_thing and any(column.kind is ColumnKind.YEAR for column in finding.columns)
    return asked_places(finding) or (_first_columns(finding) if over_years or not finding.matched else ())


def _first_columns(finding: RowFinding) -> tuple[int, ...]:
    shown = [
        place
        for place, column in enumerate(finding.columns)
        if place != finding.name
        and column.role in (ColumnRole.PLAIN, ColumnRole.MERGED)
        and column.kind not in (ColumnKind.CODE, ColumnKind.YEAR)
    ]
    return tuple(shown[:_OPEN_COLUMNS])


def brief_names(speech: Speech, finding: RowFinding, page: int) -> tuple[str, ...]:
    """The rows of a page, short: the unit of the one figure asked for is told before (:func:`count`)."""
    figure = _only_figure(finding)
    if figure is not None and figure.unit:
        place = finding.columns.index(figure)
        bare = (*finding.columns[:place], replace(figure, unit=""), *finding.columns[place + 1 :])
        finding = replace(finding, columns=bare)
    return tuple(_lines(speech, finding, page_of(finding, page), asked_places(finding)))
