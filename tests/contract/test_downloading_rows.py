"""Rows of a portal's row API: page by page, never held at once, whole or not at all."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.core.catalogue import Dataset
from bot.core.personal import PersonalRules
from bot.store.table import load_table, make_table
from gateway.downloading import ROWS_AGAIN, LoadedFile, load_file
from gateway.masking import load_personal_rules
from gateway.portal import Client, NoRowsError, Portal, PortalError, RemoteFile, Request, RowPage
from gateway.tables.sheet import Limits
from tests.support.file_server import FileServer, serving
from tests.support.rows import NOW
from tests.support.source import ROOT

COLUMNS = ("Họ và tên", "Điện thoại", "Số hộ")
HOUR = timedelta(hours=1)


@cache
def rules() -> PersonalRules:
    return load_personal_rules(ROOT / "data" / "personal", Path("/nowhere/personal.toml"))


class RowApi:
    """Rows in pages; ``breaks`` after so many pages, or refuses with ``error`` before the first."""

    def __init__(self, *pages: RowPage) -> None:
        self.pages = pages
        self.breaks = len(pages) + 1
        self.error: Exception | None = None
        self.asked = 0

    async def read(self, _request: Request, _file: RemoteFile, _client: Client) -> AsyncIterator[RowPage]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        for number, page in enumerate(self.pages):
            if number == self.breaks:
                raise PortalError("no whole answer came")
            yield page


def pages(count: int, size: int = 100) -> list[RowPage]:
    return [
        RowPage(
            columns=COLUMNS,
            rows=tuple((f" Trần {at} ", f"09{at:08d}", str(at)) for at in range(start, min(start + size, count))),
        )
        for start in range(0, count, size)
    ]


@pytest.fixture
async def server():
    return FileServer(body=b"a,b\n1,2\n")


@pytest.fixture
async def load(store, server):
    async with serving(server) as client:

        async def run(api: RowApi, *, after: timedelta = timedelta(), modified: bool = True, **changes) -> LoadedFile:
            return await load_file(
                store,
                client,
                Portal(name="memory", kinds=("memory",), fetch=lambda *_: None, read_rows=api.read),
                Request(kind="memory", name="a", address="a"),
                RemoteFile(
                    position=0, url=server.url, format="CSV", rows="r-1", modified_at=NOW - HOUR if modified else None
                ),
                source_id=1,
                dataset=Dataset(code="D1", title="Danh sách"),
                rules=rules(),
                now=NOW + after,
                **changes,
            )

        yield run


async def test_rows_come_page_by_page_and_are_the_same_table_as_if_held_at_once(store, load):
    loaded = await load(RowApi(*pages(1234)))
    table = await load_table(store, loaded.resources[0].table)
    assert table == make_table(COLUMNS, [(f"Trần {at}", "•••", str(at)) for at in range(1234)])
    assert [(column.heading, column.cells) for column in loaded.masked] == [("Điện thoại", 1234)]


async def test_rows_whose_date_is_the_same_are_not_read_again_for_a_day(load):
    api = RowApi(*pages(3))
    first = await load(api)
    assert await load(api, after=ROWS_AGAIN - HOUR) == first
    assert api.asked == 1
    await load(api, after=ROWS_AGAIN)
    await load(api, after=ROWS_AGAIN + 7 * HOUR, modified=False)
    assert api.asked == 3


async def test_an_inactive_row_api_leads_to_the_file(load, server):
    api = RowApi()
    api.error = NoRowsError("inactive")
    assert (await load(api)).resources[0].fields == ("a", "b")
    assert len(server.asked) == 1


async def test_rows_that_break_off_leave_the_last_good_ones(load):
    good = await load(RowApi(*pages(300)))
    broken = RowApi(*pages(500))
    broken.breaks = 3
    loaded = await load(broken, after=ROWS_AGAIN)
    assert (loaded.resources, loaded.failed) == (good.resources, "no whole answer came")


WRONG = {
    "other columns": ([*pages(1), RowPage(columns=("a",), rows=(("1",),))], "the pages of the row API have different columns"),
    "a short row": ([RowPage(columns=COLUMNS, rows=(("a",),))], "a row of the row API has more or fewer cells than there are columns"),
    "too many rows": (pages(300), "it has more than 250 rows"),
    "no page": ([], "the row API sent no page"),
}  # fmt: skip


async def test_rows_that_contradict_themselves_or_are_too_many_are_refused(load):
    for found, told in WRONG.values():
        loaded = await load(RowApi(*found), limits=Limits(rows=250))
        assert (loaded.failed, loaded.rows) == (told, {})
