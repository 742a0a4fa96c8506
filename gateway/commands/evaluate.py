"""``tracuu evaluate``: how good the look-up is on judged questions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.search.evaluation import Given, Judged, Measures, measure, measure_kinds, read_judged
from gateway.commands.search import Searcher, open_searcher
from gateway.terminal import print_json, run

_LIMIT = 10


def add_commands(app: typer.Typer) -> None:
    """Add ``evaluate`` to ``app``."""
    app.command("evaluate", help="Quality of the look-up on judged questions, by kind.")(evaluate_command)


def evaluate_command(
    context: typer.Context,
    queries: Annotated[Path, typer.Argument(help="CSV: query, kind, relevant_titles, primary_title.")],
    catalogue_file: Annotated[Path, typer.Option("--catalogue", help="The catalogue that was judged.")],
    misses: Annotated[bool, typer.Option("--misses", help="Also list what went wrong.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Ask every judged question and print the measures."""
    judged = read_judged(queries)
    searcher = run(open_searcher(context.obj, catalogue_file))
    given = [_ask(searcher, one) for one in judged]
    whole, kinds = measure(given), measure_kinds(given)
    if json:
        print_json({**whole, "by_kind": kinds})
        return
    _print_table(whole, kinds)
    for one in given if misses else ():
        _print_miss(one)


def _ask(searcher: Searcher, judged: Judged) -> Given:
    found = searcher.search(judged.query, province="", limit=_LIMIT)
    titles = tuple(hit["title"] for hit in found["hits"])
    return Given(judged=judged, answered=found["answered"], titles=titles)


def _print_table(whole: Measures, kinds: Mapping[str, Measures]) -> None:
    table = Table("kind", *whole)
    for name, measures in {**kinds, "all": whole}.items():
        table.add_row(name, *("–" if value is None else f"{value:.3g}" for value in measures.values()))
    Console(width=140, soft_wrap=True).print(table)


def _print_miss(one: Given) -> None:
    """A question whose first title is not relevant, or that was wrongly answered or refused."""
    if one.hit(1) or not (one.judged.relevant or one.answered):
        return
    typer.echo(f"{one.judged.kind} | {one.judged.query} | {one.judged.primary or 'không có'}")
    typer.echo(f"    {'answered' if one.answered else 'refused'}: {' | '.join(one.titles[:3])}")
