"""A catalogue file: CSV, one dataset a row, its tables in files beside it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.core.catalogue import Dataset, Resource, Table
from bot.core.errors import TracuuError
from bot.core.text import tokens
from bot.search.places import Places, load_places
from gateway.cell import CellError, is_address, read_date, split, tidy
from gateway.dataset_code import Codes
from gateway.grid import to_table
from gateway.heading import Layout, load_headings
from gateway.portal import Entry, Fetched, Notice, Portal, PortalError, Progress, Rejected, Request
from gateway.sheet import Record, SheetError, read_records

_CONTENT = Path(__file__).resolve().parents[2] / "data"
_TURN = 50  # rows between two turns of the event loop
_LONGEST_TITLE = 500
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
    linked: list[int] = field(default_factory=list)

    def read(self, record: Record) -> Fetched:
        """The dataset of a row and its tables. Raises TracuuError with the reason why the row cannot be used."""
        cells = _cells(record, self.layout, self.width)
        issued, published, changed = (_date(cells, column) for column in _DATES)
        resources, tables = self._resources(split(cells.get("resources", ""), "|"), record.line)
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
        return Fetched(dataset=dataset, tables=tables)

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

    def _resources(self, names: Sequence[str], line: int) -> tuple[tuple[Resource, ...], tuple[Table, ...]]:
        resources, tables = [], []
        for position, name in enumerate(names):
            kind = Path(name).suffix.lstrip(".").upper()
            if is_address(name):
                self.linked.append(line)
                resources.append(Resource(position=position, format=kind, url=name))
            else:
                table = _load(self.file, name)
                tables.append(table)
                resources.append(_resource(position, kind, table))
        return tuple(resources), tuple(tables)

    def notices(self) -> Iterator[Notice]:
        """What the operator should know once the whole file is read."""
        if self.layout.unused:
            yield self._notice("columns that are not used", self.layout.unused)
        if self.without_address:
            yield self._notice("url is no web address and is left out in lines", self.without_address)
        if self.linked:
            yield self._notice("resources on the web are linked, their rows are not loaded, in lines", self.linked)

    def _notice(self, text: str, places: Sequence[object]) -> Notice:
        shown = ", ".join(map(str, places[:10])) + (" …" if len(places) > 10 else "")
        return Notice(text=f"{self.file.name}: {text}: {shown}")


async def fetch(request: Request, progress: Progress) -> AsyncIterator[Entry]:
    """The entries of a catalogue file, then what to know about it. Raises PortalError when it is no such file."""
    file = Path(request.address)
    header, *records = await asyncio.to_thread(_records, file)
    layout = load_headings(_CONTENT / "catalogue" / "headings.toml").lay_out(header.cells)
    if "title" not in layout.positions:
        raise PortalError(f'{file.name}: the first row names no column for the title ("title" or "Tên tập dữ liệu")')
    places = load_places(_CONTENT / "places")
    width = len(header.cells)
    reader = _Reader(file=file, layout=layout, width=width, places=places, province=request.province)
    for done, record in enumerate(records):
        if done % _TURN == 0:
            progress("read", done, len(records))
            await asyncio.sleep(0)
        yield await _entry(reader, record)
    progress("read", len(records), len(records))
    for notice in reader.notices():
        yield notice


async def _entry(reader: _Reader, record: Record) -> Fetched | Rejected:
    try:
        if reader.layout.pick(record.cells, "resources"):  # tables may be long: not on the event loop
            return await asyncio.to_thread(reader.read, record)
        return reader.read(record)
    except TracuuError as error:
        return Rejected(line=record.line, reason=str(error))


def _records(file: Path) -> list[Record]:
    try:
        return read_records(file)
    except SheetError as error:
        raise PortalError(f"{file.name}: {error}") from error


def _cells(record: Record, layout: Layout, width: int) -> dict[str, str]:
    if any(record.cells[width:]):
        raise CellError(f"the row has {len(record.cells)} cells, the header has {width}")
    cells = {column: tidy(layout.pick(record.cells, column)) for column in layout.positions}
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


def _load(file: Path, name: str) -> Table:
    folder = file.resolve().parent
    path = (folder / name.replace("\\", "/")).resolve()
    if not path.is_relative_to(folder):
        raise CellError(f"{name} lies outside the folder of the catalogue file")
    try:
        return to_table(read_records(path))
    except SheetError as error:
        raise CellError(f"{name}: {error}") from error


def _resource(position: int, kind: str, table: Table) -> Resource:
    return Resource(position=position, format=kind, fields=table.columns, row_count=len(table.rows), table=table.hash)


def _locate(address: str, folder: Path) -> str:
    return str((folder / address).resolve())


PORTAL = Portal(name="file", kinds=("csv",), fetch=fetch, locate=_locate)
