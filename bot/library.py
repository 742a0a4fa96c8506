"""The catalogue in memory: read once, shared by every question, exchanged whole when the store has a new version."""

import asyncio
from collections import OrderedDict

from bot.search.lexicon import Lexicon
from bot.search.lookup import Lookup
from bot.search.places import Places
from bot.search.table import TableIndex
from bot.store import catalogue
from bot.store.engine import Store
from bot.store.table import load_table

TABLES = 64
"""Tables whose index is kept in memory; the least recently asked goes first."""


class Library:
    """What can be looked up now. ``ready`` is set once the catalogue has been read for the first time."""

    def __init__(self, store: Store, *, lexicon: Lexicon, places: Places) -> None:
        self._store, self._lexicon, self._places = store, lexicon, places
        self._tables: OrderedDict[str, TableIndex] = OrderedDict()
        self._loading: dict[str, asyncio.Task[TableIndex]] = {}
        self._stamp: object = None
        self.lookup = Lookup.build((), lexicon=lexicon, places=places, version=0)
        self.ready = asyncio.Event()

    async def refresh(self) -> bool:
        """Exchange the catalogue when the store's has changed; whether it had. Building leaves the event loop free."""
        stamp = await catalogue.stamp(self._store)
        if stamp == self._stamp:
            return False
        stamp, datasets = await catalogue.current(self._store)
        self.lookup = await asyncio.to_thread(
            Lookup.build, datasets, lexicon=self._lexicon, places=self._places, version=self.lookup.version + 1
        )
        self._stamp = stamp
        self.ready.set()
        return True

    async def table(self, content: str) -> TableIndex:
        """The index of a table by its content hash. Asked for by many at once, it is built once."""
        if content in self._tables:
            self._tables.move_to_end(content)
            return self._tables[content]
        task = self._loading.get(content)
        if task is None:
            task = self._loading[content] = asyncio.create_task(self._load(content), name="table")
            task.add_done_callback(lambda _: self._loading.pop(content, None))
        return await asyncio.shield(task)

    async def _load(self, content: str) -> TableIndex:
        table = await load_table(self._store, content)
        index = await asyncio.to_thread(TableIndex.build, table)
        self._tables[content] = index
        if len(self._tables) > TABLES:
            self._tables.popitem(last=False)
        return index
