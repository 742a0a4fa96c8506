"""Build index files from the store. What takes long is done in a thread; processes that share a folder build once."""

import asyncio
from hashlib import sha256

from bot.indexing.folder import CATALOGUE, TABLE, IndexFolder
from bot.search.catalogue import pack_catalogue
from bot.search.packed import Packed, Texts, TextWriter
from bot.search.table_builder import TableBuilder
from bot.store import catalogue
from bot.store.engine import Store
from bot.store.table import TableHead, read_head, read_rows


async def build_catalogue(store: Store, folder: IndexFolder) -> str:
    """Have the index of the catalogue in force in ``folder``, and return the content that names it. Raises OSError."""
    content, _ = await _read_documents(store, texts=False)
    async with folder.building(CATALOGUE, content) as mine:
        if mine:
            content, documents = await _read_documents(store)  # it may have changed since
            await asyncio.to_thread(lambda: folder.write(CATALOGUE, content, pack_catalogue(documents)))
    return content


async def read_catalogue(store: Store) -> Packed:
    """The index of the catalogue in force, in memory."""
    _, documents = await _read_documents(store)
    return await asyncio.to_thread(pack_catalogue, documents)


async def build_table(store: Store, folder: IndexFolder, content: str) -> None:
    """Have the index of a table in ``folder``. Raises TableGoneError when the store has it no longer, OSError."""
    async with folder.building(TABLE, content) as mine:
        if mine:
            packed = await read_table(store, await read_head(store, content))
            await asyncio.to_thread(folder.write, TABLE, content, packed)


async def read_table(store: Store, head: TableHead) -> Packed:
    """The index of a table, in memory. Raises TableGoneError when the store no longer has all its rows."""
    builder = TableBuilder(head.hash, head.columns)
    async for rows in read_rows(store, head):
        builder.add(rows)
    return await asyncio.to_thread(builder.packed)


async def _read_documents(store: Store, *, texts: bool = True) -> tuple[str, Texts]:
    """What names the catalogue in force, and (unless only that is wanted) its documents."""
    digest, documents = sha256(), TextWriter()
    async for name, text in catalogue.documents(store, texts=texts):
        digest.update(name.encode())
        documents.add((text,) if texts else ())
    return digest.hexdigest()[:32], documents.texts()
