"""The catalogue as it is asked: shared by every question, exchanged whole when the store has a new version."""

import asyncio
from collections import OrderedDict

from bot.indexing.folder import IndexFolder
from bot.indexing.shelf import Shelf
from bot.search.catalogue import Catalogue
from bot.search.lexicon import Lexicon
from bot.search.lookup import Lookup
from bot.search.places import Places
from bot.search.table import TableIndex
from bot.store import catalogue, takedown
from bot.store.engine import Store

TABLES = 200
"""Tables whose index is kept open; the least recently asked goes first."""
_LOOK_SECONDS = 1.0


class Library:
    """What can be looked up now. ``ready`` is set once the catalogue has been read for the first time.

    ``hidden`` are the datasets that were taken down, as of the stamp ``takedowns`` (:func:`bot.store.takedown.stamp`);
    ``lookup`` finds none of them. Index files lie in ``folder``; without one, everything is built in memory. A question
    ``waits`` for a large table that is not indexed yet, or is answered without it.
    """

    def __init__(
        self, store: Store, *, lexicon: Lexicon, places: Places, folder: IndexFolder | None = None, waits: bool = False
    ) -> None:
        self._store, self._lexicon, self._places, self._waits = store, lexicon, places, waits
        self._shelf = Shelf(store, folder)
        self._tables: OrderedDict[str, TableIndex] = OrderedDict()
        self._loading: dict[str, asyncio.Task[TableIndex | None]] = {}
        self._preparing: asyncio.Task[None] | None = None
        self._stamp: object = None
        self.takedowns = 0
        self.hidden: frozenset[str] = frozenset()
        self.lookup = Lookup.build((), lexicon=lexicon, places=places, version=0)
        self.ready = asyncio.Event()

    async def refresh(self) -> bool:
        """Exchange the catalogue when the store's has changed; whether it had. The event loop stays free meanwhile.

        The old one is asked until the tables of the new one are indexed, too, without what was taken down meanwhile.
        """
        stamp = await catalogue.stamp(self._store)
        if stamp == self._stamp:
            return False
        await self.note_takedowns()
        found = await self._shelf.catalogue(urgent=not self.ready.is_set())
        if self.ready.is_set() and not await self._prepare(found, stamp):
            stamp = await catalogue.stamp(self._store)
            await self.note_takedowns()
            found = await self._shelf.catalogue()
        lookup = await asyncio.to_thread(
            Lookup.over, found, lexicon=self._lexicon, places=self._places, version=self.lookup.version + 1
        )
        self.lookup = lookup.without(self.hidden)
        self._stamp = stamp
        self.ready.set()
        await asyncio.to_thread(self._shelf.prune, found)
        return True

    async def note_takedowns(self) -> None:
        """Find nothing any more that was taken down; at once, as no index is built for it."""
        stamp = await takedown.stamp(self._store)
        self.hidden = await takedown.taken_down(self._store)
        self.lookup, self.takedowns = self.lookup.without(self.hidden), stamp

    def prepare(self) -> None:
        """Begin to index the tables of the catalogue before anybody asks for them."""
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.create_task(self._shelf.prepare(self.lookup.catalogue), name="tables")

    async def _prepare(self, found: Catalogue, stamp: object) -> bool:
        """Index the tables of a new version; False when there is a newer one before that is done."""
        self._preparing = preparing = asyncio.create_task(self._shelf.prepare(found), name="tables")
        while not preparing.done():
            await asyncio.wait([preparing], timeout=_LOOK_SECONDS)
            if not preparing.done() and await catalogue.stamp(self._store) != stamp:
                return False
        return True

    async def table(self, content: str) -> TableIndex | None:
        """The index of a table by its content hash, None while that is still being built.

        Asked for by many at once, it is opened or built once. Raises TableGoneError when the store has it no longer.
        """
        if content in self._tables:
            self._tables.move_to_end(content)
            return self._tables[content]
        task = self._loading.get(content)
        if task is None:
            task = self._loading[content] = asyncio.create_task(self._load(content), name="table")
            task.add_done_callback(lambda _: self._loading.pop(content, None))
        index = await asyncio.shield(task)
        if index is None:
            self.prepare()
        return index

    async def _load(self, content: str) -> TableIndex | None:
        index = await self._shelf.table(content, wait=self._waits)
        if index is not None:
            self._tables[content] = index
            if len(self._tables) > TABLES:
                self._tables.popitem(last=False)
        return index
