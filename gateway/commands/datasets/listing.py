"""``tracuu datasets list|show``: what is published."""

from typing import Annotated, Any

import typer

from bot.store.catalogue import Entry, entries
from bot.store.dataset import to_document
from gateway.commands.datasets.takedown import unknown
from gateway.terminal import Terminal, print_json, run

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Code = Annotated[str, typer.Argument(help="Code of the dataset.")]


def add_listing(datasets: typer.Typer) -> None:
    """Add ``list`` and ``show`` to ``datasets``."""
    datasets.command("list", help="Every dataset, with its dates.")(list_command)
    datasets.command("show", help="All that is known about one dataset.")(show_command)


def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """Every dataset in force, one a line: code, province, date of the data, rows, title, whether it is hidden."""
    summaries = [_summary(entry) for entry in run(_entries(context.obj))]
    if as_json:
        print_json(summaries)
        return
    for summary in summaries:
        shown = [summary[name] for name in ("code", "province", "changed_at", "rows", "title")]
        hidden = ["(hidden)"] if summary["hidden"] else []
        typer.echo("\t".join(str(value or "–") for value in [*shown, *hidden]))


def show_command(context: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """One dataset with its resources."""
    found = run(_entries(context.obj, code))
    if not found:
        raise unknown(code)
    details = {**_summary(found[0]), **to_document(found[0].dataset)}
    if as_json:
        print_json(details)
        return
    for name, value in details.items():
        typer.echo(f"{name}: {value}")


async def _entries(terminal: Terminal, code: str | None = None) -> list[Entry]:
    async with terminal.store() as store:
        return [entry async for entry in entries(store, code=code)]


def _summary(entry: Entry) -> dict[str, Any]:
    dataset = entry.dataset
    return {
        "code": dataset.code,
        "title": dataset.title,
        "province": dataset.province,
        "publisher": dataset.publisher,
        "cycle": dataset.cycle,
        "changed_at": dataset.changed_at.isoformat() if dataset.changed_at else None,
        "synced_at": entry.synced_at.isoformat(),
        "source": entry.source,
        "sample": entry.sample,
        "hidden": entry.hidden,
        "tables": sum(resource.table is not None for resource in dataset.resources),
        "rows": sum(resource.row_count for resource in dataset.resources),
    }
