"""A catalogue file: CSV or a workbook, one dataset a row, its tables in files beside it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from bot.core.catalogue import Dataset, Resource, Table
from bot.core.errors import TracuuError
from bot.core.text import tokens
from bot.search.places import Places, load_places
from gateway.cell import CellError, is_address, read_date, split, tidy
from gateway.dataset_code import Codes
from gateway.heading import Headings, Layout, load_headings
from gateway.portal import Client, Entry, Fetched, Notice, Portal, PortalError, Progress, Rejected, RemoteFile, Request
from gateway.tables.header import is_numbering
from gateway.tables.loading import LoadedTable, Loading, load_book, load_tables
from gateway.tables.sheet import Book, NoTableError, Record, SheetError

_CONTENT = Path(__file__).resolve().parents[2] / "data"
_TURN = 50  # rows between two turns of the event loop
_LONGEST_TITLE = 500
_LONGEST_NOTE = 2000
_ABOVE = 30  # records of a workbook that may stand above the headings
_DATES = ("issued_at", "published_at", "changed_at")
_TELLING_APART = ("publisher", "url", "description", "fields", "resources")


@dataclass(slots=True, kw_only=True)
class _Reader:
    """One catalogue file while it is read."""

    file: Path
    layout: Layout
    width: int
    places: Places
    province: str
    codes: Codes = field(default_factory=Codes)
    without_address: list[int] = field(default_factory=list)
    loaded: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, record: Record) -> Fetched:
        """The dataset of a row and its tables. Raises TracuuError with the reason why the row cannot be used."""
        cells = _cells(record, self.layout, self.width)
        issued, published, changed = (_date(cells, column) for column in _DATES)
        resources, tables, files = self._resources(split(cells.get("resources", ""), "|"))
        province = self._province(cells.get("province", ""))
        identity = [province, cells["title"], *(cells.get(column, "") for column in _TELLING_APART)]
        dataset = Dataset(
            code=self.codes.claim(cells.get("code", ""), identity, line=record.line),
            title=cells["title"],
            province=province,
            description=cells.get("description", ""),
            publisher=cells.get("publisher", ""),
            theme=cells.get("theme", ""),
            cycle=cells.get("update_frequency", ""),
            licence=cells.get("licence", ""),
            format=cells.get("format", ""),
            url=self._url(cells.get("url", ""), record.line),
            fields=split(cells.get("fields", ""), ";"),
            issued_at=issued,
            published_at=published,
            changed_at=changed,
            resources=resources,
        )
        return Fetched(dataset=dataset, tables=tables, files=files)

    def _province(self, printed: str) -> str:
        """The id when one of today's provinces is named; a former one and the whole country stay as printed."""
        if not printed:
            return self.province
        mentions = self.places.find(tokens(printed))
        return mentions[0].place.province if mentions and not mentions[0].place.former else printed

    def _url(self, printed: str, line: int) -> str:
        if not printed or is_address(printed):
            return printed
        self.without_address.append(line)
        return ""

    def _resources(
        self, names: Sequence[str]
    ) -> tuple[tuple[Resource, ...], tuple[Table, ...], tuple[RemoteFile, ...]]:
        """What the names stand for: tables of files beside the catalogue, and files on the web that are yet to be
        loaded."""
        resources: list[Resource] = []
        tables: list[Table] = []
        files: list[RemoteFile] = []
        for name in names:
            if is_address(name):
                kind = _kind(urlsplit(name).path)
                files.append(RemoteFile(position=len(resources), url=name, format=kind))
                resources.append(Resource(position=len(resources), format=kind, url=name))
                continue
            found = self._tables(name)
            resources.extend(_resource(at, _kind(name), loaded) for at, loaded in enumerate(found, len(resources)))
            tables.extend(loaded.table for loaded in found)
            if not found:
                resources.append(Resource(position=len(resources), format=_kind(name)))
        return tuple(resources), tuple(tables), tuple(files)

    def _tables(self, name: str) -> tuple[LoadedTable, ...]:
        """The tables of a file beside the catalogue; none of a file that has none, such as a scan."""
        try:
            loading = _load(self.file, name)
        except NoTableError as error:
            self.loaded[name] = (f"listed without rows: {error}",)
            return ()
        self.loaded[name] = loading.notices
        return loading.tables

    def notices(self) -> Iterator[Notice]:
        """What the operator should know once the whole file is read."""
        if self.layout.unused:
            yield self._notice("columns that are not used", self.layout.unused)
        if self.without_address:
            yield self._notice("url is no web address and is left out in lines", self.without_address)
        for name, notices in self.loaded.items():
            yield from (Notice(text=f"{self.file.name}: {name}: {notice}") for notice in notices)

    def _notice(self, text: str, places: Sequence[object]) -> Notice:
        shown = ", ".join(map(str, places[:10])) + (" …" if len(places) > 10 else "")
        return Notice(text=f"{self.file.name}: {text}: {shown}")


