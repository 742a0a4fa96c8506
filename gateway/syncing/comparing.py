"""Load the tables of what was listed, and compare it with the version in force."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.catalogue import Dataset, Resource
from bot.core.changes import Change
from bot.core.comparison import change_of, has_other_rows, with_evidence
from bot.core.local_time import local_day
from bot.store.dataset import digest_of, to_document
from bot.store.source import Source, read_datasets
from gateway.drifting import drift_of
from gateway.portal import PortalError, RemoteFile
from gateway.syncing.reading import Listed, Reading, tell_masked

_TURN = 20
"""Datasets between two turns of the event loop."""


@dataclass(slots=True, kw_only=True)
class Comparison:
    """How a listing differs from what ``source`` says in force, ``known`` by code and digest.

    ``fresh`` is to be written, ``gone`` to be left out. ``rows`` are those of all tables of the datasets that were
    compared, by hash; ``failed`` counts files that could not be loaded.
    """

    reading: Reading
    source: Source
    known: Mapping[str, str]
    fresh: list[Dataset] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    added: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    drift: list[str] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    failed: int = 0

    async def compare(self, listed: Sequence[Listed]) -> None:
        """Load the files of ``listed`` and compare each with what was said of it before."""
        total, loaded = sum(len(each.files) for each in listed), 0
        for start in range(0, len(listed), _TURN):
            chunk = listed[start : start + _TURN]
            former = await self._former([each.dataset.code for each in chunk])
            for each in chunk:
                before = former.get(each.dataset.code)
                if each.files:
                    self.reading.progress("tables", loaded, total)
                    loaded += len(each.files)
                await self._note(before, await self._loaded(each, before))
            await asyncio.sleep(0)
        if total:
            self.reading.progress("tables", total, total)
        if total and self.reading.dry:
            self.notices.append(f"a dry run downloads nothing, so nothing is said of the rows of {total} files")

    async def withdraw(self, missing: Collection[str], *, asking: bool = True) -> None:
        """Let go of what the listing lacks, as far as the portal, ``asking`` it, confirms that each is gone."""
        codes = sorted(missing)
        kept: list[str] = []
        for start in range(0, len(codes), _TURN):
            for code, dataset in (await self._former(codes[start : start + _TURN])).items():
                self.reading.progress("confirm", start, len(codes))
                if not asking or await self._is_gone(dataset):
                    self.gone.append(code)
                    self._tell(change_of(dataset, None))
                else:
                    kept.append(dataset.title)
        if kept:
            shown = "; ".join(kept[:5]) + (" …" if len(kept) > 5 else "")
            self.notices.append(f"not listed, but not confirmed as withdrawn and so kept: {len(kept)} ({shown})")

    async def _former(self, codes: Sequence[str]) -> dict[str, Dataset]:
        return await read_datasets(self.reading.store, self.source, [code for code in codes if code in self.known])

    async def _note(self, before: Dataset | None, read: Dataset) -> None:
        after = with_evidence(read, before, today=local_day(self.reading.now))
        self.rows |= {resource.table: resource.row_count for resource in after.resources if resource.table}
        if self.known.get(after.code) == digest_of(to_document(after)):
            return
        drift: tuple[str, ...] = ()
        if before is not None and has_other_rows(before, after):
            drift = await drift_of(self.reading.store, before, after)
        self.added += before is None
        self.fresh.append(after)
        self.drift += [f"{after.title}: {sentence}" for sentence in drift]
        self._tell(change_of(before, after, drift=drift))

    def _tell(self, change: Change | None) -> None:
        if change is not None:
            self.changes.append(change)

    async def _loaded(self, listed: Listed, before: Dataset | None) -> Dataset:
        """The dataset with the tables of its files; one that has none is linked."""
        if not listed.files:
            return listed.dataset
        found = {file.position: await self._tables(listed, file, before) for file in listed.files}
        resources = [table for each in listed.dataset.resources for table in found.get(each.position) or (each,)]
        return replace(listed.dataset, resources=_numbered(resources))

    async def _tables(self, listed: Listed, file: RemoteFile, before: Dataset | None) -> tuple[Resource, ...]:
        reading, dataset = self.reading, listed.dataset
        if reading.dry or reading.rules is None:
            return tuple(each for each in (before.resources if before else ()) if each.table and each.url == file.url)
        from gateway.downloading import load_file  # noqa: PLC0415 - the sample of every first start needs no readers

        loaded = await load_file(
            reading.store,
            reading.client,
            reading.portal,
            reading.request,
            file,
            source_id=self.source.id,
            dataset=dataset,
            rules=reading.rules,
            now=reading.now,
        )
        said = [*loaded.notices, *filter(None, [loaded.failed])]
        self.notices += [f"{dataset.title}: {sentence}" for sentence in said]
        self.failed += bool(loaded.failed)
        self.masked += tell_masked(dataset, loaded.masked)
        if loaded.failed and before is not None and not any(each.table for each in loaded.resources):
            return _of_moved_file(before, listed.files, file) or loaded.resources
        return loaded.resources

    async def _is_gone(self, dataset: Dataset) -> bool:
        portal = self.reading.portal
        if portal.is_gone is None or not dataset.key:
            return True
        try:
            return await portal.is_gone(self.reading.request, dataset.key, self.reading.client)
        except PortalError:
            return False


def _of_moved_file(before: Dataset, files: Sequence[RemoteFile], file: RemoteFile) -> tuple[Resource, ...]:
    """The former tables of ``file`` if it seems to have moved: exactly one address that had tables is not listed now.

    A portal gives every new upload an address of its own; one that cannot be loaded yet must not take the rows away.
    """
    tables = [resource for resource in before.resources if resource.table]
    left = {resource.url for resource in tables} - {each.url for each in files}
    return tuple(replace(each, url=file.url) for each in tables if each.url in left) if len(left) == 1 else ()


def _numbered(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    return tuple(replace(resource, position=at) for at, resource in enumerate(resources))
