"""``tracuu datasets masked``: which columns of which tables had personal data hidden, and why."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bot.core.catalogue import Dataset
from bot.core.personal import MaskedColumn, Reason
from bot.store.catalogue import entries
from bot.store.masks import read_masks
from gateway.deployment import DATA
from gateway.masking import load_personal_rules
from gateway.terminal import Terminal, print_json, run

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A column that was masked, and where."""

    dataset: Dataset
    table: str
    column: MaskedColumn


def add_masked(datasets: typer.Typer) -> None:
    """Add ``masked`` to ``datasets``."""
    datasets.command("masked", help="Which columns of tables had personal data hidden, and why.")(masked_command)


def masked_command(context: typer.Context, as_json: AsJson = False) -> None:
    """Every masked column in force, one a line: code, table, column, kind, cells, why."""
    terminal: Terminal = context.obj
    rows = run(_masked(terminal))
    if as_json:
        print_json([_document(row) for row in rows])
        return
    kinds = load_personal_rules(DATA / "personal", terminal.settings().personal_file).kinds
    for row in rows:
        kind = kinds[row.column.kind].en if row.column.kind in kinds else "denied"
        shown = [row.dataset.code, row.table, row.column.heading, kind, f"{row.column.cells} cells", _why(row.column)]
        typer.echo("\t".join(value or "–" for value in shown))
    if not rows:
        typer.echo("nothing was masked")


async def _masked(terminal: Terminal) -> list[_Row]:
    async with terminal.store() as store:
        masks = await read_masks(store)
        return [
            _Row(dataset=entry.dataset, table=resource.title, column=column)
            async for entry in entries(store)
            for resource in entry.dataset.resources
            for column in masks.get(resource.table or "", ())
        ]


def _why(column: MaskedColumn) -> str:
    return {
        Reason.HEADING: f'its heading holds "{column.detail}"',
        Reason.VALUES: f'its cells look like "{column.detail}"',
        Reason.OPERATOR: f"denied: {column.detail}",
    }[Reason(column.reason)]


def _document(row: _Row) -> dict[str, Any]:
    return {
        "code": row.dataset.code,
        "title": row.dataset.title,
        "publisher": row.dataset.publisher,
        "table": row.table,
        "column": row.column.heading,
        "position": row.column.position,
        "kind": row.column.kind,
        "reason": row.column.reason,
        "detail": row.column.detail,
        "cells": row.column.cells,
    }
