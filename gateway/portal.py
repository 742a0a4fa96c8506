"""The contract of a catalogue source.

A portal is one file in ``gateway/portals/`` that exposes ``PORTAL``. It reads what a source publishes, entry by
entry; comparing, guarding and storing (``gateway/sync.py``) and the whole contract suite follow from being found.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.core.catalogue import Dataset, Table
from bot.core.errors import TracuuError
from bot.plugins import find_plugins
from gateway import portals

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done (``read``, ``write``), how much of it is done, and of how much (None = unknown)."""


class PortalError(TracuuError):
    """The source cannot be read as a whole; nothing of it is taken. ``retry``: trying again may help."""

    retry = False


class BadSourceError(TracuuError):
    """The address of a source is not one that any portal serves: wrong usage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which source to read. ``name`` and ``province`` (an id, or empty) belong to its identity."""

    kind: str
    address: str
    name: str
    province: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A dataset as published, with the contents of those of its resources that name a table."""

    dataset: Dataset
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An entry that cannot be used: where it begins in the source (1 = first line) and why, in one sentence."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the operator should know although everything was taken."""

    text: str


Entry = Fetched | Rejected | Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A kind of source.

    ``fetch(request, progress)`` yields every entry once, in the order of the source; codes are unique among the fetched
    and the same at every reading. It raises :class:`PortalError` before the first entry when the source is unreadable.
    ``locate(address, folder)`` completes an address that was written in ``folder``; it is also the name of a source
    that was given none.
    """

    name: str
    kinds: tuple[str, ...]
    fetch: Callable[[Request, Progress], AsyncIterator[Entry]]
    locate: Callable[[str, Path], str] = lambda address, _folder: address


@cache
def find_portals() -> dict[str, Portal]:
    """Every portal by the kinds that it serves. Raises TracuuError when two serve the same."""
    found: dict[str, Portal] = {}
    for portal in find_plugins(portals, "PORTAL", Portal):
        for kind in portal.kinds:
            if kind in found:
                raise TracuuError(f"both {found[kind].name} and {portal.name} serve sources of kind {kind}")
            found[kind] = portal
    return found


def read_source(text: str, *, name: str = "", province: str = "", folder: Path = Path()) -> tuple[Portal, Request]:
    """The portal and the request for ``kind:address``. Raises BadSourceError when there is none for it.

    ``folder`` is where relative file names start.
    """
    kind, colon, address = (part.strip() for part in text.partition(":"))
    if not colon or not address:
        raise BadSourceError(f"a source is written kind:address, such as csv:catalogue.csv; {text!r} is not")
    known = find_portals()
    portal = known.get(kind.lower())
    if portal is None:
        kinds = ", ".join(sorted(known))
        raise BadSourceError(f"this version does not read sources of kind {kind}, only {kinds}")
    address = portal.locate(address, folder)
    return portal, Request(kind=kind.lower(), address=address, name=name or address, province=province)


def silent(_stage: str, _done: int, _total: int | None) -> None:
    """A :data:`Progress` that tells nobody."""
