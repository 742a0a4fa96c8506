"""Fresh databases of either engine for one run, and stores on them."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

from bot.store.engine import Store
from bot.store.migrate import migrate
from tests.support.postgres import find_binaries, running_cluster

ENGINES = ("sqlite", "postgresql")
KEY = bytes.fromhex("6b" * 32)


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@contextlib.contextmanager
def databases(engine: str) -> Iterator[Iterator[str] | None]:
    """Addresses of fresh databases of ``engine``; None where its server is not installed."""
    binaries = find_binaries()
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield (f"sqlite:///{folder}/{number}.db" for number in range(1000))
    elif binaries is None:
        yield None
    else:
        with running_cluster(binaries) as cluster:
            yield (cluster.url(asyncio.run(cluster.create())) for _ in range(1000))


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """A migrated store on ``url``."""
    store = Store(url, KEY, owner="bench")
    await store.open()
    try:
        await migrate(store, now=now())
        yield store
    finally:
        await store.close()
