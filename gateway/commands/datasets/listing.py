"""``tracuu datasets list``: what is published, and how it is kept up."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

import typer

from bot.core.freshness import State
from bot.core.local_time import local_day
from bot.core.text import fold, tokens
from bot.cycles import load_cycles
from gateway.dataset_terms import read_terms
from gateway.deployment import DATA
from gateway.follow import locate_province
from gateway.standing import DatasetStanding, Rules, describe, read_assumed, read_standings
from gateway.terminal import Terminal, now, print_json, run, say
from gateway.working_calendar import read_calendar

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

WIDTH = 120
"""Columns of a line; the title takes what the others leave."""
_ORDER = {state: place for place, state in enumerate(State)}
_HEADINGS = ("STATE", "CODE", "PROVINCE", "CYCLE", "CHANGED", "NEXT", "ROWS", "TITLE")
_WIDEST = (11, 18, 12, 24, 12, 12, 9)
_NUMBERS = 6  # the column that is aligned to the right
_SIGNS = {"content": "", "metadata": " m", "published": " p", "issued": " i"}
_LEGEND = (
    (" m", "CHANGED: m = as the portal says, p = published, i = issued; no sign = we compared the rows"),
    ("~", "CYCLE: ~ = assumed by the settings, the portal does not say it"),
    ("!", "NEXT: ! = the last day of a deadline (without it, the end of the period)"),
    ("?", "NEXT: ? = not every day off until then is announced, so the deadline may be some days later"),
)


def add_listing(datasets: typer.Typer) -> None:
    """Add ``list`` to ``datasets``."""
    datasets.command("list", help="Every dataset and how it is kept up; late ones first.")(list_command)


def list_command(
    context: typer.Context,
    province: Annotated[str, typer.Option(help="Only of this province, by id or name.")] = "",
    state: Annotated[list[State] | None, typer.Option(help="Only in this state; may be repeated.")] = None,
    publisher: Annotated[str, typer.Option(help="Only of publishers with these words in their name.")] = "",
    source: Annotated[str, typer.Option(help="Only of the source with this name.")] = "",
    as_json: AsJson = False,
) -> None:
    """Every dataset in force, one a line, late ones first: state, cycle, last change, next date, rows, title."""
    terminal: Terminal = context.obj
    wanted = filter_by(province=province, states=state or (), publisher=publisher, source=source)
    found = run(_read(terminal, wanted))
    found.sort(key=lambda summary: (_ORDER[summary["state"]], summary["province"], summary["code"]))
    if as_json:
        print_json(found)
        return
    for line in table_of(found):
        typer.echo(line)
    for line in legend_of(found):
        say(line)


def summary_of(standing: DatasetStanding) -> dict[str, Any]:
    """One dataset as the list has it."""
    entry, dataset = standing.entry, standing.entry.dataset
    return {
        "code": dataset.code,
        "title": dataset.title,
        "province": dataset.province,
        "publisher": dataset.publisher,
        "cycle": dataset.cycle,
        **describe(standing),
        "changed_at": dataset.changed_at.isoformat() if dataset.changed_at else None,
        "synced_at": entry.synced_at.isoformat(),
        "source": entry.source,
        "sample": entry.sample,
        "hidden": entry.hidden,
        "tables": sum(resource.table is not None for resource in dataset.resources),
        "rows": sum(resource.row_count for resource in dataset.resources),
    }


def filter_by(
    *, province: str = "", states: Sequence[State] = (), publisher: str = "", source: str = ""
) -> Callable[[DatasetStanding], bool]:
    """Tells which datasets are asked for. Raises ContentError for a province that does not exist."""
    home = locate_province(province, "command line", "--province") if province else ""
    here, words = {home, _squeeze(province)}, fold(publisher)

    def wanted(standing: DatasetStanding) -> bool:
        dataset = standing.entry.dataset
        return (
            (not province or not here.isdisjoint({dataset.province, _squeeze(dataset.province)}))
            and (not states or standing.freshness.state in states)
            and words in fold(dataset.publisher)
            and source in {"", standing.entry.source}
        )

    return wanted


def _squeeze(name: str) -> str:
    """The form in which names of provinces are compared: "Ninh Thuận" and "ninhthuan" are one."""
    return "".join(tokens(name))


async def _read(terminal: Terminal, wanted: Callable[[DatasetStanding], bool]) -> list[dict[str, Any]]:
    settings = terminal.settings()
    cycles, assumed, today = load_cycles(DATA), read_assumed(settings), local_day(now())
    calendar = read_calendar(settings)
    async with terminal.store() as store:
        terms = await read_terms(store, cycles, today=today)
        standings = read_standings(
            store, Rules(cycles=cycles, assumed=assumed, terms=terms, calendar=calendar), today=today
        )
        return [summary_of(standing) async for standing in standings if wanted(standing)]


def table_of(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """``found`` as a table of at most :data:`WIDTH` columns; the columns are as wide as what stands in them."""
    lines = [_HEADINGS, *map(_cells, found)]
    widths = [min(widest, max(len(line[place]) for line in lines)) for place, widest in enumerate(_WIDEST)]
    return (_lay_out(line, widths) for line in lines) if found else iter(())


def legend_of(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What the signs mean that stand in the table of ``found``, and how many there are of each state."""
    signs = "".join(cell for summary in found for cell in _cells(summary)[3:6])
    yield from (meaning for sign, meaning in _LEGEND if sign in signs)
    counts = Counter(summary["state"] for summary in found)
    yield ", ".join(f"{counts[state]:,} {state}" for state in State if counts[state]) or "nothing"


def _cells(summary: dict[str, Any]) -> tuple[str, ...]:
    due = summary["legal_due"]
    mark = ("!" + "?" * summary["provisional"]) if due else ""
    return (
        summary["state"],
        summary["code"],
        summary["province"],
        "~" * summary["cycle_assumed"] + _cycle(summary),
        (summary["last_change"] or "–") + _SIGNS.get(summary["evidence"] or "", ""),
        (due or summary["period_end"] or "–") + mark,
        f"{summary['rows']:,}",
        "(hidden) " * summary["hidden"] + summary["title"],
    )


def _cycle(summary: dict[str, Any]) -> str:
    printed = summary["cycle"].replace("\n", " ")
    code = str(summary["cycle_code"])
    return code if not printed or printed == code else f"{code} ({printed})"


def _lay_out(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The cells in their columns, cut to fit."""
    *fixed, title = cells
    laid = [
        cell.rjust(width) if place == _NUMBERS else _cut(cell, width).ljust(width)
        for place, (cell, width) in enumerate(zip(fixed, widths, strict=True))
    ]
    line = " ".join(laid)
    return f"{line} {_cut(title, WIDTH - len(line) - 1)}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
