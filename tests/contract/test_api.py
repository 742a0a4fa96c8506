"""The API over a real store: what each address answers, and what it says when it does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.catalogue import Dataset
from bot.store import catalogue
from bot.store.engine import Store
from bot.store.table import make_table
from gateway.api.published import CELLS
from gateway.portal import Fetched
from tests.conftest import KEY, NOW
from tests.contract.harness import every_log
from tests.support.api import changed, publish_changes, running_api
from tests.support.catalogue import crops, publish
from tests.support.library import park, table_of

SQLITE = pytest.mark.parametrize("engine", ["sqlite"])


PROBLEMS = (
    ("GET", "/api/v1/search", 400, "missing-parameter"),
    ("GET", "/api/v1/search?q=a&q=b", 400, "repeated-parameter"),
    ("GET", "/api/v1/search?q=a&key=b", 400, "unknown-parameter"),
    ("GET", "/api/v1/search?q=a&province=atlantis", 400, "not-a-choice"),
    ("GET", f"/api/v1/search?q={'a' * 201}", 400, "wrong-length"),
    ("GET", "/api/v1/search?q=%00", 400, "wrong-length"),
    ("GET", "/api/v1/search?q=%ED%A0%80", 400, "not-utf-8"),
    ("GET", "/api/v1/search?q=%", 400, "not-utf-8"),
    ("GET", f"/api/v1/search?q={'a' * 6000}", 414, "too-long"),
    ("GET", "/api/v1/datasets/none", 404, "no-dataset"),
    ("GET", "/api/v1/datasets/%2e%2e%2f", 404, "no-dataset"),
    ("GET", "/api/v1/datasets/%FF", 400, "not-utf-8"),
    ("GET", "/api/v1/datasets/a%00", 400, "wrong-length"),
    ("GET", "/api/v1/datasets/c-0/rows", 404, "no-table"),
    ("GET", "/api/v1/datasets/c-0/rows?limit=1001", 400, "not-a-number"),
    ("GET", "/api/v1/datasets/none/rows?q=a", 404, "no-dataset"),
    ("GET", "/api/v1/changes?since=heute", 400, "not-a-date"),
    ("GET", "/api/v1/changes?after=1", 400, "not-a-cursor"),
    ("GET", "/api/v2/search?q=a", 404, "not-found"),
    ("GET", "/api/v1/datasets/", 404, "not-found"),
    ("POST", "/api/v1/search?q=a", 405, "no-method"),
    ("DELETE", "/api/v1/datasets/c-0", 405, "no-method"),
)


def parks(**fields: object) -> Fetched:
    entry = park(1, 5)
    return replace(entry, dataset=replace(entry.dataset, **fields))


async def test_a_dataset_tells_what_its_source_says_and_null_for_the_rest(store):
    await publish(store, parks(licence="CC BY", cycle="hằng quý", issued_at=NOW.date(), url="https://example.vn/1"))
    async with running_api(store, ready=False) as api:
        found = (await api.get("/api/v1/datasets/v-1")).json
    assert found.pop("resources") == [
        {
            "number": 0, "title": None, "note": None, "format": None, "url": None, "row_count": 5,
            "fields": ["ten_vuon", "xa", *(f"ghi_chu_{n}" for n in range(6))], "rows": "/api/v1/datasets/v-1/rows?resource=0",
        }
    ]  # fmt: skip
    assert found == {
        "code": "v-1", "title": "Vườn cây số 1", "province": None, "description": None, "publisher": None, "theme": None,
        "update_frequency": "hằng quý", "licence": "CC BY", "format": None, "fields": [], "issued_at": "2026-11-16",
        "published_at": None, "changed_at": None, "content_at": found["content_at"], "data_date": found["data_date"],
        "page": "https://example.vn/1", "url": "/api/v1/datasets/v-1", "rows": "/api/v1/datasets/v-1/rows",
    }  # fmt: skip


async def test_rows_come_page_by_page_as_printed(store):
    await publish(store, park(1, 5))
    async with running_api(store, ready=False) as api:
        path, rows, numbers = "/api/v1/datasets/v-1/rows?limit=2", [], []
        while path:
            page = (await api.get(path)).json
            rows += page["rows"]
            numbers += page["numbers"]
            path = page["next"]
    assert (page["total"], page["answered"], [column["name"] for column in page["columns"]][:2]) == (
        5,
        None,
        ["ten_vuon", "xa"],
    )
    assert [tuple(row) for row in rows] == list(table_of(park(1, 5)).rows)
    assert numbers == [0, 1, 2, 3, 4]


@SQLITE
async def test_a_question_finds_its_rows_or_honestly_none(store):
    await publish(store, park(1, 5), park(2, 3))
    async with running_api(store) as api:
        found = (await api.get("/api/v1/datasets/v-1/rows?q=V%C6%B0%E1%BB%9Dn+1+3")).json
        assert (found["answered"], found["numbers"]) == (True, [3])
        assert found["rows"][0][0] == "Vườn 1 3"
        listed = (await api.get("/api/v1/datasets/v-1/rows?q=vuon+1&limit=2")).json
        assert (listed["answered"], listed["total"], len(listed["rows"])) == (True, 5, 2)
        assert (await api.get(listed["next"])).json["offset"] == 2
        nothing = (await api.get("/api/v1/datasets/v-1/rows?q=lai+suat+ngan+hang")).json
        assert (nothing["answered"], nothing["rows"], nothing["total"]) == (False, [], 0)


@SQLITE
async def test_a_question_may_be_asked_of_one_resource(store):
    both = park(1, 3)
    other = make_table(("loai_qua", "gia_ban"), [("Cam sành", "12"), ("Chanh đào", "15")])
    second = replace(both.dataset.resources[0], position=4, fields=other.columns, row_count=2, table=other.hash)
    dataset = replace(both.dataset, resources=(*both.dataset.resources, second))
    await publish(store, Fetched(dataset=dataset, tables=(*both.tables, other)))
    async with running_api(store) as api:
        asked = "/api/v1/datasets/v-1/rows?q=cam+sanh&resource="
        assert (await api.get(f"{asked}4")).json["rows"] == [["Cam sành", "12"]]
        assert (await api.get(f"{asked}0")).json["answered"] is False
        assert (await api.get(f"{asked}1")).status == 404


@SQLITE
async def test_a_search_finds_what_the_chat_finds(store):
    await publish(store, *crops(3), park(1, 5))
    async with running_api(store) as api:
        found = (await api.get("/api/v1/search?q=c%C3%A2y+2")).json
        assert (found["answered"], found["hits"][0]["code"]) == (True, "c-2")
        found = (await api.get("/api/v1/search?q=V%C6%B0%E1%BB%9Dn+1+3&limit=1")).json
        assert (found["answered"], found["figures"]["numbers"], found["figures"]["dataset"]) == (True, [3], "v-1")
        assert [hit["code"] for hit in found["hits"]] == ["v-1"]
        nothing = (await api.get("/api/v1/search?q=lai+suat+ngan+hang")).json
        assert (nothing["answered"], nothing["figures"], nothing["withheld"]) == (False, None, 0)


@SQLITE
async def test_the_list_of_all_datasets_goes_on_where_it_ended(store):
    await publish(store, *crops(5))
    async with running_api(store, ready=False) as api:
        path, found = "/api/v1/datasets?limit=2", []
        while path:
            page = (await api.get(path)).json
            found += [dataset["code"] for dataset in page["datasets"]]
            path = page["next"]
    assert found == [f"c-{n}" for n in range(5)]


async def test_who_keeps_a_copy_reads_on_where_it_stopped(store):
    await publish(store, *crops(3))
    await publish_changes(store, changed("c-0"), changed("c-1"), changed("c-2"))
    async with running_api(store, ready=False) as api:
        first = (await api.get("/api/v1/changes?since=2026-11-16&limit=100")).json
        assert [one["dataset"] for one in first["changes"]][-3:] == ["c-0", "c-1", "c-2"]
        assert first["next"] is None
        await publish_changes(store, changed("c-1"), at=NOW + timedelta(days=1))
        (one,) = (await api.get(f"/api/v1/changes?after={first['cursor']}")).json["changes"]
        assert (one["dataset"], one["kind"], one["at"]) == ("c-1", "content", "2026-11-17T02:00:00Z")
        assert len((await api.get("/api/v1/changes?since=2026-11-17")).json["changes"]) == 1
        page = (await api.get("/api/v1/changes?since=2026-11-16&limit=1&dataset=c-1")).json
        assert {one["dataset"] for one in page["changes"]} == {"c-1"}
        assert {one["dataset"] for one in (await api.get(page["next"])).json["changes"]} == {"c-1"}


async def test_what_is_taken_down_is_gone_from_every_address_with_the_next_request(store):
    await publish(store, *crops(2), park(1, 5))
    await publish_changes(store, changed("v-1"))
    paths = ("/api/v1/search?q=V%C6%B0%E1%BB%9Dn+1+3", "/api/v1/datasets", "/api/v1/changes", "/api/v1/changes.atom")
    own = ("/api/v1/datasets/v-1", "/api/v1/datasets/v-1/rows", "/api/v1/datasets/v-1/rows?q=vuon")
    async with running_api(store) as api:
        before = {path: await api.get(path) for path in (*paths, *own)}
        assert all(reply.status == 200 and b"v-1" in reply.body for reply in before.values())
        await catalogue.hide(store, "v-1", now=NOW)
        for path in paths:
            reply = await api.get(path, If_None_Match=before[path].headers["Etag"])
            assert (reply.status, b"v-1" in reply.body) == (200, False)
        for path in own:
            assert (await api.get(path, If_None_Match=before[path].headers["Etag"])).status == 404
        await catalogue.unhide(store, "v-1")
        for path in (*paths, *own):
            assert (await api.get(path, If_None_Match=before[path].headers["Etag"])).status == 304


@SQLITE
async def test_an_unchanged_answer_is_not_sent_twice_and_a_changed_one_is(store):
    await publish(store, *crops(2))
    async with running_api(store, ready=False) as api:
        reply = await api.get("/api/v1/datasets/c-1")
        etag = reply.headers["Etag"]
        assert reply.headers["Cache-Control"] == "public, no-cache"
        known = await api.get("/api/v1/datasets/c-1", If_None_Match=f'"other", {etag}')
        assert (known.status, known.body, known.headers["Etag"]) == (304, b"", etag)
        assert known.headers["Access-Control-Allow-Origin"] == "*"
        await publish(store, Dataset(code="c-1", title="Cây mới"), *crops(1))
        fresh = await api.get("/api/v1/datasets/c-1", If_None_Match=etag)
        assert (fresh.status, fresh.json["title"]) == (200, "Cây mới")


@SQLITE
async def test_head_says_what_get_says_without_the_body(store):
    await publish(store, *crops(60))
    async with running_api(store) as api:
        for path in (
            "/api/v1/datasets?limit=60",
            "/api/v1/search?q=a",
            "/api/v1/datasets/none",
            "/api/openapi.json",
            "/api/",
        ):
            got, head = await api.get(path), await api.get(path, method="HEAD")
            assert (head.status, head.body) == (got.status, b"")
            for name in ("Content-Type", "Etag", "Cache-Control", "Content-Length"):
                assert head.headers.get(name) == got.headers.get(name), (path, name)


@SQLITE
async def test_a_long_answer_is_packed_for_who_can_unpack_it(store):
    await publish(store, *crops(60))
    async with running_api(store, ready=False) as api:
        plain = await api.get("/api/v1/datasets?limit=60", Accept_Encoding="identity")
        refused = await api.get("/api/v1/datasets?limit=60", Accept_Encoding="deflate, gzip;q=0")
        packed = await api.get("/api/v1/datasets?limit=60", Accept_Encoding="deflate, gzip;q=0.5")
    assert "Content-Encoding" not in plain.headers | refused.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 3
    assert (packed.body, packed.headers["Etag"]) == (plain.body, plain.headers["Etag"])
    assert "Accept-Encoding" in plain.headers["Vary"]


@SQLITE
async def test_a_page_of_any_site_may_ask(store):
    async with running_api(store) as api:
        asked = await api.get(
            "/api/v1/search?q=x", method="OPTIONS", Origin="https://example.vn",
            Access_Control_Request_Method="GET", Access_Control_Request_Headers="x-api-key",
        )  # fmt: skip
        assert (asked.status, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")
        assert "X-Api-Key" in asked.headers["Access-Control-Allow-Headers"]
        for path in ("/api/v1/search?q=x", "/api/v1/search", "/api/openapi.json", "/api/v1/changes.atom"):
            reply = await api.get(path, Origin="https://example.vn")
            assert reply.headers["Access-Control-Allow-Origin"] == "*"
            assert "RateLimit" in reply.headers["Access-Control-Expose-Headers"]


@SQLITE
async def test_what_cannot_be_answered_is_a_problem_with_a_sentence(store):
    await publish(store, *crops(1))
    async with running_api(store) as api:
        for number, (method, path, status, kind) in enumerate(PROBLEMS):
            asker = replace(api, address=f"203.0.113.{number}")
            reply = await asker.get(path, method=method, Accept_Language="en")
            told = (reply.status, reply.headers["Content-Type"], reply.json["type"], reply.json["status"])
            assert (path[:80], *told) == (path[:80], status, "application/problem+json", f"/api/#{kind}", status)
            assert (reply.headers["Cache-Control"], reply.headers["Content-Language"]) == ("no-store", "en")
            assert ("Allow" in reply.headers) is (status == 405)
            if "parameter" in reply.json:
                assert reply.json["parameter"] in reply.json["detail"]


@SQLITE
async def test_a_catalogue_that_is_not_read_yet_asks_for_patience(store):
    await publish(store, *crops(1), park(1))
    async with running_api(store, ready=False) as api:
        for path in ("/api/v1/search?q=a", "/api/v1/datasets/v-1/rows?q=a"):
            reply = await api.get(path)
            assert (reply.status, reply.json["type"], reply.headers["Retry-After"]) == (503, "/api/#not-ready", "2")
        assert (await api.get("/api/v1/datasets/c-0")).status == 200


@SQLITE
async def test_wide_tables_have_shorter_pages(store):
    table = make_table([f"c{n}" for n in range(CELLS // 5)], [["x"] * (CELLS // 5)] * 8)
    entry = park(1)
    held = replace(entry.dataset.resources[0], fields=table.columns, row_count=8, table=table.hash)
    await publish(store, Fetched(dataset=replace(entry.dataset, resources=(held,)), tables=(table,)))
    async with running_api(store, ready=False) as api:
        page = (await api.get("/api/v1/datasets/v-1/rows?limit=1000")).json
        assert (len(page["rows"]), page["next"]) == (5, "/api/v1/datasets/v-1/rows?resource=0&offset=5&limit=1000")


@SQLITE
async def test_a_page_of_long_cells_is_packed_too(store):
    table = make_table(("a",), [(f"{n} " + "chữ " * 10_000,) for n in range(40)])
    entry = park(1)
    held = replace(entry.dataset.resources[0], fields=table.columns, row_count=40, table=table.hash)
    await publish(store, Fetched(dataset=replace(entry.dataset, resources=(held,)), tables=(table,)))
    async with running_api(store, ready=False) as api:
        reply = await api.get("/api/v1/datasets/v-1/rows?limit=1000")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert len(reply.body) > 1_500_000
    assert [row[0] for row in reply.json["rows"]] == [row[0] for row in table.rows]


@SQLITE
async def test_links_begin_with_the_path_under_which_the_service_is_reached(store):
    await publish(store, park(1, 5))
    await publish_changes(store, changed("v-1"))
    async with running_api(store, ready=False, public_url="https://example.vn/tra-cuu/") as api:
        assert (await api.get("/api/v1/datasets/v-1")).json["rows"] == "/tra-cuu/api/v1/datasets/v-1/rows"
        assert b'href="https://example.vn/tra-cuu/api/v1/changes.atom"' in (await api.get("/api/v1/changes.atom")).body
        assert (await api.get("/api/openapi.json")).json["servers"] == [{"url": "https://example.vn/tra-cuu/"}]
        assert (await api.get("/api/v1/nix")).json["type"] == "https://example.vn/tra-cuu/api/#not-found"


@SQLITE
async def test_nothing_that_is_asked_stands_in_a_log(store, canaries):
    await publish(store, *crops(1))
    with every_log() as logged:
        async with running_api(store) as api:
            await api.get(f"/api/v1/search?q={canaries.text}")
            await api.get("/api/v1/search?q=a", X_Api_Key=canaries.text)
            await api.get(f"/api/v1/datasets/{canaries.text}")
    assert canaries.text not in logged()


async def test_a_database_that_is_away_is_said_to_be_away():
    away = Store("postgresql://nobody:x@127.0.0.1:1/nothing", KEY, owner="away")
    async with running_api(away, ready=False) as api:
        reply = await api.get("/api/v1/datasets/x")
        assert (reply.status, reply.json["type"], reply.headers["Retry-After"]) == (503, "/api/#store-away", "2")
    await away.close()
