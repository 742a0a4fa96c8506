"""Bring the store to what a source publishes: list, guard, load, compare, write a new version, let it count.

The version in force is never touched: whatever fails on the way leaves it as it was. The steps are in
``gateway/syncing/``.
"""

import contextlib
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.errors import ConflictError
from bot.core.personal import PersonalRules
from bot.store.engine import Store
from bot.store.exclusion import exclusive
from bot.store.source import Source, confirm_version, find_source, read_codes, read_digests, register_source
from gateway.portal import Client, Offline, Portal, PortalError, Progress, Request, silent
from gateway.syncing.comparing import Comparison
from gateway.syncing.guard import GuardError, Shrinkage, judge, require
from gateway.syncing.reach import note_reach
from gateway.syncing.reading import Listed, Listing, Reading, read_listing, tell_apart
from gateway.syncing.report import SyncReport
from gateway.syncing.trouble import end_trouble, note_trouble
from gateway.syncing.writing import sweep_tables, write_version

__all__ = ["GuardError", "Shrinkage", "SyncReport", "sync"]

WHOLE_EVERY = timedelta(days=1)
"""A source that can tell what changed is read as a whole once a day nevertheless: deletions show in nothing else."""


async def sync(
    store: Store,
    portal: Portal,
    request: Request,
    *,
    now: datetime,
    client: Client | None = None,
    rules: PersonalRules | None = None,
    progress: Progress = silent,
    yes: bool = False,
    yes_halt: bool = False,
    dry_run: bool = False,
    sample: bool = False,
    whole: bool = False,
) -> SyncReport:
    """Make what ``request`` names count as it is now. ``dry_run`` writes nothing and only reports.

    A source that is not a file of this machine is asked by ``client``; without ``rules`` no personal data are masked
    and no files are loaded. Only what changed is read where the source can tell, unless the ``whole`` is asked for, it
    is time for it, or what would go is to be foreseen or taken.

    Raises PortalError when the source is unreadable, GuardError when it shrank and neither ``yes`` (more than 10 %) nor
    ``yes_halt`` (more than 50 %, or nothing left) allows that, ConflictError when another sync of it is running.
    """
    reading = Reading(
        store=store,
        portal=portal,
        request=request,
        client=client or Offline(),
        rules=rules,
        now=now,
        progress=progress,
        dry=dry_run,
    )
    if dry_run:
        return await _foresee(reading, sample=sample)
    allowed = Shrinkage.HALT if yes_halt else Shrinkage.ASK if yes else Shrinkage.WARN
    async with _alone(store, request):
        return await _sync(reading, allowed, sample=sample, whole=whole or yes or yes_halt)


@contextlib.asynccontextmanager
async def _alone(store: Store, request: Request) -> AsyncIterator[None]:
    name = f"sync\n{request.kind}\n{request.name}\n{request.province}"
    async with exclusive(store, name) as mine:
        if not mine:
            raise ConflictError(f"another sync of {request.name} is running; its result will stay")
        yield


async def _sync(reading: Reading, allowed: Shrinkage, *, sample: bool, whole: bool) -> SyncReport:
    store, request = reading.store, reading.request
    source = await _source(reading, sample=sample)
    try:
        state = await _list(reading, source, whole=whole)
        require(state.sentence, state.shrinkage, allowed)
    except (PortalError, GuardError) as error:
        if source.version:
            await note_trouble(store, request, str(error), consent=getattr(error, "consent", ""), now=reading.now)
            await note_reach(store, request, error, now=reading.now)
        raise
    identity = {"kind": request.kind, "name": request.name, "province": request.province}
    registered = await register_source(store, **identity, address=request.address, sample=sample)
    state.found.source = source = replace(registered, version=source.version)
    await state.found.withdraw(state.missing)
    await state.found.compare(state.listed)
    version = await _write(reading, source, state)
    await end_trouble(store, request, whole=state.listing.whole)
    await note_reach(store, request, None, now=reading.now)
    return _report(state, version)


