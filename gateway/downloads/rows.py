"""Read the rows of a file page by page from the portal's row API: spooled to disk, checked, masked."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.catalogue import Dataset
from bot.core.errors import TracuuError
from bot.core.personal import MaskedColumn, PersonalRules
from bot.core.personal_masking import RowMask, mask_text
from bot.core.text import clean
from gateway.downloads.spool import RowSpool
from gateway.masking import EVERY, FIRST, verdicts_of
from gateway.portal import Client, Portal, PortalError, RemoteFile, Request, RowPage
from gateway.tables.sheet import Limits


class TooMuchError(TracuuError):
    """The rows go beyond what is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows are read, and of which dataset."""

    portal: Portal
    request: Request
    file: RemoteFile
    dataset: Dataset
    title: str


async def spool_rows(wanted: Wanted, client: Client, limits: Limits) -> RowSpool:
    """Every row as the portal gives it. Close the spool when done.

    Raises NoRowsError, PortalError when it breaks off or contradicts itself, TooMuchError beyond ``limits``.
    """
    read_rows = wanted.portal.read_rows
    if read_rows is None:
        raise PortalError("the portal has no row API")
    spool: RowSpool | None = None
    try:
        async for page in read_rows(wanted.request, wanted.file, client):
            if spool is None:
                spool = RowSpool([clean(name) for name in page.columns])
            await asyncio.to_thread(_take, spool, page, limits)
    except BaseException:
        if spool is not None:
            spool.close()
        raise
    if spool is None:
        raise PortalError("the row API sent no page")
    return spool


def mask_spool(
    raw: RowSpool, title: str, dataset: Dataset, rules: PersonalRules
) -> tuple[RowSpool, tuple[MaskedColumn, ...]]:
    """The rows of ``raw`` as they may be kept, in a spool of their own, and what was hidden. Not for the event loop."""
    sample = [row for number, row in enumerate(raw) if number < FIRST or number % EVERY == 0]
    verdicts = verdicts_of(raw.columns, sample, title=title, dataset=dataset, rules=rules)
    mask = RowMask(raw.columns, verdicts, rules)
    masked = RowSpool([mask_text(heading, rules) for heading in raw.columns])
    try:
        for row in raw:
            masked.add(mask.mask(row))
    except BaseException:
        masked.close()
        raise
    return masked, mask.hidden()


def _take(spool: RowSpool, page: RowPage, limits: Limits) -> None:
    if len(page.columns) != len(spool.columns):
        raise PortalError("the pages of the row API have different columns")
    for row in page.rows:
        if len(row) != len(spool.columns):
            raise PortalError("a row of the row API has more or fewer cells than there are columns")
        spool.add([clean(cell) for cell in row])
    _check(spool, page.rows, limits)


def _check(spool: RowSpool, rows: Sequence[Sequence[str]], limits: Limits) -> None:
    excess = limits.excess(len(spool.columns), rows, spool.count)
    if excess:
        raise TooMuchError(excess)
