"""The double of a DCAT portal: what it says in every form, and that it notices who breaks its rules."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from gateway.outbound_rules import plan
from gateway.portal import Entry, Fetched, Increment, Mark, Notice, PortalError, Rejected, Request, find_portals
from gateway.portal_client import open_client
from simulator.portals.dcat import open_double
from simulator.portals.dcat.double import DcatDouble
from tests.contract.portal_case import AGENT

CASE: dict[str, Any] = {
    "per_page": 2,
    "datasets": [
        {"identifier": f"bo-{n}", "title": {"en": f"Set {n}", "vi": f"Bộ {n}"}, "publisher": "Sở Y tế",
         "modified": f"2026-0{9 - n}-01T08:00:00", "issued": "2026-01-01", "license": "CC-BY",
         "accrualPeriodicity": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
         "distribution": [{"title": "Bảng", "mediaType": "text/csv", "table": f"tên,số\nA,{n}\n"}]}
        for n in range(1, 6)
    ],
    "lone": [
        {"name": "chua", "identifier": "62DBC63B", "title": "Danh sách chùa", "modified": "2025-12-13",
         "file": "/Upload\\Metadata\\2025\\chua.csv", "mediaType": "text/csv"},
    ],
}  # fmt: skip


@pytest_asyncio.fixture
async def double() -> AsyncIterator[DcatDouble]:
    async with open_double(CASE) as opened:
        yield opened


async def read(double: DcatDouble, path: str, *, mark: str = "") -> list[Entry]:
    request = Request(kind="dcat", address=double.url + path, name="", province="hue", mark=mark)
    async with open_client(plan([], sources=[double.url]), agent=AGENT, sleep=double.sleep) as client:
        return [entry async for entry in find_portals()["dcat"].fetch(request, client, lambda *_: None)]


def fetched(entries: list[Entry]) -> list[Fetched]:
    return [entry for entry in entries if isinstance(entry, Fetched)]


def mark_of(entries: list[Entry]) -> str:
    assert isinstance(entries[-1], Mark)
    return entries[-1].text


async def test_every_form_says_the_same(double):
    whole = sorted(fetched(await read(double, "/data.json")), key=lambda entry: entry.dataset.key)
    assert [entry.dataset.title for entry in whole] == [f"Bộ {n}" for n in range(1, 6)]
    for form in ("jsonld", "ttl", "rdf", "xml", "expanded"):
        double.pages.expanded = form == "expanded"
        entries = await read(double, f"/catalog.{'jsonld' if form == 'expanded' else form}")
        found = sorted(fetched(entries), key=lambda entry: entry.dataset.key)
        assert [entry.files for entry in found] == [entry.files for entry in whole]
        assert [entry.dataset.code for entry in found] == [entry.dataset.code for entry in whole]
        assert {entry.dataset.publisher for entry in found} == {"Sở Y tế"}
    assert not double.offences


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "text/html"])
@pytest.mark.parametrize("path", ["/data.json", "/catalog.jsonld", "/catalog.ttl", "/catalog.rdf"])
async def test_the_content_counts_whatever_it_is_said_to_be(double, kind, path):
    double.kind = kind
    assert len(fetched(await read(double, path))) == 5


async def test_an_unchanged_document_is_not_sent_again(double):
    mark = mark_of(await read(double, "/data.json"))
    assert await read(double, "/data.json", mark=mark) == [Increment(), Mark(text=mark)]
    double.change("bo-2", title="Bộ mới")
    changed = await read(double, "/data.json", mark=mark)
    assert len(fetched(changed)) == 5
    assert mark_of(changed) != mark


async def test_pages_are_turned_under_our_own_name_of_the_portal(double):
    await read(double, "/catalog.ttl")
    assert double.asked == ["/catalog.ttl", "/catalog.ttl?page=2", "/catalog.ttl?page=3"]


async def test_a_dataset_that_moves_from_page_to_page_while_they_are_turned_is_there_once(double):
    request = Request(kind="dcat", address=f"{double.url}/catalog.jsonld", name="", province="hue")
    async with open_client(plan([], sources=[double.url]), agent=AGENT, sleep=double.sleep) as client:
        keys = []
        async for entry in find_portals()["dcat"].fetch(request, client, lambda *_: None):
            assert not isinstance(entry, Rejected)
            if isinstance(entry, Fetched):
                keys.append(entry.dataset.key)
                if entry.dataset.key == "bo-1":
                    double.change("bo-5", title="Bộ vừa sửa")  # now the first: all others move back by one
    assert sorted(keys) == ["bo-1", "bo-2", "bo-3", "bo-4"]
    assert "bo-5" in {entry.dataset.key for entry in fetched(await read(double, "/catalog.jsonld"))}


async def test_changes_of_the_last_days_are_asked_for_and_those_known_are_passed_over(double):
    mark = mark_of(await read(double, "/catalog.jsonld"))
    double.change("bo-4", title="Bộ 4, sửa")
    news = await read(double, "/catalog.jsonld", mark=mark)
    assert isinstance(news[0], Increment)
    assert [entry.dataset.title for entry in fetched(news)] == ["Bộ 4, sửa"]
    assert double.asked[-1] == "/catalog.jsonld?modified_since=2026-10-31"
    assert fetched(await read(double, "/catalog.jsonld", mark=mark_of(news))) == []


async def test_documents_of_one_distribution_each_are_read_from_their_list(double):
    double.lone["mat"] = double.lone["chua"]
    (temple,) = fetched(await read(double, "/danh-sach.json"))
    assert [file.url for file in temple.files] == [f"{double.url}/Upload/Metadata/2025/chua.csv"]
    assert double.asked == ["/danh-sach.json", "/Distribution/chua", "/Distribution/mat"]


async def test_a_listed_document_that_is_not_there_is_rejected_by_its_place(double):
    double.fault("page", after=1)
    (rejected,) = await read(double, "/danh-sach.json")
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.reason) == (1, "the answer is a web page, not a catalogue")


async def test_fewer_datasets_than_the_portal_counts_are_told(double):
    double.fault("empty page")
    double.pages.size = 3
    entries = await read(double, "/catalog.jsonld")
    assert Notice(text="the portal says that it has 5 datasets, its pages held 3") in entries


async def test_a_firewall_withdraws_nothing(double):
    double.fault("denied")
    request = Request(kind="dcat", address=f"{double.url}/catalog.jsonld", name="")
    gone = find_portals()["dcat"].is_gone
    assert gone is not None
    async with open_client(plan([], sources=[double.url]), agent=AGENT, sleep=double.sleep) as client:
        with pytest.raises(PortalError, match="HTTP 403"):
            await gone(request, "bo-1", client)


WRONG = {
    "D3 a page that is none": ["/catalog.ttl?page=0"],
    "D4 a day that is none": ["/catalog.ttl?modified_since=yesterday"],
    "D5 a page behind the last": ["/catalog.ttl?page=9"],
    "D6 a page twice": ["/catalog.ttl", "/catalog.ttl?page=2", "/catalog.ttl?page=2"],
}


@pytest.mark.parametrize(("rule", "paths"), WRONG.items(), ids=WRONG)
async def test_who_breaks_a_rule_is_noticed(double, rule, paths):
    async with aiohttp.ClientSession(headers={"User-Agent": AGENT}) as session:
        for path in paths:
            async with session.get(double.url + path) as response:
                assert response.status == (409 if rule[:2] in ("D3", "D4") else 200)
    assert [offence.rule for offence in double.offences] == [rule[:2]]


async def test_a_file_is_sent_again_only_when_it_changed(double):
    async with aiohttp.ClientSession(headers={"User-Agent": AGENT}) as session:
        async with session.get(f"{double.url}/files/bo-1/0.csv") as response:
            assert await response.text() == "tên,số\nA,1\n"
            etag, modified = response.headers["ETag"], response.headers["Last-Modified"]
        for asked in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
            async with session.get(f"{double.url}/files/bo-1/0.csv", headers=asked) as response:
                assert response.status == 304
