"""The API over a real store: what each address answers, and what it says when it does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store import takedown
from bot.store.table import make_table
from gateway.api.published import CELLS
from gateway.portal import Fetched
from tests.conftest import NOW
from tests.support.api import changed, publish_changes, running_api
from tests.support.catalogue import crops, publish
from tests.support.library import park, table_of

SQLITE = pytest.mark.parametrize("engine", ["sqlite"])


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
        await takedown.hide(store, "v-1", now=NOW)
        for path in paths:
            reply = await api.get(path, If_None_Match=before[path].headers["Etag"])
            assert (reply.status, b"v-1" in reply.body) == (200, False)
        for path in own:
            assert (await api.get(path, If_None_Match=before[path].headers["Etag"])).status == 404
        await takedown.unhide(store, "v-1", now=NOW)
        for path in (*paths, *own):
            assert (await api.get(path, If_None_Match=before[path].headers["Etag"])).status == 304


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
