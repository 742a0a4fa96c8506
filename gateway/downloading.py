"""Load the tables of a file of a dataset: asked for only what changed, within limits, masked, saved.

Whatever goes wrong with the file leaves the tables of the last good reading; the caller is told in one sentence.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.catalogue import Dataset, Resource
from bot.core.personal import MaskedColumn, PersonalRules
from bot.store.downloads import Download, KeptTable, find_download, keep_download
from bot.store.engine import Store
from bot.store.masks import read_masks
from bot.store.table import save_rows, save_table, touch_tables
from gateway.downloads.former import remask
from gateway.downloads.reading import Reading, hash_file, loader_fingerprint, read_tables
from gateway.downloads.rows import TooMuchError, Wanted, mask_spool, spool_rows
from gateway.downloads.spool import unnamed_file
from gateway.masking import fingerprint, save_masks
from gateway.portal import Answer, Client, NoRowsError, Portal, PortalError, RemoteFile, Request
from gateway.tables.sheet import LIMITS, Limits, SheetError

READ_AGAIN = timedelta(days=7)
"""After this time a file is read whole, whatever its server says of it: some say "unchanged" of files that changed."""
ROWS_AGAIN = timedelta(days=1)
"""The same for rows of a row API, whose only sign of a change is a date that not every way of writing moves."""
RESUMED = timedelta(hours=6)
"""How long what a broken sync had loaded is taken over without asking again; as long as its tables are spared."""

_OK, _UNCHANGED = 200, 304


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
    """What became of a file.

    ``resources`` take the place of the dataset's resource at ``RemoteFile.position`` (all with that position): one for
    each table, or a single one without rows. ``rows`` counts the rows by the hash of the table. ``failed`` says why the
    file could not be read, empty when it could; then the resources are those of the last good reading.
    ``notices`` are what an operator should know although it was read; ``masked`` is what was hidden.
    """

    resources: tuple[Resource, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    failed: str = ""
    masked: tuple[MaskedColumn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One file to be loaded. ``known`` is what is remembered of it, ``rules_mark`` stands for the masking rules."""

    store: Store
    client: Client
    wanted: Wanted
    source_id: int
    rules: PersonalRules
    now: datetime
    limits: Limits
    rules_mark: str
    known: Download | None
    synced_at: datetime | None

    @property
    def address(self) -> str:
        """How the file is remembered."""
        return self.wanted.file.url or self.wanted.file.rows

    def made_by(self, way: str) -> str:
        """Stands for all that decides what is made of the file when it is read in a ``way``."""
        return f"{way}:{loader_fingerprint()}:{self.rules_mark}"


async def load_file(
    store: Store,
    client: Client,
    portal: Portal,
    request: Request,
    file: RemoteFile,
    *,
    source_id: int,
    dataset: Dataset,
    rules: PersonalRules,
    now: datetime,
    limits: Limits = LIMITS,
) -> LoadedFile:
    """Load ``file`` of ``dataset`` and save its tables. ``now`` is when the sync began, the same for all of its files.

    Raises StoreError, and nothing for a file or a server that is in trouble: :attr:`LoadedFile.failed` says so.
    """
    base = _base(dataset, file)
    known, synced_at = await find_download(store, source_id, file.url or file.rows)
    job = _Job(
        store=store,
        client=client,
        wanted=Wanted(portal=portal, request=request, file=file, dataset=dataset, title=base.title),
        source_id=source_id,
        rules=rules,
        now=now,
        limits=limits,
        rules_mark=fingerprint(rules, dataset),
        known=known,
        synced_at=synced_at,
    )
    try:
        return await _load(job)
    except (PortalError, SheetError, TooMuchError) as error:
        return await _failed(job, str(error))
    except OSError as error:
        return await _failed(job, f"the file cannot be kept while it is read ({error.strerror})")


async def _load(job: _Job) -> LoadedFile:
    if job.wanted.file.rows and job.wanted.portal.read_rows is not None:
        try:
            return await _load_rows(job)
        except NoRowsError:
            pass  # its file may have them
    if not job.wanted.file.url:
        raise PortalError("the portal names neither rows nor an address for the file")
    return await _load_body(job)


async def _load_rows(job: _Job) -> LoadedFile:
    made_by = job.made_by("rows")
    modified = job.wanted.file.modified_at.isoformat() if job.wanted.file.modified_at else ""
    known = await _usable(job, made_by, READ_AGAIN if not modified else ROWS_AGAIN)
    if known is not None and (_resumed(job, known) or (modified and known.last_modified == modified)):
        return await _unchanged(job, known)
    raw = await spool_rows(job.wanted, job.client, job.limits)
    with raw:
        masked, hidden = await asyncio.to_thread(mask_spool, raw, job.wanted.title, job.wanted.dataset, job.rules)
    with masked:
        head = masked.head
        await save_rows(job.store, head, iter(masked), now=job.now)
    await save_masks(job.store, head.hash, hidden)
    kept = KeptTable(format="", fields=head.columns, row_count=head.row_count, table=head.hash)
    return await _done(job, replace(_fresh(job, made_by, last_modified=modified), tables=(kept,)))


