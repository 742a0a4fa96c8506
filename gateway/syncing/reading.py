"""Read what a source lists. Tables that it brings along are masked and kept at once; nothing refers to them yet."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from bot.core.catalogue import Dataset
from bot.core.personal import MaskedColumn, PersonalRules
from bot.store.engine import Store
from bot.store.table import save_table
from gateway.masking import mask_fetched, save_masks
from gateway.portal import (
    Client,
    Fetched,
    Increment,
    Mark,
    Notice,
    Portal,
    Progress,
    Rejected,
    RemoteFile,
    Request,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A source that is being read. A ``dry`` reading writes nothing; without ``rules`` nothing is masked."""

    store: Store
    portal: Portal
    request: Request
    client: Client
    rules: PersonalRules | None
    now: datetime
    progress: Progress
    dry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A dataset as listed; the tables of ``files`` are yet to be loaded."""

    dataset: Dataset
    files: tuple[RemoteFile, ...] = ()


@dataclass(slots=True, kw_only=True)
class Listing:
    """What a source listed. ``rows`` are those of tables that came along, by their hash.

    A listing is ``whole`` unless it holds only what changed since :attr:`Request.mark`; ``mark`` is where the next one
    may go on.
    """

    datasets: list[Listed] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    whole: bool = True
    mark: str = ""


async def read_listing(reading: Reading) -> Listing:
    """Everything that the source lists. Raises PortalError when it cannot be read, also half-way."""
    listing = Listing()
    async for entry in reading.portal.fetch(reading.request, reading.client, reading.progress):
        match entry:
            case Increment():
                listing.whole = False
            case Mark(text=text):
                listing.mark = text
            case Rejected():
                listing.rejected.append(entry)
            case Notice(text=text):
                listing.notices.append(text)
            case Fetched():
                kept = await _keep_tables(reading, listing, entry) if entry.tables else entry
                listing.datasets.append(Listed(dataset=kept.dataset, files=kept.files))
    return listing


async def _keep_tables(reading: Reading, listing: Listing, entry: Fetched) -> Fetched:
    """Keep the tables of ``entry``; returns it as it is kept, with personal data hidden."""
    hidden: dict[str, tuple[MaskedColumn, ...]] = {}
    if reading.rules is not None:
        entry, hidden = await asyncio.to_thread(mask_fetched, entry, reading.rules)
    for table in entry.tables:
        listing.rows[table.hash] = len(table.rows)
        listing.masked += tell_masked(entry.dataset, hidden.get(table.hash, ()))
        if not reading.dry:
            await save_table(reading.store, table, now=reading.now)
            if reading.rules is not None:
                await save_masks(reading.store, table.hash, hidden[table.hash])
    return entry


def tell_masked(dataset: Dataset, columns: Iterable[MaskedColumn]) -> list[str]:
    """What was hidden in a table of ``dataset``, a sentence for each column."""
    return [f"{dataset.title}: {each.heading}: {each.kind} in {each.cells} cells ({each.detail})" for each in columns]


def tell_apart(
    listed: Sequence[Listed], taken: Collection[str], *, origin: str, known: Collection[str] = ()
) -> list[Listed]:
    """``listed`` with codes that no other source uses: a code in ``taken`` gets an ending made from ``origin``.

    Whoever has such a code among the ``known`` ones of this source keeps it, so that it does not change back and forth.
    """
    ending = sha256(origin.encode()).hexdigest()[:4]
    apart = []
    for each in listed:
        own = f"{each.dataset.code}-{ending}"
        renamed = each.dataset.code in taken or own in known
        apart.append(replace(each, dataset=replace(each.dataset, code=own)) if renamed else each)
    return apart
