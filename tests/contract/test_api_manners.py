"""How the API behaves on the wire: conditions, packing, other origins, problems, links, logs."""

from dataclasses import replace

import pytest

from bot.core.catalogue import Dataset
from bot.store.engine import Store
from tests.conftest import KEY
from tests.contract.harness import every_log
from tests.support.api import changed, publish_changes, running_api
from tests.support.catalogue import crops, publish
from tests.support.library import park

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
