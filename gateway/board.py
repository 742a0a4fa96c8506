"""The table by agency as a terminal shows it: as a table where there is room, else agency by agency."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.core.obligations.profile import ProfileStatus, RuleSet
from bot.reports.agency_table import AgencyRow, AgencyTable
from bot.reports.table_words import COLUMNS, TableWords

_FILE_WIDTH = 160
_NAME_WIDTH = 24
"""What a name needs beside the figures to be read; narrower terminals get a list."""
_ALWAYS = frozenset({"due", "verified", "reported", "open"})
_COLOURS = {"missing": "red", "late": "red", "unmet": "yellow", "verified": "green", "down": "magenta"}


def draw(table: AgencyTable, rules: RuleSet, words: TableWords, console: Console, *, confirmed: bool) -> None:
    """Print ``table`` of the rule set ``rules``; ``confirmed``: it may urge. Columns that are all zero are left out."""
    if not console.is_terminal:
        console.width = _FILE_WIDTH  # whoever reads it later has no terminal to fit
    for line in _head(table, rules, words, confirmed=confirmed):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if not table.rows:
        console.print(words.no_rows, highlight=False, markup=False)
        return
    columns = [name for name in COLUMNS if name in _ALWAYS or _number(table.total, name)]
    if console.width >= _NAME_WIDTH + sum(_width(words, name) + 2 for name in columns):
        console.print(_as_table(table, words, columns))
    else:
        for row in table.rows:
            console.print(_name(row, words))
            console.print(_figures(row, words, columns, console.width))
        console.print(words.total)
        console.print(_figures(table.total, words, columns, console.width))
    for line in _notes(table, words, columns):
        console.print(line, highlight=False, markup=False, style="dim", soft_wrap=console.width > _FILE_WIDTH)


def _head(table: AgencyTable, rules: RuleSet, words: TableWords, *, confirmed: bool) -> Iterator[str]:
    days = {name: f"{day:%d/%m/%Y}" for name, day in (("first", table.first), ("last", table.last))}
    yield words.title.format(name=rules.name, today=f"{table.today:%d/%m/%Y}", **days)
    if rules.status is not ProfileStatus.IN_FORCE:
        yield words.status.format(status=words.statuses[rules.status])
    if not confirmed:
        yield words.unconfirmed


def _as_table(table: AgencyTable, words: TableWords, columns: Sequence[str]) -> Table:
    drawn = Table(box=None, pad_edge=False, show_footer=True)
    drawn.add_column(words.agency, footer=words.total, overflow="fold", min_width=_NAME_WIDTH)
    for name in columns:
        total = Text(_shown(table.total, name), style=_style(table.total, name))
        drawn.add_column(words.columns[name].short, footer=total, justify="right", min_width=_width(words, name))
    for row in table.rows:
        figures = (Text(_shown(row, name), style=_style(row, name)) for name in columns)
        drawn.add_row(_name(row, words), *figures)
    return drawn


def _figures(row: AgencyRow, words: TableWords, columns: Sequence[str], width: int) -> Text:
    """The figures of a row that are not zero, where a table has no room; none of them is broken over two lines."""
    text, place = Text(" "), 1
    for name in columns:
        if not (_number(row, name) or name == "due"):
            continue
        figure = f" {words.columns[name].short} {_shown(row, name)}"
        if place > 1 and place + len(figure) + 2 > width:
            text.append("\n ")
            place = 1
        elif place > 1:
            text.append(" ·")
            place += 2
        text.append(figure, _style(row, name))
        place += len(figure)
    return text


def _name(row: AgencyRow, words: TableWords) -> Text:
    text = Text(row.name or words.nobody)
    return text.append(f" ({words.vacant})", "red") if row.vacant else text


def _notes(table: AgencyTable, words: TableWords, columns: Sequence[str]) -> Iterator[str]:
    for name in columns:
        yield f"{words.columns[name].short}: {words.columns[name].long}"
    if table.total.down:
        yield words.down_note.format(days=_days(table.total.down))
    vacant = sum(row.vacant for row in table.rows)
    figures = table.total.figures
    counted = (
        (words.vacant_note, vacant),
        (words.provisional_note, figures.provisional),
        (words.outside_note, figures.outside),
    )
    yield from (note.format(count=count) for note, count in counted if count)


def _days(days: Sequence[date]) -> str:
    return ", ".join(f"{day:%d/%m}" for day in days)


def _number(row: AgencyRow, name: str) -> int:
    return len(row.down) if name == "down" else int(getattr(row.figures, name))


def _shown(row: AgencyRow, name: str) -> str:
    """The figure; a star behind what is due where some of its dates are provisional."""
    star = "*" if name == "due" and row.figures.provisional else ""
    return f"{_number(row, name)}{star}"


def _style(row: AgencyRow, name: str) -> str:
    return _COLOURS.get(name, "") if _number(row, name) else "dim"


def _width(words: TableWords, name: str) -> int:
    """The narrowest a column may be: its longest word. Vietnamese headings break between syllables."""
    return max(4, *(len(word) for word in words.columns[name].short.split()))
