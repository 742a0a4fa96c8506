"""Published tables of any length, and libraries over one folder of index files."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.core.catalogue import Dataset, Resource, Table
from bot.indexing.folder import IndexFolder
from bot.library import Library
from bot.search.lexicon import load_lexicon
from bot.search.places import load_places
from bot.store.engine import Store
from bot.store.table import make_table
from gateway.portal import Fetched
from tests.support.talk import DATA

LEXICON, PLACES = load_lexicon(DATA / "synonyms"), load_places(DATA / "places")
LONG = 4000
"""Rows of eight cells: a process of its own indexes them."""


def park(number: int, rows: int = 3) -> Fetched:
    """A dataset with a table of ``rows`` parks."""
    columns = ("ten_vuon", "xa", *(f"ghi_chu_{n}" for n in range(6)))
    table = make_table(columns, [(f"Vườn {number} {n}", f"Xã Tịnh {n}", *["có"] * 6) for n in range(rows)])
    held = Resource(position=0, fields=columns, row_count=rows, table=table.hash)
    dataset = Dataset(code=f"v-{number}", title=f"Vườn cây số {number}", resources=(held,))
    return Fetched(dataset=dataset, tables=(table,))


def table_of(entry: Fetched) -> Table:
    """The only table of an entry."""
    return entry.tables[0]


def new_library(store: Store, folder: IndexFolder | None, *, waits: bool = False) -> Library:
    """What a process has that starts now."""
    return Library(store, lexicon=LEXICON, places=PLACES, folder=folder, waits=waits)


def first_title(library: Library, question: str) -> str:
    """The title that answers ``question`` best."""
    return library.lookup.titles(question).hits[0].dataset.title


def indexes(folder: IndexFolder) -> list[Path]:
    """The index files."""
    return [file for file in folder.path.iterdir() if file.suffix in (".catalogue", ".table")]


def names(folder: IndexFolder) -> set[str]:
    """Everything in the folder but the mark of its last sweep."""
    return {file.name for file in folder.path.iterdir()} - {"pruned"}


async def until(happened: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    while not happened():
        await asyncio.sleep(0.02)
