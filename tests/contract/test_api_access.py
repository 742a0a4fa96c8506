"""Who may read what by the API, and how much: profiles, settings, keys, quotas."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.catalogue import Dataset
from bot.store.api_keys import list_keys, revoke_key
from gateway.api.limits import ADDRESS_UNITS
from tests.conftest import NOW
from tests.contract.harness import every_log
from tests.support.api import changed, give_key, publish_changes, running_api
from tests.support.catalogue import crops, publish
from tests.support.library import park

SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
KEYED = replace(park(1, 3), dataset=replace(park(1, 3).dataset, province="Vĩnh Phúc"))
QUESTION = "/api/v1/search?q=V%C6%B0%E1%BB%9Dn+1+2"
OWN = ("/api/v1/datasets/v-1", "/api/v1/datasets/v-1/rows", "/api/v1/datasets/v-1/rows?q=vuon+1")
NO_KEYS = (
    {"X_Api_Key": "x"},
    {"Authorization": "Basic dTpw"},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer \xfc"},
    {"X_Api_Key": "tracuu_" + "a" * 48},
)
SETTINGS: tuple[tuple[dict[str, Any], str, int, int], ...] = (
    ({"api": "public"}, "v-1", 200, 200),
    ({"api": "keyed"}, "c-0", 401, 200),
    ({"api": "off"}, "c-0", 404, 404),
    ({"provinces": ("hue",)}, "v-1", 404, 404),
    ({"provinces": ("hue",)}, "c-0", 200, 200),
    ({"provinces": ("hue",)}, "hanoi", 404, 404),
    ({"provinces": ("hanoi",)}, "hanoi", 200, 200),
    ({"provinces": ("vinhphuc",)}, "v-1", 401, 200),
    ({"provinces": ("vinhphuc",)}, "hanoi", 404, 404),
)
"""Settings and a dataset: the status without a key, and with one."""
LISTS = ("/api/v1/datasets", "/api/v1/changes", "/api/v1/changes.atom", QUESTION)


def names_it(body: bytes) -> bool:
    """Whether the dataset stands there; that the list goes on behind its code is no secret."""
    return b"datasets/v-1" in body or "Bộ v-1".encode() in body or "Vườn cây".encode() in body


async def test_a_province_whose_rules_ask_for_a_key_is_read_with_one_only(store):
    await publish(store, KEYED, *crops(2))
    await publish_changes(store, changed("v-1", province="Vĩnh Phúc"), changed("c-1"))
    key = await give_key(store)
    async with running_api(store) as api:
        for path in OWN:
            refused = await api.get(path)
            assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, 'Bearer realm="tracuu"')
            assert "Vĩnh Phúc" in refused.json["detail"]
            assert "Điều 7 khoản 2 điểm d" in refused.json["detail"]
            assert (await api.get(path, Authorization=f"Bearer {key}")).status == 200
        for path in LISTS:
            assert not names_it((await api.get(path)).body)
            shown = await api.get(path, X_Api_Key=key)
            assert names_it(shown.body)
            assert shown.headers["Cache-Control"] == "private, no-cache"
            assert "X-Api-Key" in shown.headers["Vary"]
        hidden, whole = (await api.get(QUESTION)).json, (await api.get(QUESTION, X_Api_Key=key)).json
        assert (hidden["answered"], hidden["figures"], hidden["withheld"]) == (False, None, 1)
        assert (whole["answered"], whole["figures"]["numbers"], whole["withheld"]) == (True, [2], 0)


@SQLITE
async def test_the_settings_have_the_last_word(store):
    await publish(store, KEYED, *crops(1), Dataset(code="hanoi", title="Chùa", province="Hà Nội"))
    key = await give_key(store)
    for service, code, without, with_key in SETTINGS:
        async with running_api(store, ready=False, **service) as api:
            statuses = [(await api.get(f"/api/v1/datasets/{code}", **sent)).status for sent in ({}, {"X_Api_Key": key})]
            assert (service, code, statuses) == (service, code, [without, with_key])
            listed = await api.get("/api/v1/datasets", X_Api_Key=key)
            assert (f'"{code}"'.encode() in listed.body) is (with_key == 200)


async def test_a_revoked_key_opens_nothing_with_the_next_request(store):
    await publish(store, KEYED, *crops(1))
    key = await give_key(store)
    async with running_api(store) as api:
        assert (await api.get(OWN[0], X_Api_Key=key)).status == 200
        (known,) = await list_keys(store)
        assert known.used_on == "2026-11-16"
        await revoke_key(store, known.number, now=NOW)
        for path in (OWN[0], "/api/v1/datasets/c-0"):
            refused = await api.get(path, X_Api_Key=key)
            assert (refused.status, refused.json["type"]) == (401, "/api/#key-wrong")


@SQLITE
async def test_a_key_that_is_none_is_refused_even_where_none_is_needed(store):
    await publish(store, *crops(1))
    async with running_api(store, ready=False) as api:
        for headers in NO_KEYS:
            reply = await api.get("/api/v1/datasets/c-0", **headers)
            assert (headers, reply.status, reply.json["type"]) == (headers, 401, "/api/#key-wrong")


@SQLITE
async def test_nothing_of_a_key_is_logged_counted_or_told_again(store):
    await publish(store, *crops(1))
    key = await give_key(store)
    with every_log() as logged:
        async with running_api(store) as api:
            replies = [await api.get(f"/api/v1/datasets/c-0?key={key}"), await api.get("/api/v1/search", X_Api_Key=key)]
            replies += [await api.get(f"/api/v1/datasets/{key}", X_Api_Key=key + "x")]
            counted = api.metrics.export().decode()
    said = logged() + counted + "".join(repr((reply.headers, reply.body)) for reply in replies)
    assert key.removeprefix("tracuu_") not in said
    assert 'tracuu_api_requests_total{route="search",status="400"} 1.0' in counted


@SQLITE
async def test_who_asks_too_much_is_told_when_to_come_again_and_nobody_else_suffers(store):
    await publish(store, *crops(1))
    async with running_api(store) as api:
        replies = [await api.get("/api/v1/search?q=a") for _ in range(ADDRESS_UNITS // 6 + 3)]
        assert [reply.status for reply in replies[: ADDRESS_UNITS // 6]] == [200] * (ADDRESS_UNITS // 6)
        refused = replies[-1]
        assert (refused.status, refused.json["type"]) == (429, "/api/#too-many")
        assert re.fullmatch(r"[1-6]", refused.headers["Retry-After"])
        assert refused.headers["RateLimit-Policy"] == f'"address";q={ADDRESS_UNITS};w=60'
        assert re.fullmatch(r'"address";r=[0-5];t=\d+', refused.headers["RateLimit"])
        assert (await replace(api, address="203.0.113.2").get("/api/v1/search?q=a")).status == 200
        key = await give_key(store, units=7)
        keyed = await api.get("/api/v1/search?q=a", X_Api_Key=key)
        assert (keyed.status, keyed.headers["RateLimit"]) == (200, '"key";r=1;t=52')
        assert (await api.get("/api/v1/search?q=a", X_Api_Key=key)).status == 429
        assert (await api.get("/api/", X_Api_Key=key)).status == 200


@SQLITE
async def test_what_is_refused_costs_a_unit_as_well(store):
    paths = ("/api/v1/search?q=%00", "/api/v1/nix", "/api/v1/search", f"/api/v1/datasets?after={'a' * 6000}")
    async with running_api(store, ready=False) as api:
        left = [(await api.get(path)).headers["RateLimit"].partition(";t=")[0] for path in paths]
        left.append((await api.get(paths[0], X_Api_Key="x")).headers["RateLimit"].partition(";t=")[0])
    assert left == [f'"address";r={ADDRESS_UNITS - spent}' for spent in range(1, 6)]


@SQLITE
async def test_more_than_can_be_looked_up_at_once_is_sent_away_with_503(store):
    await publish(store, *crops(50))
    async with running_api(store) as api:
        many = [replace(api, address=f"203.0.{n}.1") for n in range(60)]
        replies = await asyncio.gather(*(one.get("/api/v1/search?q=cay+7") for one in many))
        statuses = {reply.status for reply in replies}
        assert statuses <= {200, 503}
        assert 200 in statuses
        assert all(reply.headers["Retry-After"] for reply in replies if reply.status == 503)
        assert (await api.get("/api/v1/search?q=cay+7")).status == 200


@SQLITE
async def test_a_key_ends_with_its_time_on_the_wire(store):
    await publish(store, KEYED)
    async with running_api(store) as api:
        over = await give_key(store, until=NOW - timedelta(seconds=1))
        assert (await api.get(OWN[0], X_Api_Key=over)).status == 401
