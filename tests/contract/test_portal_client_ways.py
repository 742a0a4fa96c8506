"""The client for portals, on the way there: redirects, names, certificates, proxies."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.outbound_rules import plan, read_rules
from gateway.portal import Answer, AwayError, PortalError
from gateway.portal_client import open_client
from gateway.settings import load_settings
from tests.support.portal_talk import AGENT, PATIENCE, always, talking
from tests.support.proxy import running_proxy


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
            r"files\.example\.vn may not be called: .* add files\.example\.vn to \[outbound\] hosts",
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
        with pytest.raises(PortalError, match=r"the name khong-co\.invalid is not known") as unknown:
            await talk.client.get("https://khong-co.invalid/api")
    assert unknown.value.retry
    assert talk.pauses == [], "whoever mistyped a name hears so at once"


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


def test_the_hosts_of_portals_that_are_named_may_be_called(tmp_path: Path):
    (tmp_path / "tracuu.toml").write_text(
        '[[sources]]\nkind = "ckan"\nurl = "quangngai"\n[[sources]]\nkind = "ckan"\nurl = "data.longan.gov.vn"\n',
        encoding="utf-8",
    )
    rules = read_rules(load_settings(tmp_path / "tracuu.toml", {}), [])
    assert {host for host, _ in rules.hosts} == {
        "opendata.quangngai.gov.vn",
        "data.longan.gov.vn",
        "data.tayninh.gov.vn",
    }
