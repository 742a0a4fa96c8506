"""Rows of CKAN's DataStore: every one, in order, as printed – or none of them."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gateway.outbound_rules import plan
from gateway.portal import Client, NoRowsError, PortalError, RemoteFile, RowPage, read_source
from gateway.portal_client import open_client
from simulator.portals.ckan import datastore
from simulator.portals.ckan.double import CkanDouble, open_ckan
from simulator.portals.ckan.generated import make_ckan
from simulator.portals.ckan.shelf import Sheet, Shelf, Written
from tests.contract.portal_case import AGENT, PATIENCE

TABLE = "mã,giá\n007,1.10\n008,\n"


def written(**resource: Any) -> Written:
    return Written([{"title": "Giá", "resources": [{"id": "r", "table": TABLE, "datastore_active": True, **resource}]}])


@contextlib.asynccontextmanager
async def opened(shelf: Shelf) -> AsyncIterator[tuple[CkanDouble, Client]]:
    async with (
        open_ckan(shelf) as double,
        open_client(plan([], sources=[double.url]), agent=AGENT, sleep=double.sleep, patience=PATIENCE) as client,
    ):
        yield double, client
        assert double.offences == []


async def pages_of(double: CkanDouble, client: Client, resource: str = "r") -> list[RowPage]:
    portal, request = read_source(f"ckan:{double.url}")
    assert portal.read_rows is not None
    file = RemoteFile(position=0, url="", rows=resource)
    return [page async for page in portal.read_rows(request, file, client)]


async def test_rows_come_in_order_without_the_number_that_ckan_gives_them():
    async with opened(written()) as (double, client):
        (page,) = await pages_of(double, client)
    assert page.columns == ("mã", "giá")
    assert page.rows == (("007", "1.10"), ("008", ""))


class Numbers(Written):
    """A table whose cells are no texts."""

    def sheet(self, resource: str) -> Sheet | None:  # noqa: ARG002 – there is only one
        return Sheet(
            columns=("a", "b", "c", "d"), rows=[[1.1, 12345678901234567890, None, True], [[1, "đ"], {}, "", 0.0]]
        )


async def test_cells_are_as_they_stand_in_the_answer():
    async with opened(Numbers([])) as (double, client):
        (page,) = await pages_of(double, client)
    assert page.rows == (("1.1", "12345678901234567890", "", "true"), ('["1", "đ"]', "{}", "", "0.0"))


@pytest.mark.parametrize("total", [None, 0, 7, 99_999])
async def test_every_row_comes_whatever_the_total_says(total: int | None):
    shelf = make_ckan(datasets=1, rows=25, tables=1, active=True)
    async with opened(shelf) as (double, client):
        double.actions.total, double.actions.most_rows = total, 10
        pages = await pages_of(double, client, shelf.resource_of(0))
        assert len(double.asked) in {3, 4}
    rows = [row for page in pages for row in page.rows]
    assert len(rows) == len(set(rows)) == 25
    assert rows[-1][0] == "0-24"


@pytest.mark.parametrize("resource", ["r", "nothing"])
async def test_an_inactive_datastore_has_no_rows(resource: str):
    async with opened(written(datastore_active=False)) as (double, client):
        with pytest.raises(NoRowsError):
            await pages_of(double, client, resource)


async def test_a_search_that_fails_for_good_is_replaced_by_the_dump():
    async with opened(written()) as (double, client):
        double.actions.broken_search = True
        (page,) = await pages_of(double, client)
        assert [path.partition("?")[0] for path in double.asked] == [
            "/api/3/action/datastore_search",
            "/datastore/dump/r",
        ]
    assert (page.columns, page.rows) == (("mã", "giá"), (("007", "1.10"), ("008", "")))


@pytest.mark.parametrize("fault", ["page", "denied", "half", "bare"])
async def test_an_answer_that_is_no_rows_is_replaced_by_the_dump(fault: str):
    async with opened(written()) as (double, client):
        double.fault(fault)
        (page,) = await pages_of(double, client)
    assert len(page.rows) == 2


@pytest.mark.parametrize("fault", ["page", "sign-in page", "sign-in"])
async def test_a_dump_that_is_a_page_is_no_table(fault: str):
    async with opened(written()) as (double, client):
        double.actions.broken_search = True
        double.fault(fault, after=1)
        with pytest.raises(PortalError):
            await pages_of(double, client)


async def test_no_rows_and_no_dump_leave_the_file():
    async with opened(written(datastore_active=False)) as (double, client):
        double.actions.broken_search = True
        with pytest.raises(NoRowsError, match="no dump"):
            await pages_of(double, client)


async def test_rows_that_break_off_are_told():
    shelf = make_ckan(datasets=1, rows=25, tables=1, active=True)
    async with opened(shelf) as (double, client):
        double.actions.most_rows = 10
        double.fault("half", after=1)
        with pytest.raises(PortalError, match="cut off"):
            await pages_of(double, client, shelf.resource_of(0))


class Turning(Written):
    """A table that is replaced by another one while it is read."""

    looks = 0

    def sheet(self, resource: str) -> Sheet | None:  # noqa: ARG002 – there is only one
        self.looks += 1
        columns = ("a", "b") if self.looks == 1 else ("a", "c")
        return Sheet(columns=columns, rows=[["1", "2"]] * 11)


async def test_columns_that_change_within_a_table_are_told():
    async with opened(Turning([])) as (double, client):
        double.actions.most_rows = 10
        with pytest.raises(PortalError, match="columns of r changed"):
            await pages_of(double, client)


def test_the_double_knows_the_caps_of_ckan():
    sheet = Sheet(columns=("a",), rows=[["x"]] * 32_001)
    found: Mapping[str, Any] = datastore.search_rows(sheet, {"resource_id": "r", "limit": "50000"})
    assert (found["limit"], len(found["records"])) == (32_000, 32_000)
    assert len(datastore.search_rows(sheet, {"resource_id": "r"})["records"]) == 100
