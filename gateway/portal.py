"""The contract of a catalogue source.

A portal is one file in ``gateway/portals/`` that exposes ``PORTAL``. It reads what a source publishes, entry by
entry; downloading, comparing, guarding and storing (``gateway/sync.py``) and the whole contract suite follow from being
found.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from bot.core.catalogue import Dataset, Table
from bot.core.errors import TracuuError
from bot.plugins import find_plugins
from gateway import portals

BODY = 64 * 2**20
"""How many bytes of an answer are read unless said otherwise."""

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done (``read``, ``write``), how much of it is done, and of how much (None = unknown)."""


class PortalError(TracuuError):
    """The source cannot be read as a whole; nothing of it is taken. ``retry``: trying again may help."""

    retry = False


class AwayError(PortalError):
    """The source did not answer as it should just now."""

    retry = True


class LoginError(PortalError):
    """The source wants to know who asks; nobody of ours may sign in."""


class NoRowsError(TracuuError):
    """The portal's row API has no rows for that file (an inactive DataStore): its file may have them."""


class BadSourceError(TracuuError):
    """The address of a source is not one that any portal serves: wrong usage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a portal answered: ``headers`` by their names in lower case, ``url`` after redirects."""

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Client(Protocol):
    """How a portal is asked, one thing after the other, whoever asks; really so in ``gateway/portal_client.py``."""

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = BODY,
    ) -> Answer:
        """The whole answer of ``url``, whatever its status. Raises PortalError without one, or over ``limit`` bytes."""

    async def post(
        self, url: str, question: object, *, headers: Mapping[str, str] | None = None, limit: int = BODY
    ) -> Answer:
        """As :meth:`get`, asked with ``question`` as JSON. Only for questions: what they ask may be asked again."""

    async def download(
        self, url: str, into: Path, *, headers: Mapping[str, str] | None = None, limit: int = BODY
    ) -> Answer:
        """As :meth:`get`, the body of a 200 written to the file ``into``, not held in memory."""


class Offline:
    """The :class:`Client` of whoever reads files of this machine only."""

    async def get(
        self,
        url: str,  # noqa: ARG002 – asked or not, nothing is called
        *,
        params: Mapping[str, str] | None = None,  # noqa: ARG002
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
        limit: int = BODY,  # noqa: ARG002
    ) -> Answer:
        """Raises PortalError."""
        raise PortalError("nothing is called here: only files of this machine are read")

    async def post(
        self,
        url: str,
        question: object,  # noqa: ARG002 – as above
        *,
        headers: Mapping[str, str] | None = None,
        limit: int = BODY,
    ) -> Answer:
        """Raises PortalError."""
        return await self.get(url, headers=headers, limit=limit)

    async def download(
        self,
        url: str,
        into: Path,  # noqa: ARG002 – as above
        *,
        headers: Mapping[str, str] | None = None,
        limit: int = BODY,
    ) -> Answer:
        """Raises PortalError."""
        return await self.get(url, headers=headers, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which source to read. ``name`` and ``province`` (an id, or empty) belong to its identity.

    ``mark`` is the last :class:`Mark` of the source: only what changed since is wanted. Empty = everything is.
    """

    kind: str
    address: str
    name: str
    province: str = ""
    mark: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same source as before, wherever it is read."""
        return self.kind, self.name, self.province


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of a dataset that may hold tables and has not been loaded.

    ``position`` is that of its :class:`bot.core.catalogue.Resource`, ``modified_at`` and ``size`` (bytes) are what the
    portal says of it, right or wrong. ``rows`` is how the portal's row API names it, empty = it has none.
    """

    position: int
    url: str
    format: str = ""
    modified_at: datetime | None = None
    size: int | None = None
    rows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """Some rows of a file as the row API gives them, in order; every page of a file has the same ``columns``."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A dataset as published, with the contents of those of its resources that name a table.

    ``files`` are those of its resources whose tables are yet to be loaded.
    """

    dataset: Dataset
    tables: tuple[Table, ...] = ()
    files: tuple[RemoteFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An entry that cannot be used: where it begins in the source (1 = first line) and why, in one sentence."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the operator should know although everything was taken."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment:
    """Comes first, if at all: what follows is only what changed since ``Request.mark``; the rest is as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Comes last, if at all: where the next reading of the source may go on."""

    text: str


Entry = Fetched | Rejected | Notice | Increment | Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A kind of source.

    ``fetch(request, client, progress)`` yields every entry once, in the order of the source; codes are unique among the
    fetched and the same at every reading. It raises :class:`PortalError` before the first entry when the source is
    unreadable, and as soon as it breaks off.
    ``locate(address, folder)`` completes an address that was written in ``folder``; it is also the name of a source
    that was given none. Raises BadSourceError.
    A ``local`` portal reads files of this machine: it calls nobody, and its mistakes can be told before a start.
    ``read_rows(request, file, client)`` yields the rows of a file with ``RemoteFile.rows``; raises NoRowsError before
    the first page, PortalError.
    ``is_gone(request, key, client)`` says whether the dataset that the portal calls ``key`` (:attr:`Dataset.key`) is
    really withdrawn when a whole listing lacks it; raises PortalError when that cannot be told.
    """

    name: str
    kinds: tuple[str, ...]
    fetch: Callable[[Request, Client, Progress], AsyncIterator[Entry]]
    locate: Callable[[str, Path], str] = lambda address, _folder: address
    local: bool = False
    read_rows: Callable[[Request, RemoteFile, Client], AsyncIterator[RowPage]] | None = None
    is_gone: Callable[[Request, str, Client], Awaitable[bool]] | None = None


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
