"""``python -m bot.indexing``: build the index files that standard input orders (:class:`bot.indexing.child.Order`)."""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

from bot.core.errors import TracuuError
from bot.indexing.build import build_catalogue, build_table
from bot.indexing.child import Order
from bot.indexing.folder import IndexFolder, program
from bot.store.engine import Store
from bot.store.table import TableGoneError
from bot.store.vault import KEY_BYTES

_NICE = 10


def main() -> None:
    """Do what is asked and print the content of the catalogue; a failure is one sentence and exit code 1."""
    order = Order(**json.loads(sys.stdin.read()))
    with contextlib.suppress(OSError):  # a sandbox may forbid it
        os.nice(0 if order.urgent else _NICE)
    if order.program != program():
        sys.exit("the program was replaced; it must be started anew")
    try:
        sys.stdout.write(asyncio.run(_build(order)))
    except (TracuuError, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


async def _build(order: Order) -> str:
    store, folder = Store(order.url, bytes(KEY_BYTES), owner=""), IndexFolder(Path(order.folder))
    try:
        content = await build_catalogue(store, folder) if order.catalogue else ""
        for table in order.tables:
            with contextlib.suppress(TableGoneError):
                await build_table(store, folder, table)
    finally:
        await store.close()
    return content


if __name__ == "__main__":
    main()
