"""Bring the store to what a source publishes: fetch, compare, guard, write a new version, let it count.

The version in force is never touched: whatever fails on the way leaves it as it was.
"""

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum

from bot.core.catalogue import Dataset
from bot.core.errors import TracuuError
from bot.store.catalogue import used_tables
from bot.store.dataset import digest_of, to_document
from bot.store.engine import Store
from bot.store.source import (
    CHUNK,
    Source,
    confirm_version,
    find_source,
    open_version,
    publish_version,
    purge_versions,
    read_codes,
    read_digests,
    register_source,
    write_datasets,
)
from bot.store.table import prune_tables, save_table
from gateway.portal import Client, Fetched, Notice, Offline, Portal, Progress, Rejected, Request, silent

SPARED = timedelta(hours=6)
"""How long a table that nothing refers to is kept: a sync that is still running may be about to refer to it."""


class GuardError(TracuuError):
    """The source publishes so much less than before that somebody must say that this is right. Nothing was changed."""


class Shrinkage(IntEnum):
    """How a new version compares with the one in force, by the number of datasets."""

    NONE = 0
    WARN = 1
    ASK = 2
    HALT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a sync did, or in a dry run would do. ``version`` is the one in force afterwards, 0 = none.

    ``tables`` and ``rows`` count the loaded tables of the new state; ``notices`` are for the operator's eyes.
    """

    added: int
    updated: int
    removed: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    tables: int
    rows: int
    version: int
    notices: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Harvest:
    """What was fetched so far; tables are in the store already, only their sizes are kept here."""

    datasets: list[Dataset] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    table_rows: dict[str, int] = field(default_factory=dict)


async def sync(
    store: Store,
    portal: Portal,
    request: Request,
    *,
    now: datetime,
    client: Client | None = None,
    progress: Progress = silent,
    yes: bool = False,
    yes_halt: bool = False,
    dry_run: bool = False,
    sample: bool = False,
) -> SyncReport:
    """Make what ``request`` names count as it is now. ``dry_run`` writes nothing and only reports.

    A source that is not a file of this machine is asked by ``client``.

    Raises PortalError when the source is unreadable, GuardError when it shrank and neither ``yes`` (more than 10 %) nor
    ``yes_halt`` (more than 50 %, or nothing left) allows that, ConflictError when another sync of it was faster.
    """
    identity = {"kind": request.kind, "name": request.name, "province": request.province}
    source = await find_source(store, **identity)
    harvest = await _fetch(portal, request, client or Offline(), progress, store=None if dry_run else store, now=now)
    taken = await read_codes(store, beside=source, sample=sample)
    fresh = await asyncio.to_thread(tell_apart, harvest.datasets, taken, origin="\n".join(identity.values()))
    known = await read_digests(store, source) if source else {}
    sentence, shrinkage = _judge(len(known), len(fresh), harvest.rejected)
    report = await asyncio.to_thread(
        _compare, known, fresh, harvest, notices=(*harvest.notices, *filter(None, [sentence]))
    )
    in_force = source.version if source else 0
    if dry_run:
        return replace(report, version=in_force)
    if shrinkage > (Shrinkage.HALT if yes_halt else Shrinkage.ASK if yes else Shrinkage.WARN):
        raise GuardError(sentence)
    registered = await register_source(store, **identity, address=request.address, sample=sample)
    version = await _write(store, replace(registered, version=in_force), fresh, report, now=now, progress=progress)
    return replace(report, version=version)


def measure(before: int, after: int) -> Shrinkage:
    """How serious it is that a source with ``before`` datasets now has ``after``: over 2, 10 or 50 % fewer, none."""
    lost = 100 * (before - after)
    if after == 0 or lost > 50 * before:
        return Shrinkage.HALT
    if lost > 10 * before:
        return Shrinkage.ASK
    return Shrinkage.WARN if lost > 2 * before else Shrinkage.NONE


def tell_apart(datasets: Sequence[Dataset], taken: Collection[str], *, origin: str) -> list[Dataset]:
    """``datasets`` with codes that no other source uses: a code in ``taken`` gets an ending made from ``origin``."""
    ending = hashlib.sha256(origin.encode()).hexdigest()[:4]
    return [replace(d, code=f"{d.code}-{ending}") if d.code in taken else d for d in datasets]


async def _fetch(
    portal: Portal, request: Request, client: Client, progress: Progress, *, store: Store | None, now: datetime
) -> _Harvest:
    """Everything that the source publishes. Tables go into ``store`` at once, nothing refers to them yet."""
    harvest = _Harvest()
    async for entry in portal.fetch(request, client, progress):
        match entry:
            case Rejected():
                harvest.rejected.append(entry)
            case Notice(text=text):
                harvest.notices.append(text)
            case Fetched(dataset=dataset, tables=tables):
                harvest.datasets.append(dataset)
                for table in tables:
                    harvest.table_rows[table.hash] = len(table.rows)
                    if store is not None:
                        await save_table(store, table, now=now)
            case _:
                pass
    return harvest


def _compare(
    known: Mapping[str, str], fresh: Sequence[Dataset], harvest: _Harvest, *, notices: tuple[str, ...]
) -> SyncReport:
    digests = {dataset.code: digest_of(to_document(dataset)) for dataset in fresh}
    same = sum(known.get(code) == digest for code, digest in digests.items())
    kept = len(known.keys() & digests.keys())
    return SyncReport(
        added=len(digests) - kept,
        updated=kept - same,
        removed=len(known) - kept,
        unchanged=same,
        rejected=tuple(harvest.rejected),
        tables=len(harvest.table_rows),
        rows=sum(harvest.table_rows.values()),
        version=0,
        notices=notices,
    )


def _judge(before: int, after: int, rejected: Sequence[Rejected]) -> tuple[str, Shrinkage]:
    """What the guard says, empty when nothing, and how serious it is."""
    shrinkage = measure(before, after)
    if shrinkage is Shrinkage.NONE:
        return "", shrinkage
    advice = {Shrinkage.WARN: "", Shrinkage.ASK: "; --yes takes it", Shrinkage.HALT: "; --yes-halt takes it"}[shrinkage]
    why = f" ({len(rejected)} rejected, first line {rejected[0].line}: {rejected[0].reason})" if rejected else ""
    return f"the source has {after} usable datasets, there were {before}{why}{advice}", shrinkage


async def _write(
    store: Store, source: Source, fresh: Sequence[Dataset], report: SyncReport, *, now: datetime, progress: Progress
) -> int:
    """Write what is new and return the version in force; without news only the time of the sync is recorded."""
    if source.version and not (report.added or report.updated or report.removed):
        await confirm_version(store, source, now=now)
        return source.version
    version = await open_version(store)
    for start in range(0, len(fresh), CHUNK):
        progress("write", start, len(fresh))
        await write_datasets(store, source, version, fresh[start : start + CHUNK])
    progress("write", len(fresh), len(fresh))
    await publish_version(store, source, version, now=now)
    await purge_versions(store, source, before=version)
    await prune_tables(store, used=await used_tables(store), before=now - SPARED)
    return version
