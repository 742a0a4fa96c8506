"""Which figures of a table belong into one chart: cells by row and column, not yet worded or drawn."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from bot.core.charts import ChartKind
from bot.core.figures import format_figure, parse_number
from bot.core.findings import Column, ColumnKind, ColumnRole
from bot.core.text import fold

MOST_BARS = 35
"""More cannot be read on a phone: then only the :data:`HIGHEST`. All provinces, and the country, still can."""
HIGHEST = 10
MOST_LINES = 4

_YEAR_AT_END = re.compile(r"(?:(?P<stem>.*\S), )?(?P<year>(?:19|20)\d\d)", re.DOTALL)
_PERIODS = frozenset({"nam", "year"})
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:\.\d+)?[eE][-+]?\d{1,2}")

Row = tuple[str, ...]
Cell = tuple[int, int]
"""A figure by the place of its row among the rows of the chart, and of its column."""


class Unplottable(StrEnum):
    """Why there is nothing to draw: NUMBERS no column of numbers · VALUES no value where one was asked for."""

    NUMBERS = "numbers"
    VALUES = "values"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The table that a chart is taken from.

    ``name`` is the column that names a row. ``chosen`` are the places of the rows that were asked for, none = all;
    ``asked`` the columns. ``adds_up`` tells the name of a row that adds up others, ``is_unit`` that of a place.
    """

    columns: tuple[Column, ...]
    name: int
    rows: tuple[Row, ...]
    chosen: tuple[int, ...] = ()
    asked: tuple[int, ...] = ()
    adds_up: Callable[[str], bool] = field(repr=False)
    is_unit: Callable[[str], bool] = field(repr=False)

    def value(self, cell: Cell) -> Decimal | None:
        """The number in ``cell``, None where the source gives none."""
        row, place = cell
        return read_value(self.rows[row][place], self.columns[place])

    def named(self, row: int) -> str:
        """What the row is called."""
        return self.rows[row][self.name].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is drawn. Each of ``series`` holds the cells of one line, or of all bars, in the order of drawing.

    ``by_column``: the columns are what the points are told apart by, not the rows; else ``period`` is the column of the
    years of a LINE. ``year`` is that of all bars, where they have one. ``compared`` are all the bars that there were
    before only the highest were kept. ``own`` is what the question was about.
    """

    kind: ChartKind
    series: tuple[tuple[Cell, ...], ...]
    by_column: bool = False
    period: int | None = None
    year: str = ""
    compared: tuple[Cell, ...] = ()
    own: Cell | None = None


def read_value(text: str, column: Column) -> Decimal | None:
    """The number that ``text`` prints in ``column`` ("12,5 %" is 12.5, "8.00E+05" 800000); None if none."""
    shown = format_figure(text, column.kind, column.mark)
    if shown is None:
        return None
    bare = text.strip().removesuffix("%").strip()
    return Decimal(bare) if _SCIENTIFIC.fullmatch(bare) else parse_number(bare, column.mark)


def choose(grid: Grid) -> Plot | Unplottable:
    """What to draw of ``grid``.

    The figures over the years where there are several years of at most :data:`MOST_LINES` names; else a bar for each
    row, of the year that was asked for or the latest. Of more than :data:`MOST_BARS` only the highest. Without asked
    numbers, the first column of numbers.
    """
    numbers = tuple(place for place, column in enumerate(grid.columns) if column.kind is ColumnKind.NUMBER)
    if not numbers:
        return Unplottable.NUMBERS
    asked = tuple(place for place in grid.asked if place in numbers)
    grid = replace(grid, asked=asked or numbers, chosen=_distinct(grid, grid.chosen))
    several = _over_columns(grid) if asked or len(grid.rows) == 1 else None
    plot = _over_year_columns(grid, numbers) or _over_year_rows(grid) or several or _over_rows(grid)
    if not any(grid.value(cell) is not None for cells in plot.series for cell in cells):
        return Unplottable.VALUES
    return plot


# --- years ---------------------------------------------------------------------------------------------


def split_year(label: str) -> tuple[str, str] | None:
    """What the label of a column says besides its year, and the year ("Dân số, 2019"); None without a year."""
    match = _YEAR_AT_END.fullmatch(label)
    return (match["stem"] or "", match["year"]) if match else None


def _over_year_columns(grid: Grid, numbers: Sequence[int]) -> Plot | None:
    """The figures of columns that differ only by their year; bars of one of them where there are many rows."""
    asked = next((place for place in grid.asked if split_year(grid.columns[place].label)), None)
    if asked is None:
        return None
    unit, (stem, _) = grid.columns[asked].unit, split_year(grid.columns[asked].label) or ("", "")
    years = {
        found[1]: place
        for place in numbers
        if grid.columns[place].unit == unit and (found := split_year(grid.columns[place].label)) and found[0] == stem
    }
    if len(years) < 2:
        return None
    rows = _without_sums(grid, grid.chosen or _distinct(grid, range(len(grid.rows))))
    ordered = [years[year] for year in sorted(years)]
    alone = {grid.asked[0]} if len(grid.asked) == 1 else set()
    if len(rows) <= MOST_LINES:
        series = tuple(tuple((row, place) for place in ordered) for row in rows)
        own = (rows[0], grid.asked[0]) if alone and len(rows) == 1 else None
        return Plot(kind=ChartKind.LINE, series=series, by_column=True, own=own)
    filled = [place for place in ordered if any(grid.value((row, place)) is not None for row in rows)]
    place = next(iter(alone), filled[-1] if filled else ordered[-1])
    found = split_year(grid.columns[place].label)
    return _bars(grid, [(row, place) for row in rows], year=found[1] if found else "")


def _over_year_rows(grid: Grid) -> Plot | None:
    """The figures of rows that differ by their year."""
    period = next((place for place, column in enumerate(grid.columns) if _is_period(column)), None)
    if period is None:
        return None
    chosen = grid.chosen or _distinct(grid, range(len(grid.rows)))
    groups: dict[str, list[int]] = {}
    for row in chosen:
        groups.setdefault(grid.named(row), []).append(row)
    if len(groups) == 1 and len(chosen) == 1:
        groups = {name: _same_but_year(grid, rows[0], period) for name, rows in groups.items()}
    place = grid.asked[0]
    repeated = any(len({grid.rows[row][period] for row in rows}) < len(rows) for rows in groups.values())
    several = len({grid.rows[row][period] for rows in groups.values() for row in rows}) > 1
    if several and not repeated and len(groups) <= MOST_LINES:
        series = tuple(
            tuple((row, place) for row in sorted(rows, key=lambda row: grid.rows[row][period]))
            for rows in groups.values()
        )
        return Plot(kind=ChartKind.LINE, series=series, period=period, own=_own(chosen, place))
    return _bars_of_year(grid, period, place, chosen)


def _bars_of_year(grid: Grid, period: int, place: int, chosen: Sequence[int]) -> Plot:
    peers = range(len(grid.rows)) if len(chosen) == 1 else chosen
    wanted = grid.rows[chosen[0]][period] if len(chosen) == 1 else max(grid.rows[row][period] for row in chosen)
    rows = _without_sums(grid, [row for row in _distinct(grid, peers) if grid.rows[row][period] == wanted])
    return _bars(grid, [(row, place) for row in rows], year=wanted, own=_own(chosen, place))


def _is_period(column: Column) -> bool:
    return column.kind is ColumnKind.YEAR and fold(column.label) in _PERIODS


def _same_but_year(grid: Grid, row: int, period: int) -> list[int]:
    """The rows that say the same as ``row`` wherever they hold a text: of the same name, sex, sort …"""
    same = [
        place
        for place, column in enumerate(grid.columns)
        if place != period and column.kind is ColumnKind.TEXT and column.role is not ColumnRole.SOURCE
    ]
    wanted = [grid.rows[row][place] for place in (grid.name, *same)]
    return [
        n for n in _distinct(grid, range(len(grid.rows))) if [grid.rows[n][p] for p in (grid.name, *same)] == wanted
    ]


# --- no years ------------------------------------------------------------------------------------------


def _over_columns(grid: Grid) -> Plot | None:
    """Several figures of one row, in one unit: "người lớn", "trẻ em"."""
    only = grid.chosen or range(len(grid.rows))
    unit = grid.columns[grid.asked[0]].unit
    alike = [place for place in grid.asked if grid.columns[place].unit == unit]
    if len(only) != 1 or len(alike) < 2 or not unit:
        return None
    cells = tuple((only[0], place) for place in alike)
    return Plot(kind=ChartKind.BARS, series=(cells,), by_column=True, compared=cells)


def _over_rows(grid: Grid) -> Plot:
    place = grid.asked[0]
    rows = grid.chosen
    if len(rows) < 2:
        rows = _peers(grid, rows[0]) if rows else _distinct(grid, range(len(grid.rows)))
    return _bars(grid, [(row, place) for row in _without_sums(grid, rows)], own=_own(grid.chosen, place))


def _peers(grid: Grid, row: int) -> tuple[int, ...]:
    """The rows beside which ``row`` stands: of the same province, where the table tells several apart."""
    around = [
        place
        for place, column in enumerate(grid.columns)
        if column.role is ColumnRole.PLACE and place != grid.name and grid.is_unit(grid.rows[row][place])
    ]
    wanted = [grid.rows[row][place] for place in around]
    rows = _distinct(grid, range(len(grid.rows)))
    return tuple(other for other in rows if [grid.rows[other][place] for place in around] == wanted)


def _own(chosen: Sequence[int], place: int) -> Cell | None:
    return (chosen[0], place) if len(chosen) == 1 else None


def _bars(grid: Grid, cells: list[Cell], *, year: str = "", own: Cell | None = None) -> Plot:
    """A bar for each of ``cells``: places by size, others as printed; of too many the highest, and what is ``own``."""

    def size(cell: Cell) -> tuple[bool, Decimal]:
        value = grid.value(cell)
        return (value is not None, value or Decimal(0))

    many = len(cells) > MOST_BARS
    places = sum(grid.is_unit(grid.named(row)) for row, _ in cells) * 2 > len(cells)
    if many or places:
        cells = sorted(cells, key=size, reverse=True)
    kept = [*cells[:HIGHEST], *(cell for cell in cells[HIGHEST:] if cell == own)] if many else cells
    return Plot(kind=ChartKind.BARS, series=(tuple(kept),), year=year, compared=tuple(cells), own=own)


def _without_sums(grid: Grid, rows: Sequence[int]) -> tuple[int, ...]:
    """``rows`` without those that add up others, unless nothing else is there."""
    return tuple(row for row in rows if not grid.adds_up(grid.named(row))) or tuple(rows)


def _distinct(grid: Grid, rows: Iterable[int]) -> tuple[int, ...]:
    """``rows`` without those that repeat an earlier one letter by letter."""
    found: dict[Row, int] = {}
    for row in rows:
        found.setdefault(grid.rows[row], row)
    return tuple(found.values())
