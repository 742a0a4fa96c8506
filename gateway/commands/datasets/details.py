"""``tracuu datasets show``: all that is known about one dataset."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from bot.core.changes import START, Change
from bot.core.local_time import local_day
from bot.core.personal import MaskedColumn
from bot.cycles import load_cycles
from bot.store.changes import read_changes
from bot.store.dataset import to_document
from bot.store.engine import Store
from bot.store.masks import read_masks
from gateway.commands.datasets.listing import summary_of
from gateway.commands.datasets.takedown import unknown
from gateway.dataset_terms import read_terms
from gateway.deployment import DATA
from gateway.standing import Rules, read_assumed, read_standings
from gateway.terminal import Terminal, now, print_json, run
from gateway.working_calendar import read_calendar

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Code = Annotated[str, typer.Argument(help="Code of the dataset.")]
_YEAR = timedelta(days=365)
_READ = 500


def add_details(datasets: typer.Typer) -> None:
    """Add ``show`` to ``datasets``."""
    datasets.command("show", help="All that is known about one dataset.")(show_command)


def show_command(context: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """One dataset: what the portal says, how it is kept up and by what evidence, its files, a year of changes."""
    details = run(_read(context.obj, code))
    if as_json:
        print_json(details)
        return
    for line in _lines(details):
        typer.echo(line)


async def _read(terminal: Terminal, code: str) -> dict[str, Any]:
    settings = terminal.settings()
    cycles, assumed, at = load_cycles(DATA), read_assumed(settings), now()
    calendar = read_calendar(settings)
    async with terminal.store() as store:
        terms = await read_terms(store, cycles, today=local_day(at))
        details = await read_details(
            store, Rules(cycles=cycles, assumed=assumed, terms=terms, calendar=calendar), code, now=at
        )
    if details is None:
        raise unknown(code)
    return details


async def read_details(store: Store, rules: Rules, code: str, *, now: datetime) -> dict[str, Any] | None:
    """All that is known at ``now`` of the dataset ``code``, as a JSON document; None when there is none.

    Its masked columns are in it, and its changes of the last year, the newest first.
    """
    found = [one async for one in read_standings(store, rules, today=local_day(now), code=code)]
    if not found:
        return None
    standing = found[0]
    changes = [change async for change in _changes(store, code) if change.at and change.at >= now - _YEAR]
    tables = [resource.table for resource in standing.entry.dataset.resources if resource.table]
    masked = await read_masks(store, *tables) if tables else {}
    return {
        **to_document(standing.entry.dataset),
        **summary_of(standing),
        "kind": standing.entry.kind,
        "masked": [_masked(column) for content in tables for column in masked.get(content, ())],
        "changes": [_change(change) for change in reversed(changes)],
    }


async def _changes(store: Store, code: str) -> AsyncIterator[Change]:
    after = START
    while chunk := await read_changes(store, after=after, limit=_READ, codes=[code]):
        for change in chunk:
            yield change
        after = chunk[-1].position


def _masked(column: MaskedColumn) -> dict[str, Any]:
    return {"column": column.heading, "kind": column.kind, "cells": column.cells, "why": column.detail}


def _change(change: Change) -> dict[str, Any]:
    return {"at": change.at.isoformat() if change.at else None, "kind": change.kind, **change.detail}


_SECTIONS = ("resources", "masked", "changes")


def _lines(details: dict[str, Any]) -> Iterator[str]:
    """For people: one line for each thing that is known, then the files and the changes."""
    for name, value in details.items():
        if name not in _SECTIONS and value not in (None, "", [], ()):
            yield f"{name.replace('_', ' ')}: {_short(value)}"
    for section in _SECTIONS:
        for number, entry in enumerate(details.get(section, ()), 1):
            filled = (f"{name.replace('_', ' ')} {_short(value)}" for name, value in entry.items() if value)
            yield f"{section} {number}: {'; '.join(filled)}"


def _short(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
