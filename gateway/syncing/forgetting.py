"""Let go of a source: as if it published nothing any more, without asking it."""

from collections.abc import AsyncIterator
from dataclasses import replace

from gateway.portal import Client, Entry, Portal, Progress, Request


def emptied(portal: Portal) -> Portal:
    """``portal`` as the source of somebody who wants nothing of it any more; what it gave is confirmed as gone."""
    return replace(portal, fetch=_fetch, is_gone=None)


def is_emptied(portal: Portal) -> bool:
    """Whether it is one of those."""
    return portal.fetch is _fetch


async def _fetch(_request: Request, _client: Client, _progress: Progress) -> AsyncIterator[Entry]:
    entries: tuple[Entry, ...] = ()
    for entry in entries:
        yield entry
