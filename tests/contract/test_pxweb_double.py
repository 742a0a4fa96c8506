"""The double of a PX-Web: rows within its limits, and that it notices who breaks its rules."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.outbound_rules import plan
from gateway.portal import Entry, Fetched, PortalError, Request, RowPage, find_portals
from gateway.portal_client import PortalClient, open_client
from simulator.portals.pxweb import open_double
from simulator.portals.pxweb.double import PxWebDouble
from tests.contract.portal_case import AGENT

YEARS = {"text": "Năm", "values": ["2018", "2019 (*)", "2020"], "time": True}
CASE: dict[str, Any] = {
    "databases": {"Dân số": "Dân số và lao động", "Y tế": "Y tế"},
    "datasets": [
        {"key": "Dân số/V02.px", "title": "Dân số theo giới tính",
         "variables": [{"text": "Địa phương", "values": ["Hà Nội", "Huế", "An Giang"]},
                       {"text": "Giới tính", "values": ["Nam", "Nữ"]}, YEARS],
         "figures": ["1.0", "..", "3", "4", "5", "6"]},
    ],
}  # fmt: skip
PATH = "/api/v1/vi/D%C3%A2n%20s%E1%BB%91/V02.px"
WHOLE = RowPage(
    columns=("Địa phương", "2018 Nam", "2018 Nữ", "2019 (*) Nam", "2019 (*) Nữ", "2020 Nam", "2020 Nữ"),
    rows=(
        ("Hà Nội", "1.0", "4", "..", "5", "3", "6"),
        ("Huế", "6", "9", "7", "10", "8", "11"),
        ("An Giang", "12", "15", "13", "16", "14", "17"),
    ),
)


@contextlib.asynccontextmanager
async def opened(**limits: float) -> AsyncIterator[tuple[PxWebDouble, PortalClient]]:
    async with (
        open_double({**CASE, "limits": limits}) as double,
        open_client(plan([], sources=[double.url]), agent=AGENT, sleep=double.sleep) as client,
    ):
        yield double, client


async def read(double: PxWebDouble, client: PortalClient) -> tuple[Request, list[Entry]]:
    request = Request(kind="pxweb", address=double.url, name="", province="Toàn quốc (NSO)")
    return request, [entry async for entry in find_portals()["pxweb"].fetch(request, client, lambda *_: None)]


async def read_rows(double: PxWebDouble, client: PortalClient) -> list[RowPage]:
    request, (fetched, *_) = await read(double, client)
    assert isinstance(fetched, Fetched)
    rows = find_portals()["pxweb"].read_rows
    assert rows is not None
    return [page async for page in rows(request, fetched.files[0], client)]


@pytest.mark.parametrize(("cells", "queries"), [(100, 1), (12, 2), (6, 3)])
async def test_a_table_is_asked_for_within_the_cells_allowed_and_comes_whole(cells, queries):
    async with opened(max_cells=cells) as (double, client):
        pages = await read_rows(double, client)
        assert {page.columns for page in pages} == {WHOLE.columns}
        assert tuple(row for page in pages for row in page.rows) == WHOLE.rows
        assert len(pages) == queries
        assert not double.offences


async def test_the_smallest_allowance_still_gives_every_cell():
    async with opened(max_cells=1) as (double, client):
        pages = await read_rows(double, client)
        assert sum(len(page.rows) for page in pages) == 18
        assert not double.offences


async def test_no_more_is_asked_than_is_allowed_in_a_moment():
    async with opened(max_calls=5, seconds=0.05, max_cells=1) as (double, client):
        await read_rows(double, client)
        assert len(double.asked) > 20
        assert not double.offences


async def test_codes_begin_with_the_name_of_the_national_source():
    async with opened() as (double, client):
        _, (fetched, notice, _) = await read(double, client)
        assert isinstance(fetched, Fetched)
        assert fetched.dataset.code.startswith("nso-")
        assert "Y tế" in str(notice)


@pytest.mark.parametrize("fault", ["page", "half", "bare"])
async def test_rows_that_do_not_come_whole_are_none(fault):
    async with opened(max_cells=6) as (double, client):
        request, (fetched, *_) = await read(double, client)
        assert isinstance(fetched, Fetched)
        rows = find_portals()["pxweb"].read_rows
        assert rows is not None
        double.fault(fault, after=2)
        with pytest.raises(PortalError):
            [page async for page in rows(request, fetched.files[0], client)]


def query(code: str, *values: str, form: str = "json", kind: str = "item") -> dict[str, Any]:
    selection = {"code": code, "selection": {"filter": kind, "values": list(values)}}
    return {"query": [selection], "response": {"format": form}}


WRONG = {
    "P4 an unknown variable": (query("Tháng", "0"), 404),
    "P4 an unknown value": (query("Năm", "2018"), 404),
    "P4 another filter": (query("Năm", "*", kind="all"), 404),
    "P4 another format": (query("Năm", "0", form="sdmx"), 404),
    "P4 no query": ([], 404),
    "P5 too many cells": (query("Năm", "0", "1", "2"), 403),
}


@pytest.mark.parametrize(("rule", "case"), WRONG.items(), ids=WRONG)
async def test_who_asks_wrongly_is_refused_and_noticed(rule, case):
    question, status = case
    async with opened(max_cells=17) as (double, _), aiohttp.ClientSession(headers={"User-Agent": AGENT}) as session:
        async with session.post(double.url + PATH, json=question) as response:
            assert response.status == status
            assert (await response.json())["error"]
        assert [offence.rule for offence in double.offences] == [rule[:2]]


async def test_who_asks_too_often_is_told_when_to_come_back():
    async with (
        opened(max_calls=2, seconds=30) as (double, _),
        aiohttp.ClientSession(headers={"User-Agent": AGENT}) as session,
    ):
        for status in (200, 200, 429):
            async with session.get(double.url + PATH) as response:
                assert response.status == status
        assert response.headers["Retry-After"] == "30"
        assert [offence.rule for offence in double.offences] == ["P6"]


async def test_a_variable_with_too_many_values_tells_none_of_them():
    async with opened(max_values=2) as (double, client):
        _, entries = await read(double, client)
        assert isinstance(entries[0], Fetched)
        assert entries[0].files == ()
        assert any("PX-Web does not list the values of Địa phương" in str(entry) for entry in entries)