async def _foresee(reading: Reading, *, sample: bool) -> SyncReport:
    """What a sync would do. Nothing is confirmed one by one that the guard would not let pass anyway."""
    source = await _source(reading, sample=sample)
    state = await _list(reading, source, whole=True)
    await state.found.withdraw(state.missing, asking=state.shrinkage <= Shrinkage.WARN)
    await state.found.compare(state.listed)
    return _report(state, source.version)


async def _source(reading: Reading, *, sample: bool) -> Source:
    """The source as it is known; one that is not has number 0."""
    request = reading.request
    kind, name, province = request.kind, request.name, request.province
    found = await find_source(reading.store, kind=kind, name=name, province=province)
    return found or Source(
        id=0,
        kind=kind,
        name=name,
        province=province,
        address=request.address,
        sample=sample,
        version=0,
        synced_at=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """A listing beside what is in force. ``sentence`` is what the guard says of it."""

    listing: Listing
    listed: list[Listed]
    missing: Collection[str]
    sentence: str
    shrinkage: Shrinkage
    found: Comparison


async def _list(reading: Reading, source: Source, *, whole: bool) -> _State:
    """Read what the source lists, as a whole when that is asked for or its last time was long ago."""
    recent = source.whole_at is not None and reading.now - source.whole_at < WHOLE_EVERY
    mark = source.mark if source.version and recent and not whole else ""
    listing = await read_listing(replace(reading, request=replace(reading.request, mark=mark)))
    known = await read_digests(reading.store, source)
    taken = await read_codes(reading.store, beside=source, sample=source.sample)
    origin = f"{source.kind}\n{source.name}\n{source.province}"
    listed = tell_apart(listing.datasets, taken, origin=origin, known=known)
    sentence, shrinkage = judge(len(known), len(listed), listing.rejected) if listing.whole else ("", Shrinkage.NONE)
    return _State(
        listing=listing,
        listed=listed,
        missing=known.keys() - {each.dataset.code for each in listed} if listing.whole else frozenset(),
        sentence=sentence,
        shrinkage=shrinkage,
        found=Comparison(
            reading=reading,
            source=source,
            known=known,
            rows=dict(listing.rows),
            notices=[*listing.notices, *filter(None, [sentence])],
        ),
    )


async def _write(reading: Reading, source: Source, state: _State) -> int:
    """Write what is new and return the version in force; without news only the time of the sync is recorded."""
    found, listing = state.found, state.listing
    # what could not be loaded is listed again next time; of a whole reading only at the next one
    mark = source.mark if found.failed and not listing.whole else listing.mark
    if source.version and not (found.fresh or found.gone):
        await confirm_version(reading.store, source, now=reading.now, mark=mark, whole=listing.whole)
        if listing.whole:  # else what was replaced last would stay for as long as nothing else changes
            await sweep_tables(reading.store, now=reading.now)
        return source.version
    return await write_version(
        reading.store,
        source,
        fresh=found.fresh,
        kept=sorted(found.known.keys() - {dataset.code for dataset in found.fresh} - set(found.gone)),
        changes=found.changes,
        mark=mark,
        whole=listing.whole,
        now=reading.now,
        progress=reading.progress,
    )


def _report(state: _State, version: int) -> SyncReport:
    found, listing = state.found, state.listing
    return SyncReport(
        added=found.added,
        updated=len(found.fresh) - found.added,
        removed=len(found.gone),
        unchanged=len(found.known) - (len(found.fresh) - found.added) - len(found.gone),
        rejected=tuple(listing.rejected),
        tables=len(found.rows),
        rows=sum(found.rows.values()),
        version=version,
        masked=(*listing.masked, *found.masked),
        drift=tuple(found.drift),
        notices=tuple(found.notices),
        whole=listing.whole,
        guard=state.shrinkage.name.lower(),
        changes=tuple(found.changes),
    )
