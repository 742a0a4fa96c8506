"""The double of a CKAN portal notes or refuses a wrong client for each rule that it enforces, and takes a right one."""

import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from simulator.portals.ckan.double import CkanDouble, open_ckan
from simulator.portals.ckan.generated import Rows, make_ckan
from simulator.portals.ckan.shelf import Written
from tests.contract.portal_case import AGENT
from tests.support.source import ROOT

RULES = {
    found[1]: found[2]
    for found in re.finditer(
        r"^\| (K\d+) \|.*\| (refuses|notes|does) \|$", (ROOT / "docs" / "portals.md").read_text("utf-8"), re.MULTILINE
    )
}
ENFORCED = {rule for rule, part in RULES.items() if part in {"refuses", "notes"}}
KEY = "0a000001-0000-4000-8000-000000000001"
PACKAGES: list[dict[str, Any]] = [
    {
        "id": KEY,
        "title": "Giá đất",
        "name": "gia-dat",
        "organization": {"name": "so-tai-chinh", "title": "Sở Tài chính"},
        "resources": [
            {"id": "r-active", "table": "phường,giá\nTrà Câu,1200\nSa Huỳnh,900\n", "datastore_active": True},
            {"id": "r-file", "table": "phường,giá\nTrà Câu,1200\n"},
        ],
    },
    {"title": "Lịch tiêm chủng", "groups": [{"name": "y-te", "display_name": "Y tế"}]},
    {"title": "Chợ", "metadata_modified": "2026-10-05T00:00:00.000000"},
]


@dataclass(frozen=True, kw_only=True)
class Client:
    """Calls whatever it is told to."""

    double: CkanDouble
    session: aiohttp.ClientSession

    async def call(self, action: str, *, data: bytes | None = None, **params: Any) -> tuple[int, Any]:
        url = f"{self.double.url}/api/3/action/{action}"
        method = "GET" if data is None else "POST"
        async with self.session.request(method, url, params=params, data=data) as response:
            return response.status, await response.json()

    async def get(self, path: str, **headers: str) -> aiohttp.ClientResponse:
        async with self.session.get(self.double.url + path, headers=headers) as response:
            await response.read()
            return response

    async def result(self, action: str, **params: Any) -> Any:
        status, answer = await self.call(action, **params)
        assert (status, answer["success"]) == (200, True)
        assert answer["help"].endswith(action)
        return answer["result"]