async def _load_body(job: _Job) -> LoadedFile:
    made_by = job.made_by("file")
    known = await _usable(job, made_by, READ_AGAIN)
    if known is not None and _resumed(job, known):
        return await _unchanged(job, known)
    with unnamed_file() as path:
        answer = await job.client.download(
            job.wanted.file.url, path, headers=_conditions(known), limit=job.limits.bytes
        )
        if known is not None and answer.status == _UNCHANGED:
            return await _unchanged(job, known)
        if answer.status != _OK:
            raise PortalError(f"the server answered {answer.status}")
        return await _read_body(job, answer, path, made_by)


async def _read_body(job: _Job, answer: Answer, path: Path, made_by: str) -> LoadedFile:
    fresh = _fresh(job, made_by, last_modified=answer.headers.get("last-modified", ""))
    body_hash = await asyncio.to_thread(hash_file, path)
    fresh = replace(fresh, etag=answer.headers.get("etag", ""), body_hash=body_hash)
    known = job.known
    if known is not None and (known.body_hash, known.made_by) == (body_hash, made_by) and await _still_kept(job, known):
        return await _done(job, replace(fresh, tables=known.tables, notices=known.notices))
    reading = await asyncio.to_thread(
        read_tables,
        path,
        form=job.wanted.file.format,
        said=answer.headers.get("content-type", ""),
        dataset=job.wanted.dataset,
        rules=job.rules,
        limits=job.limits,
    )
    await _save(job, reading)
    kept = tuple(table.kept for table in reading.tables)
    return await _done(job, replace(fresh, tables=kept, notices=reading.notices))


async def _save(job: _Job, reading: Reading) -> None:
    for read in reading.tables:
        await save_table(job.store, read.table, now=job.now)
        await save_masks(job.store, read.table.hash, read.masked)


async def _usable(job: _Job, made_by: str, patience: timedelta) -> Download | None:
    """What is remembered of the file, if it may stand for it: made the same way, not too long ago, and still kept."""
    known = job.known
    if known is None or known.made_by != made_by or known.read_at is None or job.now - known.read_at >= patience:
        return None
    return known if await _still_kept(job, known) else None


async def _still_kept(job: _Job, known: Download) -> bool:
    return await touch_tables(job.store, [table.table for table in known.tables], now=job.now)


def _resumed(job: _Job, known: Download) -> bool:
    """Whether a sync that was broken off has just loaded it: after the last whole one, and without trouble."""
    unfinished = job.synced_at is None or known.checked_at > job.synced_at
    return unfinished and not known.error and timedelta() < job.now - known.checked_at < RESUMED


def _conditions(known: Download | None) -> dict[str, str]:
    if known is None:
        return {}
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _fresh(job: _Job, made_by: str, *, last_modified: str) -> Download:
    """What is to be remembered of a file that was read just now, as far as it is known before its tables are."""
    return Download(
        address=job.address, made_by=made_by, last_modified=last_modified, read_at=job.now, checked_at=job.now
    )


async def _unchanged(job: _Job, known: Download) -> LoadedFile:
    return await _done(job, replace(known, checked_at=job.now, error=""))


async def _done(job: _Job, download: Download) -> LoadedFile:
    """Remember ``download``, whose tables are kept, and say what the file holds."""
    before = job.known
    same = before is not None and _hashes(before.tables) == _hashes(download.tables)
    changed_at = before.changed_at if before is not None and same else job.now
    await keep_download(job.store, job.source_id, replace(download, changed_at=changed_at))
    return await _loaded(job, download.tables, notices=download.notices)


async def _failed(job: _Job, why: str) -> LoadedFile:
    """The last good tables; masked anew when the rules have changed since, for the file itself cannot be had."""
    known = job.known or Download(address=job.address, checked_at=job.now)
    tables = known.tables if await _still_kept(job, known) else ()
    if tables and not known.made_by.endswith(f":{job.rules_mark}"):
        tables = await remask(job.store, tables, dataset=job.wanted.dataset, rules=job.rules, now=job.now)
        known = replace(known, tables=tables)
    await keep_download(job.store, job.source_id, replace(known, checked_at=job.now, error=why))
    return await _loaded(job, tables, failed=why)


async def _loaded(
    job: _Job, tables: Sequence[KeptTable], *, notices: tuple[str, ...] = (), failed: str = ""
) -> LoadedFile:
    base = _base(job.wanted.dataset, job.wanted.file)
    masked = await read_masks(job.store, *_hashes(tables)) if tables else {}
    return LoadedFile(
        resources=tuple(_resource(base, kept) for kept in tables) or (base,),
        rows={kept.table: kept.row_count for kept in tables},
        notices=notices,
        failed=failed,
        masked=tuple(column for table in _hashes(tables) for column in masked.get(table, ())),
    )


def _base(dataset: Dataset, file: RemoteFile) -> Resource:
    """The resource that the portal describes, without what is said of a table."""
    found = next((each for each in dataset.resources if each.position == file.position), None)
    base = found or Resource(position=file.position, format=file.format, url=file.url)
    return replace(base, table=None, row_count=0)


def _resource(base: Resource, kept: KeptTable) -> Resource:
    return replace(
        base,
        title=kept.title or base.title,
        note=kept.note or base.note,
        fields=kept.fields,
        row_count=kept.row_count,
        table=kept.table,
    )


def _hashes(tables: Sequence[KeptTable]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table.table for table in tables))
