"""A portal that runs CKAN, by its action API. ``docs/portals.md`` says what is known of them."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.cell import tidy
from gateway.ckan.api import Api, RefusedError
from gateway.ckan.listing import Listing
from gateway.ckan.mark import ReadingMark, Watch, read_mark
from gateway.ckan.naming import load_naming
from gateway.ckan.package import Reader
from gateway.ckan.reading import SchemaError
from gateway.ckan.rows import read_pages
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

_GONE = frozenset({403, 404})
_SAID = frozenset({"Not Found Error", "Authorization Error"})


async def fetch(request: Request, client: Client, progress: Progress) -> AsyncIterator[Entry]:
    """The datasets of a portal, or those that changed since the mark of ``request``. Raises PortalError."""
    before = read_mark(request.mark) if request.mark else None
    reading = _Reading.of(request, client, before)
    if before is not None:
        try:
            async for entry in reading.entries(progress):
                yield entry
        except RefusedError as error:
            yield Notice(text=f"everything is read, since the portal does not tell what changed ({error})")
            reading = _Reading.of(request, client, None)
        else:
            return
    try:
        async for entry in reading.entries(progress):
            yield entry
    except RefusedError as error:
        raise PortalError(str(error)) from error


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One listing of a portal: all of it, or what changed since ``before``."""

    address: str
    listing: Listing
    reader: Reader
    before: ReadingMark | None
    line: int = 0

    @classmethod
    def of(cls, request: Request, client: Client, before: ReadingMark | None) -> "_Reading":
        """The one for ``request``."""
        base = _base(request)
        known = load_directory().at(base)
        province = request.province or (known.province if known else "")
        codes = KeyCodes(province, before.longer if before else ())
        return cls(
            address=request.address,
            listing=Listing(
                api=Api(base=base, client=client),
                filters={"fq": f"metadata_modified:[{before.since} TO *]"} if before else {},
            ),
            reader=Reader(base=base, province=province, naming=load_naming(), codes=codes),
            before=before,
        )

    async def entries(self, progress: Progress) -> AsyncIterator[Entry]:
        """Everything that the listing brings. Raises RefusedError before the first entry, PortalError."""
        watch, begun = Watch(self.before), False
        try:
            async for page in self.listing.pages():
                if not begun and self.before:
                    yield Increment()
                begun = True
                for package in page:
                    self.line += 1
                    entry = self._entry(package, watch)
                    if entry is not None:
                        yield entry
                progress("read", min(self.line, self.listing.count), self.listing.count)
        except RefusedError as error:
            if begun:
                raise PortalError(f"the portal broke off its list: {error}") from error
            raise
        progress("read", self.listing.count, self.listing.count)
        for text in self._notices():
            yield Notice(text=text)
        mark = watch.mark(self.reader.codes.longer)
        if mark is not None:
            yield Mark(text=mark.write())

    def _entry(self, package: Any, watch: Watch) -> Fetched | Rejected | None:
        if not self.reader.is_published(package):
            return None
        try:
            fetched = self.reader.read(package)
        except SchemaError as error:
            return Rejected(line=self.line, reason=f"{_called(package)}: {error}")
        same = self.before is not None and self.before.knows(package)
        watch.note(package)
        return None if same else fetched

    def _notices(self) -> Iterator[str]:
        if self.reader.base != self.address:
            yield (
                f"{self.address} has moved to {self.reader.base}: write the new address, and the old one as the name "
                "of the source so that it stays the same source"
            )
        if self.listing.missing:
            yield (
                f"the portal counts {self.listing.count} datasets and lists {len(self.listing.seen)}; the others are "
                "there for nobody"
            )


async def read_rows(request: Request, file: RemoteFile, client: Client) -> AsyncIterator[RowPage]:
    """The rows of ``file`` from the DataStore. Raises NoRowsError, PortalError."""
    async for page in read_pages(Api(base=_base(request), client=client), file.rows):
        yield page


async def is_gone(request: Request, key: str, client: Client) -> bool:
    """Whether nobody may see the dataset ``key`` any more. Raises PortalError when the portal does not say."""
    try:
        package = await Api(base=_base(request), client=client).call("package_show", {"id": key})
    except RefusedError as error:
        if error.status in _GONE and error.kind in _SAID:
            return True
        raise PortalError(str(error)) from error
    if not isinstance(package, Mapping) or package.get("id") != key:
        raise PortalError(f"the portal shows another dataset for {key}")
    return package.get("state") not in {None, "active"} or package.get("private") is True


def _base(request: Request) -> str:
    return load_directory().present(request.address)


def _called(package: Any) -> str:
    """What a rejected entry is called, as far as that can be said."""
    if isinstance(package, Mapping):
        for key in ("title", "name", "id"):
            if isinstance(package.get(key), str) and package[key].strip():
                return tidy(package[key])[:100]
    return "an entry without a name"


def _locate(address: str, _folder: Path) -> str:
    return load_directory().complete(address, "ckan")


PORTAL = Portal(name="ckan", kinds=("ckan",), fetch=fetch, locate=_locate, read_rows=read_rows, is_gone=is_gone)
