"""The client for portals, against real servers: how often it asks, for how long, and what it says when that is in vain."""

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.outbound_rules import plan
from gateway.portal import Answer, AwayError, LoginError, PortalError
from gateway.portal_client import Patience, PortalClient, name_agent, open_client
from gateway.settings import Settings
from simulator.portals.manners import Manners
from tests.support.proxy import running_proxy

AGENT = "tracuu/0 (+mailto:dulieumo@example.vn)"
PATIENCE = Patience(connect=2, silence=0.05, whole=2)
Serve = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A client before one server; ``pauses`` are those that it made, ``asked`` what it asked for."""

    url: str
    client: PortalClient
    pauses: list[float]
    asked: list[web.BaseRequest]


@contextlib.asynccontextmanager
async def talking(serve: Serve, *, certificate: ssl.SSLContext | None = None, **rules: Any) -> AsyncIterator[Talk]:
    pauses: list[float] = []
    asked: list[web.BaseRequest] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request)
        return await serve(request)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate).start()
    url = f"{'https' if certificate else 'http'}://127.0.0.1:{runner.addresses[0][1]}/x"
    allowed = plan([], **{"sources": [url], **rules})
    async with open_client(allowed, agent=AGENT, sleep=sleep, patience=PATIENCE) as client:
        yield Talk(url=url, client=client, pauses=pauses, asked=asked)
    await runner.cleanup()


def always(**options: Any) -> Serve:
    async def serve(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(**options)

    return serve


def after(faults: int, fault: Serve) -> Serve:
    """``fault`` for the first requests, then all is well."""
    left = [faults]

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        left[0] -= 1
        return await fault(request) if left[0] >= 0 else web.Response(text="ok")

    return serve


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
    async with talking(after(1, drip)) as talk:
        assert (await talk.client.get(talk.url)).body == b"ok"
    assert talk.pauses == [2]


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


async def test_redirects_are_followed_where_they_may_be():
    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="ok") if request.path == "/y" else web.Response(status=301, headers={"Location": "/y"})

    async with talking(serve) as talk:
        answer = await talk.client.get(talk.url, params={"id": "1"})
    assert (answer.body, answer.url) == (b"ok", talk.url.replace("/x", "/y"))
    assert talk.asked[1].query_string == "", "what was asked stands in the new address, or is not wanted"


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("/x", "in a circle"),
        (
            "https://files.example.vn/a.csv",
            r"files\.example\.vn may not be called .* add files\.example\.vn to \[outbound\] hosts",
        ),
        ("http://169.254.169.254/latest", r"169\.254\.169\.254 may not be called"),
        ("http://[", "an address that is none"),
    ],
)
async def test_a_redirect_that_is_not_followed_says_why(location: str, sentence: str):
    async with talking(always(status=302, headers={"Location": location})) as talk:
        with pytest.raises(PortalError, match=sentence) as refused:
            await talk.client.get(talk.url)
    assert not refused.value.retry


async def test_a_question_is_posted_again_as_it_was():
    asked = []

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(await request.json())
        return web.Response(status=503) if len(asked) == 1 else web.Response(text="ok")

    async with talking(serve) as talk:
        assert (await talk.client.post(talk.url, {"query": []})).body == b"ok"
    assert asked == [{"query": []}] * 2


async def test_a_name_that_nobody_has_is_said():
    async with talking(always(), sources=["https://khong-co.invalid"]) as talk:
        with pytest.raises(AwayError, match=r"the name khong-co\.invalid is not known"):
            await talk.client.get("https://khong-co.invalid/api")


async def test_a_host_that_nobody_listens_on_is_said(unused_tcp_port: int):
    async with talking(always(), sources=[f"http://127.0.0.1:{unused_tcp_port}"]) as talk:
        with pytest.raises(AwayError, match="cannot be reached"):
            await talk.client.get(f"http://127.0.0.1:{unused_tcp_port}/")


def outdated(folder: Path) -> ssl.SSLContext:
    """The server's side of a certificate that ended on 24 June 2025, as that of a portal once did."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    end = datetime(2025, 6, 24, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(end - timedelta(days=365)).not_valid_after(end)
    chain = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(chain + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


async def test_a_certificate_that_is_not_valid_is_never_passed_over(tmp_path: Path):
    async with talking(always(text="ok"), certificate=outdated(tmp_path)) as talk:
        with pytest.raises(PortalError, match=r"the certificate of 127\.0\.0\.1 is not valid") as refused:
            await talk.client.get(talk.url)
    assert not refused.value.retry
    assert talk.pauses == []


async def test_a_portal_is_asked_through_the_proxy():
    async with talking(always(text="ok")) as talk, running_proxy(talk.url) as proxy:
        rules = plan([], sources=["http://opendata.example.vn"], proxy=proxy.url)
        async with open_client(rules, agent=AGENT, patience=PATIENCE) as client:
            answer: Answer = await client.get("http://opendata.example.vn/api")
    assert answer.body == b"ok"
    assert proxy.asked == ["GET http://opendata.example.vn/api HTTP/1.1"]


async def test_a_proxy_that_lets_nothing_through_is_named(unused_tcp_port: int):
    rules = plan([], sources=["http://a.example.vn"], proxy=f"http://127.0.0.1:{unused_tcp_port}")

    async def sleep(_seconds: float) -> None:
        return None

    async with open_client(rules, agent=AGENT, sleep=sleep, patience=PATIENCE) as client:
        with pytest.raises(AwayError, match=r"service\.proxy"):
            await client.get("http://a.example.vn/api")


async def test_the_proxy_password_is_never_told():
    rules = plan([], sources=["https://a.example.vn"], proxy="http://name:geheim@127.0.0.1:9")

    async def sleep(_seconds: float) -> None:
        return None

    async with open_client(rules, agent=AGENT, sleep=sleep, patience=PATIENCE) as client:
        with pytest.raises(PortalError) as refused:
            await client.get("https://a.example.vn/api")
    assert "geheim" not in str(refused.value)
