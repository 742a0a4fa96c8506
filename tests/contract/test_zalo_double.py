"""The Zalo double accepts a client that keeps Zalo's contract."""

import hashlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from gateway.site import open_site
from tests.doubles.zalo import CS, REFRESH, Zalo, running_zalo
from tests.doubles.zalo_world import APP_ID, APP_SECRET, OA_SECRET

UID = "7293648105738264910"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def zalo() -> AsyncIterator[Zalo]:
    async with running_zalo(speed=0) as running:
        yield running


async def test_a_reply_within_the_window_is_accepted(zalo: Zalo, session: aiohttp.ClientSession):
    zalo.interact(UID)
    body = {"recipient": {"user_id": UID}, "message": {"text": "xin chào"}}
    async with session.post(zalo.api_base + CS, json=body, headers={"access_token": zalo.tokens().access}) as response:
        answer = await response.json()
        assert response.headers["X-RateLimit-Remain"] == "99"
    assert (answer["error"], answer["data"]["quota"]["quota_type"]) == (0, "reply")
    assert zalo.texts(UID) == ["xin chào"]
    assert not zalo.violations


async def test_a_refresh_gives_a_new_pair_and_ends_the_old_one(zalo: Zalo, session: aiohttp.ClientSession):
    old = zalo.tokens()
    fields = {"refresh_token": old.refresh, "app_id": APP_ID, "grant_type": "refresh_token"}
    async with session.post(zalo.oauth_base + REFRESH, data=fields, headers={"secret_key": APP_SECRET}) as response:
        answer = await response.json()
    assert (answer["access_token"], answer["expires_in"]) == (zalo.tokens().access, "90000")
    assert old.died


async def test_what_a_person_says_reaches_the_webhook_signed(zalo: Zalo):
    came: list[tuple[bytes, str]] = []

    async def hook(request: web.Request) -> web.Response:
        came.append((await request.read(), request.headers["X-ZEvent-Signature"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hook)
    async with open_site(app, host="127.0.0.1", port=0) as url:
        zalo.app.webhook = f"{url}/hook"
        delivery = await zalo.say(UID, "dân số/2025")
    raw, signature = came[0]
    stamp = zalo.clock().timestamp()
    joined = APP_ID.encode() + raw + str(int(stamp * 1000)).encode() + OA_SECRET.encode()
    assert signature == "mac=" + hashlib.sha256(joined).hexdigest()
    assert delivery.status == 200
