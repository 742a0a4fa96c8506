"""A PX-Web, as the statistical office runs it: its folders for the catalogue, its tables by query."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yarl import URL

from bot.core.catalogue import Dataset, Resource
from gateway.cell import CellError, tidy
from gateway.dataset_code import KeyCodes
from gateway.portal import (
    Client,
    Entry,
    Fetched,
    Increment,
    Mark,
    Notice,
    Portal,
    PortalError,
    Progress,
    Rejected,
    RemoteFile,
    Request,
    RowPage,
)
from gateway.portal_directory import load_directory
from gateway.pxweb.api import Api, RefusedError
from gateway.pxweb.cells import ask, read_cells
from gateway.pxweb.mark import fingerprint, read_mark, write_mark
from gateway.pxweb.tree import Leaf, Tree
from gateway.pxweb.variables import bare_title, lay_out, read_variables

_LONGEST_TITLE = 500
_API = ("api", "v1")
_LANGUAGE = "vi"


async def fetch(request: Request, client: Client, progress: Progress) -> AsyncIterator[Entry]:
    """The tables of a PX-Web, or those that were updated since the mark. Raises PortalError."""
    base, root = _take_apart(request.address)
    api = Api(base, client)
    await api.settle()
    portal = load_directory().at(base)
    reading = _Reading(
        tree=Tree(api=api, root=root),
        province=request.province or (portal.province if portal else ""),
        publisher=portal.name if portal else "",
        known=read_mark(request.mark),
    )
    leaves = [leaf async for leaf in reading.tree.leaves()]
    if not leaves:
        raise PortalError("this PX-Web lists no table at all")
    if reading.known:
        yield Increment()
    for leaf in leaves:  # also of those that are not read again: whose code is taken does not depend on that
        reading.codes.claim(leaf.key)
    for line, leaf in enumerate(leaves, 1):
        progress("read", line - 1, len(leaves))
        if fingerprint(leaf) not in reading.known:
            yield await reading.entry(leaf, line)
    progress("read", len(leaves), len(leaves))
    for notice in reading.notices():
        yield notice
    yield Mark(text=write_mark(leaf for leaf in leaves if leaf.key not in reading.rejected))


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One PX-Web on its way from table to table; ``known`` are the prints of the tables that need not be asked for.

    All its tables are by the office that runs it: the API names none.
    """

    tree: Tree
    province: str
    publisher: str
    known: frozenset[str]
    codes: KeyCodes = field(init=False)
    rejected: set[str] = field(default_factory=set)
    rowless: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.codes = KeyCodes(self.province)

    async def entry(self, leaf: Leaf, line: int) -> Fetched | Rejected:
        try:
            description = await self.tree.api.description(leaf.path)
            names = [tidy(name) for name in _names(description) if isinstance(name, str)]
            title = _checked(leaf.title or bare_title(tidy(str(description.get("title") or "")), names))
        except (RefusedError, CellError) as error:
            self.rejected.add(leaf.key)
            return Rejected(line=line, reason=f"{leaf.key}: {error}")
        try:
            read_variables(description)
        except RefusedError as error:
            self.rowless.append(f"{leaf.key} ({error})")
            rows = ""
        else:
            rows = leaf.key
        return self._fetched(leaf, title, tuple(names), rows)

    def _fetched(self, leaf: Leaf, title: str, fields: tuple[str, ...], rows: str) -> Fetched:
        moment, page = _moment(leaf.updated), _page(self.tree.api.base, leaf.path)
        dataset = Dataset(
            code=self.codes.claim(leaf.key),
            title=title,
            province=self.province,
            key=leaf.key,
            publisher=self.publisher,
            theme=", ".join(dict.fromkeys(leaf.above)),
            format="PX-Web",
            url=page,
            fields=fields,
            changed_at=moment.date() if moment else None,
            resources=(Resource(position=0, title=title, format="PX-Web", url=page),),
        )
        file = RemoteFile(position=0, url=page, format="PX-Web", modified_at=moment, rows=rows)
        return Fetched(dataset=dataset, files=(file,) if rows else ())

    def notices(self) -> Iterator[Notice]:
        """What the operator should know besides the tables."""
        if self.tree.bare:
            yield Notice(text=f"databases that list no tables for programs: {', '.join(self.tree.bare)}")
        if self.tree.lost:
            yield Notice(text=f"folders that are listed but not there: {', '.join(self.tree.lost)}")
        if self.rowless:
            yield Notice(text=f"tables that are linked, their rows cannot be asked for: {', '.join(self.rowless[:10])}")


async def read_rows(request: Request, file: RemoteFile, client: Client) -> AsyncIterator[RowPage]:
    """The rows of a table, as many queries as its size needs. Raises PortalError."""
    base, _ = _take_apart(request.address)
    api = Api(base, client)
    if not api.is_settled:
        await api.settle()
    path = tuple(file.rows.split("/"))
    layout = lay_out(read_variables(await api.description(path)), most=api.allowance.cells)
    for piece in layout.pieces(api.allowance.cells):
        answer = await api.query(path, ask(piece))
        yield await asyncio.to_thread(read_cells, answer, layout, piece)


async def is_gone(request: Request, key: str, client: Client) -> bool:
    """Whether the table is not there any more. Raises PortalError when the portal does not say."""
    base, _ = _take_apart(request.address)
    try:
        await Api(base, client).description(key.split("/"))
    except RefusedError as error:
        if error.status in {404, 410}:
            return True
        raise
    return False


def _names(description: Mapping[str, Any]) -> Iterator[object]:
    return (variable.get("text") for variable in description["variables"] if isinstance(variable, Mapping))


def _checked(title: str) -> str:
    if not title:
        raise CellError("the title is empty")
    if len(title) > _LONGEST_TITLE:
        raise CellError(f"the title is longer than {_LONGEST_TITLE} characters")
    return title


def _take_apart(address: str) -> tuple[str, tuple[str, ...]]:
    """The address of the API with its language, and the database and folders behind it."""
    url = URL(load_directory().present(address))
    parts = [part for part in url.path.split("/") if part]
    start = next((at for at in range(len(parts)) if tuple(parts[at : at + 2]) == _API), None)
    if start is None:
        parts, start = [*parts, *_API, _LANGUAGE], len(parts)
    end = start + 3
    language = parts[start + 2 : end] or [_LANGUAGE]
    base = url.origin().joinpath(*parts[:start], *_API, *language)
    return str(base), tuple(parts[end:])


def _page(base: URL, path: tuple[str, ...]) -> str:
    """The page that shows the table to people: ``/pxweb/vi/database/database__folder/table/``."""
    *site, _, _, language = [part for part in base.path.split("/") if part]
    folders = "__".join(path[:-1])
    return str(base.origin().joinpath(*site, "pxweb", language, path[0], folders, path[-1])) + "/"


def _moment(printed: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(printed)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _locate(address: str, _folder: Path) -> str:
    return load_directory().complete(address, "pxweb")


PORTAL = Portal(name="pxweb", kinds=("pxweb",), fetch=fetch, locate=_locate, read_rows=read_rows, is_gone=is_gone)
