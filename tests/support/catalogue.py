"""Short ways to publish a catalogue in a test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table as Relation
from sqlalchemy import func, select

from bot.core.catalogue import Dataset
from bot.store import catalogue
from bot.store.engine import Store
from gateway.portal import Client, Entry, Fetched, Portal, Progress, Request, find_portals
from gateway.sync import SyncReport, sync
from tests.support.rows import NOW

DAY = timedelta(days=1)
IsGone = Callable[[Request, str, Client], Awaitable[bool]]


def publishing(*entries: Entry | Dataset, asked: list[str] | None = None, is_gone: IsGone | None = None) -> Portal:
    """A source in memory that publishes ``entries``; the marks that it is asked with are added to ``asked``."""

    async def fetch(request: Request, _client: Client, _progress: Progress) -> AsyncIterator[Entry]:
        if asked is not None:
            asked.append(request.mark)
        for entry in entries:
            yield Fetched(dataset=entry) if isinstance(entry, Dataset) else entry

    return Portal(name="memory", kinds=("memory",), fetch=fetch, is_gone=is_gone)


def crops(count: int, *, first: int = 0, theme: str = "") -> list[Dataset]:
    """Datasets with the codes c-0, c-1, …"""
    return [Dataset(code=f"c-{n}", title=f"Cây {n}", theme=theme) for n in range(first, first + count)]


async def publish(
    store: Store,
    *entries: Entry | Dataset,
    name: str = "a",
    days: int = 0,
    asked: list[str] | None = None,
    is_gone: IsGone | None = None,
    **choices: Any,
) -> SyncReport:
    """Sync a source in memory called ``name``, ``days`` after the fixed time."""
    request = Request(kind="memory", name=name, address=name)
    return await sync(
        store, publishing(*entries, asked=asked, is_gone=is_gone), request, now=NOW + days * DAY, **choices
    )


async def sync_file(store: Store, file: Path, *, days: int = 0, **choices: Any) -> SyncReport:
    """Sync a catalogue file."""
    request = Request(kind="csv", name=file.name, address=str(file))
    return await sync(store, find_portals()["csv"], request, now=NOW + days * DAY, **choices)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write ``files``, given by their path within ``folder``."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


async def codes(store: Store) -> list[str]:
    """The codes in force."""
    return [dataset.code for dataset in (await catalogue.current(store))[1]]


async def count(store: Store, table: Relation) -> int:
    """How many rows a table of the database has."""
    async with store.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)
