"""The client for portals, against real servers: how often it asks, for how long, and how much it takes."""

import asyncio
import contextlib
import gzip
from pathlib import Path

import pytest
from aiohttp import web

from gateway.portal import AwayError, LoginError, PortalError
from gateway.portal_client import Patience, name_agent
from gateway.settings import Settings
from simulator.portals.manners import Manners
from tests.support.portal_talk import AGENT, Serve, after, always, talking


async def hang_up(request: web.BaseRequest) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hang_up_within(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b"half")
    return await hang_up(request)


async def stall(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"half")
    await asyncio.sleep(0.2)
    return response


async def drip(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _ in range(200):
            await response.write(b".")
            await asyncio.sleep(0.02)
    return response


async def test_who_we_are_is_said_and_nothing_else_about_us():
    async with talking(always(text="ok", headers={"Set-Cookie": "a=b"})) as talk:
        await talk.client.get(talk.url)
        answer = await talk.client.get(talk.url, params={"q": "giá đất"}, headers={"If-None-Match": '"e"'})
    assert answer.body == b"ok"
    first, second = talk.asked
    assert first.headers["User-Agent"] == AGENT
    assert second.query["q"] == "giá đất"
    assert second.headers["If-None-Match"] == '"e"'
    assert "Cookie" not in second.headers
    assert "Referer" not in second.headers


@pytest.mark.parametrize(
    ("service", "agent"),
    [
        ({"contact": "dulieumo@example.vn", "public_url": "https://a.vn"}, " (+dulieumo@example.vn)"),
        ({"public_url": "https://a.vn"}, " (+https://a.vn)"),
        ({}, ""),
    ],
)
def test_the_contact_of_the_settings_stands_in_the_name(service: dict[str, str], agent: str):
    name, said, contact = name_agent(Settings(service=service)).partition(" (")
    assert name.startswith("tracuu/")
    assert said + contact == agent


PASSING = [
    ("busy with seconds", always(status=429, headers={"Retry-After": "9"}), [9, 9]),
    ("busy without", always(status=429), [2, 4]),
    ("away", always(status=503), [2, 4]),
    ("broken", always(status=500), [2, 4]),
    ("gateway", always(status=502, text="<html>"), [2, 4]),
    ("gateway late", always(status=504), [2, 4]),
    ("hangs up", hang_up, [2, 4]),
    ("hangs up within", hang_up_within, [2, 4]),
    ("stalls", stall, [2, 4]),
]


@pytest.mark.parametrize(("fault", "pauses"), [row[1:] for row in PASSING], ids=[row[0] for row in PASSING])
async def test_what_may_pass_is_asked_again_after_a_pause(tmp_path: Path, fault: Serve, pauses: list[float]):
    async with talking(after(2, fault)) as talk:
        assert (await talk.client.get(talk.url)).body == b"ok"
    assert talk.pauses == pauses
    assert len(talk.asked) == 3, "nothing is repeated behind our back"
    async with talking(after(2, fault)) as talk:
        await talk.client.download(talk.url, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"ok", "nothing of the tries before is left in the file"


@pytest.mark.parametrize("fault", [row[1] for row in PASSING[1:]], ids=[row[0] for row in PASSING[1:]])
async def test_after_five_tries_it_is_given_up(fault: Serve):
    async with talking(fault) as talk:
        with pytest.raises(AwayError, match=r"127\.0\.0\.1 ") as given_up:
            await talk.client.get(talk.url)
    assert talk.pauses == [2, 4, 8, 16]
    assert given_up.value.retry
    assert "\n" not in str(given_up.value)


async def test_what_will_not_pass_is_asked_once():
    for status in (200, 304, 400, 403, 404, 409):
        async with talking(always(status=status)) as talk:
            assert (await talk.client.get(talk.url)).status == status
        assert talk.pauses == []


async def test_an_answer_that_drips_for_ever_ends():
    async with talking(after(1, drip), patience=Patience(connect=2, silence=2, whole=0.3)) as talk:
        assert (await talk.client.get(talk.url)).body == b"ok"
    assert talk.pauses[0] == 2


async def test_a_host_is_asked_one_thing_at_a_time_whoever_asks():
    manners = Manners(clock=lambda: 0.0)

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        with manners.receive(request.path, request.headers["User-Agent"], bearing=False):
            await asyncio.sleep(0.001)
            return web.Response(text="ok")

    async with talking(serve) as talk:
        await asyncio.gather(*(talk.client.get(talk.url) for _ in range(5)))
    assert manners.offences == []
    assert len(manners.asked) == 5


@pytest.mark.parametrize("packed", [True, False])
async def test_more_than_is_wanted_is_not_read(tmp_path: Path, packed: bool):
    body = b" " * 3_000_000
    headers = {"Content-Encoding": "gzip"} if packed else {}
    async with talking(always(body=gzip.compress(body) if packed else body, headers=headers)) as talk:
        with pytest.raises(PortalError, match=r"127\.0\.0\.1 sends is larger than 2 MB"):
            await talk.client.get(talk.url, limit=2 * 2**20)
        with pytest.raises(PortalError, match="larger"):
            await talk.client.download(talk.url, tmp_path / "file", limit=2 * 2**20)
        assert (await talk.client.get(talk.url, limit=3_000_000)).body == body
    assert (tmp_path / "file").stat().st_size <= 2 * 2**20


LOGIN = '<!doctype html><form><input id=p type="password"></form>'


@pytest.mark.parametrize(
    "serve",
    [
        always(status=401),
        always(status=302, headers={"Location": "/user/login?came_from=%2Fx"}),
        always(status=302, headers={"Location": "https://dangnhap.example.vn/sso/start"}),
        always(text=LOGIN, content_type="text/html"),
    ],
)
async def test_a_login_instead_of_a_file_is_no_file(tmp_path: Path, serve: Serve):
    async with talking(serve) as talk:
        with pytest.raises(LoginError, match=r"127\.0\.0\.1 asks for a login"):
            await talk.client.download(talk.url, tmp_path / "file")
    assert talk.pauses == []


async def test_a_workbook_that_is_really_a_page_is_a_file(tmp_path: Path):
    async with talking(
        always(text="<html><table><tr><td>1</td></tr></table></html>", content_type="text/html")
    ) as talk:
        assert (await talk.client.download(talk.url, tmp_path / "file")).status == 200