async def fetch(request: Request, _client: Client, progress: Progress) -> AsyncIterator[Entry]:
    """The entries of a catalogue file, then what to know about it. Raises PortalError when it is no such file."""
    file = Path(request.address)
    headings = await asyncio.to_thread(load_headings, _CONTENT / "catalogue" / "headings.toml")
    annex = await asyncio.to_thread(_open, file, headings)
    places = await asyncio.to_thread(load_places, _CONTENT / "places")
    records = annex.records
    reader = _Reader(file=file, layout=annex.layout, width=annex.width, places=places, province=request.province)
    for done, record in enumerate(records):
        if done % _TURN == 0:
            progress("read", done, len(records))
            await asyncio.sleep(0)
        yield await _entry(reader, record)
    progress("read", len(records), len(records))
    for text in annex.notices:
        yield Notice(text=f"{file.name}: {text}")
    for notice in reader.notices():
        yield notice


async def _entry(reader: _Reader, record: Record) -> Fetched | Rejected:
    try:
        if reader.layout.pick(record.cells, "resources"):  # tables may be long: not on the event loop
            return await asyncio.to_thread(reader.read, record)
        return reader.read(record)
    except TracuuError as error:
        return Rejected(line=record.line, reason=str(error))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Annex:
    """The records below the headings of a catalogue file. ``width`` bounds its rows."""

    layout: Layout
    width: int
    records: Sequence[Record]
    notices: tuple[str, ...]


def _open(file: Path, headings: Headings) -> _Annex:
    try:
        book = load_book(file)
    except SheetError as error:
        raise PortalError(f"{file.name}: {error}") from error
    annex = next(_annexes(book, headings), None)
    if annex is None:
        raise PortalError(f'{file.name}: the first row names no column for the title ("title" or "Tên tập dữ liệu")')
    return annex


def _annexes(book: Book, headings: Headings) -> Iterator[_Annex]:
    """Each sheet with a heading for the title: in a text file the first row, in a workbook below letterhead and title.

    A line of title may read like the heading ("Danh mục dữ liệu mở"), so rows with several known headings come first.
    """
    for least in (2, 1):
        for sheet in book.sheets:
            for at, record in enumerate(sheet.records[: 1 if sheet.ragged else _ABOVE]):
                layout = headings.lay_out(["" if p in record.spread else cell for p, cell in enumerate(record.cells)])
                if "title" in layout.positions and len(layout.positions) >= least:
                    width = len(record.cells) if sheet.ragged else max(len(each.cells) for each in sheet.records)
                    below = [r for r in sheet.records[at + 1 :] if r.cells != record.cells and not is_numbering(r)]
                    yield _Annex(layout=layout, width=width, records=below, notices=book.notices)
                    break


def _cells(record: Record, layout: Layout, width: int) -> dict[str, str]:
    if any(record.cells[width:]):
        raise CellError(f"the row has {len(record.cells)} cells, the header has {width}")
    printed = ["" if record.filled == 1 and at in record.spread else cell for at, cell in enumerate(record.cells)]
    cells = {column: tidy(layout.pick(printed, column)) for column in layout.positions}
    if not cells["title"]:
        raise CellError("the title is empty")
    if len(cells["title"]) > _LONGEST_TITLE:
        raise CellError(f"the title is longer than {_LONGEST_TITLE} characters")
    return cells


def _date(cells: Mapping[str, str], column: str) -> date | None:
    try:
        return read_date(cells.get(column, ""))
    except CellError as error:
        raise CellError(f"{column}: {error}") from error


def _load(file: Path, name: str) -> Loading:
    folder = file.resolve().parent
    try:
        path = (folder / name.replace("\\", "/")).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a circle of links, a NUL
        raise CellError(f"{name} is no name of a file that can be read") from error
    if not path.is_relative_to(folder):
        raise CellError(f"{name} lies outside the folder of the catalogue file")
    try:
        return load_tables(path)
    except NoTableError:
        raise
    except SheetError as error:
        raise CellError(f"{name}: {error}") from error


def _kind(name: str) -> str:
    return Path(name).suffix.lstrip(".").upper()


def _resource(position: int, kind: str, loaded: LoadedTable) -> Resource:
    table = loaded.table
    return Resource(
        position=position,
        title=loaded.title[:_LONGEST_TITLE],
        note=" ".join(loaded.notes)[:_LONGEST_NOTE],
        format=kind,
        fields=table.columns,
        row_count=len(table.rows),
        table=table.hash,
    )


def _locate(address: str, folder: Path) -> str:
    return str((folder / address).resolve())


PORTAL = Portal(name="file", kinds=("csv", "xlsx"), fetch=fetch, locate=_locate, local=True)
