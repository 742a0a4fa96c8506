"""Write a new version beside the one in force, in small transactions, and make it count."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.catalogue import Dataset
from bot.core.changes import Change
from bot.store.catalogue import used_tables
from bot.store.changes import stage_changes
from bot.store.engine import Store
from bot.store.source import (
    CHUNK,
    Source,
    carry_over,
    open_version,
    publish_version,
    purge_versions,
    write_datasets,
)
from bot.store.table import prune_tables
from gateway.portal import Progress

SPARED = timedelta(days=2)
"""How long a table that nothing refers to is kept: a sync that still runs, or goes on later, may be about to use it."""


async def write_version(
    store: Store,
    source: Source,
    *,
    fresh: Sequence[Dataset],
    kept: Sequence[str],
    changes: Sequence[Change],
    mark: str,
    whole: bool,
    now: datetime,
    progress: Progress,
) -> int:
    """Write ``fresh`` and what is ``kept`` of the version in force, with ``changes``; the number of the new one.

    Raises ConflictError when another sync of the source was faster: its result stays.
    """
    version = await open_version(store)
    total = len(fresh) + len(kept)
    for start in range(0, len(fresh), CHUNK):
        progress("write", start, total)
        await write_datasets(store, source, version, fresh[start : start + CHUNK])
    for start in range(0, len(kept), CHUNK):
        progress("write", len(fresh) + start, total)
        await carry_over(store, source, version, kept[start : start + CHUNK])
    for start in range(0, len(changes), CHUNK):
        await stage_changes(store, source, version, changes[start : start + CHUNK])
    progress("write", total, total)
    await publish_version(store, source, version, now=now, mark=mark, whole=whole)
    await purge_versions(store, source, before=version)
    await sweep_tables(store, now=now)
    return version


async def sweep_tables(store: Store, *, now: datetime) -> None:
    """Remove the tables that no version in force has, once they were spared for long enough."""
    await prune_tables(store, used=await used_tables(store), before=now - SPARED)
