"""A catalogue in DCAT: ``data.json``, JSON-LD, RDF/XML or Turtle, whole or in pages; what it is, its content says."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yarl import URL

from gateway.cell import is_address
from gateway.dataset_code import KeyCodes
from gateway.dcat.address import complete, same_host
from gateway.dcat.document import Document, read_document
from gateway.dcat.mark import fingerprint, of_document, of_pages, read_mark
from gateway.dcat.paging import Page, read_page, turn
from gateway.dcat.reading import Reader, find_datasets
from gateway.portal import (
    Answer,
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
    Request,
)
from gateway.portal_directory import load_directory

_ACCEPT = {
    "Accept": "application/ld+json, application/json;q=0.9, text/turtle;q=0.7, application/rdf+xml;q=0.6, */*;q=0.1"
}
_GONE = frozenset({404, 410})
_CATALOGUE = re.compile(r"(?P<site>.*)/catalog\.(?P<form>jsonld|ttl|rdf|xml|n3)", re.IGNORECASE)
_MOST_PAGES = 10_000


async def fetch(request: Request, client: Client, progress: Progress) -> AsyncIterator[Entry]:
    """The datasets of the source, then what to know about it. Raises PortalError when it is unreadable, or breaks."""
    since = read_mark(request.mark)
    base = load_directory().present(request.address)
    address = str(URL(base).update_query(modified_since=since.day)) if since.day else base
    answer = await client.get(address, headers={**_ACCEPT, **since.headers()})
    if answer.status == 304 and since.headers():
        yield Increment()
        progress("read", 0, 0)
        yield Mark(text=request.mark)
        return
    document, page = await _read(answer)
    if since.day:
        yield Increment()
    known = load_directory().at(base)
    province = request.province or (known.province if known else "")
    reader = Reader(province=province, codes=KeyCodes(province, since.longer))
    reading = _Reading(reader=reader, client=client, progress=progress)
    entries = reading.each(document, answer.url) if document.addresses else reading.pages(document, page, answer.url)
    read: list[tuple[date | None, str]] = []
    async for entry in entries:
        if isinstance(entry, Fetched):
            print_ = fingerprint(entry)
            read.append((entry.dataset.changed_at, print_))
            if since.day and print_ in since.known:
                continue
        yield entry
    for notice in reader.notices():
        yield notice
    if document.addresses:
        return
    paged = page is not None or since.day
    mark = of_pages(answer, read, longer=reader.codes.longer) if paged else of_document(answer)
    if text := mark.write():
        yield Mark(text=text)


async def _read(answer: Answer) -> tuple[Document, Page | None]:
    if answer.status != 200:
        raise PortalError(f"the catalogue cannot be read: the portal answered with HTTP {answer.status}")
    return await asyncio.to_thread(_parse, answer)


def _parse(answer: Answer) -> tuple[Document, Page | None]:
    document = read_document(answer.body, answer.headers.get("content-type", ""), base=answer.url)
    page = read_page(document.graph)
    found = document.addresses or page or find_datasets(document.graph)
    if not found and not any(document.graph.of_kind("dcat:Catalog")):
        raise PortalError("the document names no catalogue and no datasets")
    return document, page


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A source on its way from document to document."""

    reader: Reader
    client: Client
    progress: Progress

    async def pages(self, document: Document, page: Page | None, base: str) -> AsyncIterator[Entry]:
        """The entries of ``document`` and of the pages after it. Raises PortalError when these go in a circle."""
        asked: set[str] = set()
        items = page.items if page else None
        while True:
            for entry in await asyncio.to_thread(list[Fetched | Rejected], self.reader.read(document.graph, base)):
                yield entry
            done = self.reader.line
            if page is None or page.next is None:
                break
            self.progress("read", done, max(done, page.items or 0))
            if page.next in asked or len(asked) >= _MOST_PAGES:
                raise PortalError("the paging is broken: its pages go in a circle")
            asked.add(page.next)
            answer = await self.client.get(turn(base, page.next), headers=_ACCEPT)
            document, page = await _read(answer)
            if page is None or (page.next and not find_datasets(document.graph)):
                raise PortalError(f"the paging is broken: nothing came behind dataset {done}")
        self.progress("read", done, done)
        if items is not None and items > done:
            yield Notice(text=f"the portal says that it has {items} datasets, its pages held {done}")

    async def each(self, listed: Document, base: str) -> AsyncIterator[Entry]:
        """The entries of the documents that are ``listed``. What is not there, or no catalogue, is rejected by its
        place."""
        for number, printed in enumerate(listed.addresses, 1):
            self.progress("read", number - 1, len(listed.addresses))
            self.reader.line = number - 1
            try:
                document, url = await self._one(printed, base)
            except PortalError as error:
                if error.retry:
                    raise
                yield Rejected(line=number, reason=str(error))
                continue
            for entry in self.reader.read(document.graph, url):
                yield entry
        self.progress("read", len(listed.addresses), len(listed.addresses))

    async def _one(self, printed: str, base: str) -> tuple[Document, str]:
        url = complete(printed, base)
        if not same_host(url, base):
            raise PortalError("it does not lie on the host of the list that names it")
        answer = await self.client.get(url, headers=_ACCEPT)
        document, _ = await _read(answer)
        return document, answer.url


async def is_gone(request: Request, key: str, client: Client) -> bool:
    """Whether a dataset that a whole listing lacks is withdrawn; a source of one document is itself the only witness.

    Raises PortalError when the portal neither has it nor says that it has it no more.
    """
    base = load_directory().present(request.address)
    page = _CATALOGUE.fullmatch(str(URL(base).with_query(None)))
    if is_address(key) and same_host(key, base):
        answer = await client.get(key, headers=_ACCEPT)
    elif page:
        answer = await client.get(f"{page['site']}/dataset/{key}.{page['form']}", headers=_ACCEPT)
    else:
        return True
    if answer.status in _GONE:
        return True
    if answer.status != 200:
        raise PortalError(f"the portal does not say whether the dataset is withdrawn (HTTP {answer.status})")
    if page:
        await _read(answer)
    return False


def _locate(address: str, _folder: Path) -> str:
    return load_directory().complete(address, "dcat")


PORTAL = Portal(name="dcat", kinds=("dcat",), fetch=fetch, locate=_locate, is_gone=is_gone)
