"""Several rows in words: how many, of what, and a page of them."""

from bot.core.findings import ColumnKind, ColumnRole, RowFinding
from bot.wording.figure import Row, asked_places, cell, cells, heading, is_named
from bot.wording.speech import Speech, clip

PAGE = 10
"""Rows of one page."""

_ROW_LENGTH = 160
_OPEN_COLUMNS = 3


def count(speech: Speech, finding: RowFinding) -> str:
    """How many rows there are, split by kind where that is known; says that the number was computed."""
    parts = [speech.say("answer.part", count=number, kind=kind.lower()) for kind, number in finding.breakdown]
    if len(parts) > 1:
        counted = speech.say("answer.sum", parts=", ".join(parts), total=thousands(finding.total))
    else:
        counted = parts[0] if parts else speech.say("answer.results", total=thousands(finding.total))
    subject = ", ".join(_subjects(speech, finding).values())
    if not subject:
        return speech.say("answer.count", counted=counted)
    return speech.say("answer.count_of", subject=subject, counted=counted)


def thousands(number: int) -> str:
    """A number that we computed, with dots between thousands."""
    return f"{number:,}".replace(",", ".")


def _subjects(speech: Speech, finding: RowFinding) -> dict[str, str]:
    """What selected the rows: values that all rows share and that the question named, and how to call them."""
    found: dict[str, str] = {}
    for place, column in enumerate(finding.columns):
        values = {row[place].strip() for row in finding.rows}
        if len(values) != 1 or place == finding.name or column.role in (ColumnRole.SORT, ColumnRole.SOURCE):
            continue
        (value,) = values
        if column.kind is not ColumnKind.CODE and is_named(speech, finding, value):
            found[value] = value if speech.content.without_sort(value) != value else f"{column.label} {value}"
    return found


def page_of(finding: RowFinding, page: int) -> tuple[Row, ...]:
    """The rows of page ``page`` (from 0) among those that are carried."""
    return finding.rows[page * PAGE : (page + 1) * PAGE]


def list_lines(speech: Speech, finding: RowFinding, page: int) -> tuple[str, ...]:
    """One line for each row of a page: its name, and what was asked for or, in an opened table, its first columns."""
    places = asked_places(finding) or (() if finding.matched else _first_columns(finding))
    return tuple(
        speech.say("answer.row", text=clip(text, _ROW_LENGTH))
        for text in _lines(speech, finding, page_of(finding, page), places)
    )


def _lines(speech: Speech, finding: RowFinding, rows: tuple[Row, ...], places: tuple[int, ...]) -> list[str]:
    known = frozenset(_subjects(speech, finding))
    lines = [heading(speech, finding, row, known=known) for row in rows]
    if not places:
        return lines
    figures = [
        cell(speech, finding, row, places[0]) if len(places) == 1 else cells(speech, finding, row, places)
        for row in rows
    ]
    return [speech.say("answer.row_with", name=name, cells=text) for name, text in zip(lines, figures, strict=True)]


def _first_columns(finding: RowFinding) -> tuple[int, ...]:
    shown = [
        place
        for place, column in enumerate(finding.columns)
        if place != finding.name
        and column.role in (ColumnRole.PLAIN, ColumnRole.MERGED)
        and column.kind not in (ColumnKind.CODE, ColumnKind.YEAR)
    ]
    return tuple(shown[:_OPEN_COLUMNS])


def brief_names(speech: Speech, finding: RowFinding, page: int) -> str:
    """The rows of a page on one line, and how many come after them."""
    names = _lines(speech, finding, page_of(finding, page), asked_places(finding))
    more = finding.total - page * PAGE - len(names)
    if more > 0:
        names.append(speech.say("answer.more", count=thousands(more)))
    return "; ".join(names)