@contextlib.asynccontextmanager
async def calling(agent: str = AGENT) -> AsyncIterator[Client]:
    async with (
        open_ckan(Written(PACKAGES)) as double,
        aiohttp.ClientSession(headers={"User-Agent": agent}, cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield Client(double=double, session=session)


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async with calling() as opened:
        yield opened


async def asks_two_things_at_once(client: Client) -> None:
    client.double.fault("stall")
    async with client.session.get(f"{client.double.url}/api/3/action/status_show"):
        client.double.manners.under_way += 1  # as if the first were still worked on
        await client.call("status_show")
        client.double.manners.under_way -= 1


async def hides_who_it_is(client: Client) -> None:
    await client.get("/api/3/action/status_show", **{"User-Agent": "python-requests/2.31"})


async def comes_back_too_soon(client: Client) -> None:
    client.double.fault("busy", seconds=30)
    await client.get("/api/3/action/status_show")
    await client.double.sleep(29)
    await client.get("/api/3/action/status_show")


async def brings_a_key(client: Client) -> None:
    await client.get("/api/3/action/status_show", Authorization="a-key")


async def pages_through_what_moves(client: Client) -> None:
    await client.call("package_search", rows=1, start=1)


NOTED: list[tuple[str, Callable[[Client], Awaitable[None]]]] = [
    ("K1", asks_two_things_at_once),
    ("K2", hides_who_it_is),
    ("K3", comes_back_too_soon),
    ("K4", brings_a_key),
    ("K5", pages_through_what_moves),
]
BARE = "Bad request - "
REFUSED: list[tuple[str, int, str, dict[str, Any]]] = [
    ("K6", 400, BARE + "Action name not known: package_serach", {"action": "package_serach"}),
    ("K7", 409, "Validation Error", {"action": "package_search", "rows": "many"}),
    ("K7", 409, "Validation Error", {"action": "package_search", "start": "-1"}),
    ("K8", 409, "Search Error", {"action": "package_search", "sort": "beauty asc"}),
    ("K9", 400, "Search Query Error", {"action": "package_search", "fq": "modified:[2026 TO *]"}),
    ("K10", 400, BARE + "JSON Error: Error decoding JSON data.", {"action": "package_search", "data": b"[1]"}),
    ("K10", 400, BARE + "JSON Error: Error decoding JSON data.", {"action": "package_search", "data": b"{"}),
    ("K11", 409, "Validation Error", {"action": "package_show"}),
    ("K11", 404, "Not Found Error", {"action": "package_show", "id": "nobody"}),
    ("K12", 409, "Validation Error", {"action": "datastore_search"}),
    ("K12", 409, "Validation Error", {"action": "datastore_search", "resource_id": "r-active", "limit": "all"}),
    ("K13", 404, "Not Found Error", {"action": "datastore_search", "resource_id": "r-file"}),
    ("K13", 404, "Not Found Error", {"action": "datastore_search", "resource_id": "nothing"}),
]


@pytest.mark.parametrize(("rule", "wrong"), NOTED, ids=[rule for rule, _ in NOTED])
async def test_a_client_without_manners_is_noted(client: Client, rule: str, wrong: Callable[[Client], Awaitable[None]]):
    await wrong(client)
    assert [offence.rule for offence in client.double.offences] == [rule]


@pytest.mark.parametrize(("rule", "status", "kind", "call"), REFUSED)
async def test_a_wrong_question_is_refused_as_ckan_does(
    client: Client, rule: str, status: int, kind: str, call: dict[str, Any]
):
    got, answer = await client.call(**call)
    assert got == status
    assert kind == (answer if isinstance(answer, str) else answer["error"]["__type"])
    assert client.double.offences == []


def test_every_enforced_rule_has_a_wrong_client():
    assert {rule for rule, *_ in NOTED} | {rule for rule, *_ in REFUSED} == ENFORCED
    assert len(RULES) == 19


async def test_a_deleted_dataset_is_not_found_and_a_private_one_denied(client: Client):
    client.double.withdraw(KEY)
    assert (await client.call("package_show", id=KEY))[0] == 404
    second, third = client.double.shelf.ids()[0], client.double.shelf.ids()[1]
    client.double.withdraw(second if second != KEY else third, private=True)
    statuses = {id_: (await client.call("package_show", id=id_))[0] for id_ in client.double.shelf.ids()}
    assert sorted(statuses.values()) == [200, 403, 404]
    assert (await client.result("package_search"))["count"] == 1, "deletions never appear"


async def test_rows_are_ten_and_capped_without_a_word(client: Client):
    client.double.world.rows_max = 2
    found = await client.result("package_search", rows=500, sort="id asc")
    assert (found["count"], len(found["results"])) == (3, 2)
    rest = await client.result("package_search", rows=500, sort="id asc", start=2)
    assert len(rest["results"]) == 1
    newest = await client.result("package_search")
    assert newest["results"][0]["title"] == "Chợ"


async def test_the_index_learns_later_than_the_database(client: Client):
    client.double.world.prompt = False
    client.double.change(KEY, title="Bảng giá đất")
    assert (await client.result("package_show", id=KEY))["title"] == "Bảng giá đất"
    query = {"fq": "metadata_modified:[2026-10-31T00:00:00Z TO *]", "sort": "metadata_modified asc"}
    assert (await client.result("package_search", **query))["results"] == []
    client.double.world.reindex()
    (found,) = (await client.result("package_search", **query))["results"]
    assert found["title"] == "Bảng giá đất"


async def test_datastore_rows_come_as_objects_or_lists_and_say_the_limit(client: Client):
    found = await client.result("datastore_search", resource_id="r-active", limit=99_999)
    assert found["limit"] == 32_000
    assert found["records"][0] == {"_id": 1, "phường": "Trà Câu", "giá": "1200"}
    lists = await client.result("datastore_search", resource_id="r-active", records_format="lists", offset=1)
    assert (lists["records"], lists["limit"], lists["total"]) == ([[2, "Sa Huỳnh", "900"]], 100, 2)


async def test_uploads_have_an_etag_and_links_have_none(client: Client):
    path = f"/dataset/{KEY}/resource/r-active/download/bang.csv"
    first = await client.get(path)
    assert (first.status, "Last-Modified" in first.headers) == (200, True)
    assert (await client.get(path, **{"If-None-Match": first.headers["ETag"]})).status == 304
    shelf = client.double.shelf
    assert isinstance(shelf, Written)
    shelf.rewrite("r-active", [["Trà Câu", "1300"]])
    assert (await client.get(path, **{"If-None-Match": first.headers["ETag"]})).status == 200
    link = await client.get("/links/r-active")
    assert (link.status, "ETag" in link.headers) == (200, False)
    assert client.double.files.sent == ["r-active", "r-active", "r-active"]


async def test_a_dump_is_the_whole_table_with_its_numbers(client: Client):
    async with client.session.get(f"{client.double.url}/datastore/dump/r-active") as response:
        assert await response.text() == "_id,phường,giá\n1,Trà Câu,1200\n2,Sa Huỳnh,900\n"
    assert (await client.get("/datastore/dump/r-file")).status == 404


async def test_a_reader_who_asks_around_is_answered(client: Client):
    assert await client.result("organization_list") == ["so-tai-chinh"]
    assert (await client.result("group_list", all_fields="true"))[0]["display_name"] == "Y tế"
    assert (await client.result("status_show"))["ckan_version"] == "2.11.3"
    assert "gia-dat" in await client.result("package_list")
    assert len(await client.result("current_package_list_with_resources", limit=2)) == 2
    assert (await client.result("package_show", id="gia-dat"))["id"] == KEY
    assert (await client.call("package_show", data=b'{"id": "gia-dat"}'))[0] == 200
    assert client.double.offences == []


async def test_a_made_portal_is_the_same_whenever_it_is_made():
    first, second = make_ckan(datasets=50, rows=700, tables=7), make_ckan(datasets=50, rows=700, tables=7)
    assert first.ids() == second.ids() == sorted(first.ids())
    assert first.package(first.ids()[3]) == second.package(second.ids()[3])
    sheets = [first.sheet(first.resource_of(number)) for number in range(50)]
    assert sum(len(sheet.rows) for sheet in sheets if sheet) == 700
    assert sheets[7] is None
    assert first.file(first.resource_of(7)), "a picture instead of a table"
    assert len(make_ckan(datasets=50, rows=0, tables=0, shrink=0.3).ids()) == 35
    assert set(make_ckan(datasets=50, shrink=0.3).ids()) < set(make_ckan(datasets=50).ids())


def test_another_edition_of_a_made_table_has_other_figures_and_nothing_else():
    before, after = Rows(number=1, length=3), Rows(number=1, length=3, edition=1)
    assert [row[:3] for row in before] == [row[:3] for row in after]
    assert [row[4] for row in before] != [row[4] for row in after]
