"""Indexes for whoever answers: mapped from their files, which are built first where they are missing.

Small ones are built at once in a thread, others by a process of their own. Where no file can be kept (a full disk, a
folder that may not be written) an index is built in memory instead: answers do not depend on the folder.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import numpy as np
import structlog

from bot.indexing.build import build_catalogue, build_table, read_catalogue, read_table
from bot.indexing.child import BuildError, build_aside
from bot.indexing.folder import CATALOGUE, TABLE, IndexFolder
from bot.search.catalogue import Catalogue, open_catalogue
from bot.search.packed import IndexFileError
from bot.search.table import TableIndex
from bot.store import catalogue
from bot.store.engine import Store
from bot.store.table import read_head

SMALL_CATALOGUE = 1000
"""Datasets of a catalogue that is indexed by a thread of this process, in about 50 ms."""
SMALL_TABLE = 30_000
"""Cells of a table that is indexed by a thread of this process, in about 100 ms."""

T = TypeVar("T")

log = structlog.get_logger()


class Shelf:
    """The indexes of one store. Without a ``folder`` they are all built in memory."""

    def __init__(self, store: Store, folder: IndexFolder | None) -> None:
        self._store, self._folder = store, folder
        self._content = ""
        self._failed = False

    async def catalogue(self, *, urgent: bool = False) -> Catalogue:
        """The catalogue in force; ``urgent`` when nobody can be answered without it."""
        if self._folder is not None:
            folder = self._folder
            try:
                return await _insist(lambda: self._mapped_catalogue(folder, urgent=urgent))
            except (OSError, BuildError, IndexFileError) as error:
                _warn(error)
        packed = await read_catalogue(self._store)
        return await asyncio.to_thread(open_catalogue, packed)

    async def table(self, content: str, *, wait: bool = True) -> TableIndex | None:
        """The index of a table; None when it takes a while to build it and we do not ``wait``.

        Raises TableGoneError when the store has the table no longer.
        """
        if self._folder is not None:
            folder = self._folder
            try:
                return await _insist(lambda: self._mapped_table(folder, content, wait=wait))
            except (OSError, BuildError, IndexFileError) as error:
                _warn(error)
        packed = await read_table(self._store, await read_head(self._store, content))
        return await asyncio.to_thread(TableIndex, packed)

    async def prepare(self, found: Catalogue) -> None:
        """Have the indexes of all large tables of a catalogue in the folder, as far as that can be done."""
        tables = await asyncio.to_thread(self._missing, found)
        if self._folder is not None and tables:
            try:
                await build_aside(self._store, self._folder, tables=tables)
            except BuildError as error:
                _warn(error)
                self._failed = True
            else:
                self._failed = False

    def _missing(self, found: Catalogue) -> list[str]:
        if self._folder is None:
            return []
        large = np.flatnonzero(found.cells > SMALL_TABLE).tolist()
        tables = [found.tables[number] for number in large]
        return [content for content in tables if not self._folder.file(TABLE, content).exists()]

    def prune(self, found: Catalogue) -> None:
        """Remove what nobody has needed for a while; ``found`` is the catalogue that is asked."""
        if self._folder is not None:
            used = {self._folder.file(TABLE, content) for content in found.tables}
            try:
                self._folder.prune(used | {self._folder.file(CATALOGUE, self._content)})
            except OSError as error:
                _warn(error)

    async def _mapped_catalogue(self, folder: IndexFolder, *, urgent: bool) -> Catalogue:
        if await catalogue.size(self._store) > SMALL_CATALOGUE:
            self._content = await build_aside(self._store, folder, catalogue=True, urgent=urgent)
        else:
            self._content = await build_catalogue(self._store, folder)
        content = self._content
        return await asyncio.to_thread(lambda: open_catalogue(folder.open(CATALOGUE, content)))

    async def _mapped_table(self, folder: IndexFolder, content: str, *, wait: bool) -> TableIndex | None:
        with contextlib.suppress(IndexFileError):
            return await asyncio.to_thread(_open_table, folder, content)
        head = await read_head(self._store, content)
        if head.row_count * len(head.columns) <= SMALL_TABLE:
            await build_table(self._store, folder, content)
        elif wait or self._failed:  # :meth:`prepare` will not do it
            await build_aside(self._store, folder, tables=[content], urgent=True)
        else:
            return None
        return await asyncio.to_thread(_open_table, folder, content)


def _open_table(folder: IndexFolder, content: str) -> TableIndex:
    return TableIndex(folder.open(TABLE, content))


async def _insist(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try twice: a file that turned out to be damaged is gone after the first attempt."""
    try:
        return await attempt()
    except IndexFileError:
        return await attempt()


def _warn(error: Exception) -> None:
    log.warning("index.not_kept", reason=str(error)[:200])
