"""The table by agency as a terminal shows it: as a table where there is room, else agency by agency."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    for headings in (_in_a_line, _in_words):
        widths = {name: _width(headings(words.columns[name].short)) for name in columns}
        left = console.width - sum(widths.values()) - 2 * len(columns)
        if left >= _NAME_WIDTH:
            console.print(_as_table(table, words, widths, headings, left))
            break
    else:
        _print_as_list(table, words, columns, console)
    for line in _notes(table, words, columns):
        console.print(line, highlight=False, markup=False, style="dim", soft_wrap=console.width > _FILE_WIDTH)


def _head(table: AgencyTable, rules: RuleSet, words: TableWords, *, confirmed: bool) -> Iterator[str]:
    days = {name: f"{day:%d/%m/%Y}" for name, day in (("first", table.first), ("last", table.last))}
    yield words.title.format(name=rules.name, today=f"{table.today:%d/%m/%Y}", **days)
    if rules.status is not ProfileStatus.IN_FORCE:
        yield words.status.format(status=words.statuses[rules.status])
    if not confirmed:
        yield words.unconfirmed


def _as_table(
    table: AgencyTable, words: TableWords, widths: Mapping[str, int], heading: Callable[[str], str], left: int
) -> Table:
    """``widths`` are those of the figures' columns, ``left`` is what the names may take."""
    drawn = Table(box=None, pad_edge=False, show_footer=True)
    longest = max(len(_name(row, words)) for row in table.rows)
    drawn.add_column(words.agency, footer=words.total, width=min(left, longest))
    for name, width in widths.items():
        total = Text(_shown(table.total, name), style=_style(table.total, name))
        drawn.add_column(heading(words.columns[name].short), footer=total, justify="right", width=width, no_wrap=True)
    for row in table.rows:
        figures = (Text(_shown(row, name), style=_style(row, name)) for name in widths)
        drawn.add_row(_name(row, words), *figures)
    return drawn


def _print_as_list(table: AgencyTable, words: TableWords, columns: Sequence[str], console: Console) -> None:
    for row in table.rows:
        console.print(_name(row, words))
        console.print(_figures(row, words, columns, console.width))
    console.print(words.total)
    console.print(_figures(table.total, words, columns, console.width))


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


def _in_a_line(heading: str) -> str:
    return heading


def _in_words(heading: str) -> str:
    """One word below the other: Vietnamese syllables are short."""
    return heading.replace(" ", "\n")


def _width(heading: str) -> int:
    """How wide a column must be for its heading and figures of three digits with a star."""
    return max(4, *map(len, heading.split("\n")))
