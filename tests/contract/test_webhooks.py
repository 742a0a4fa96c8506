"""The entrance under attack: bodies, methods and headers that no honest provider sends, and channels with bugs."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import pytest

from bot.core.delivery import DeliveryState
from bot.core.messages import Address, InboundMessage, Receipt
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox, quarantine
from bot.store.tables import receipts as receipts_table
from gateway.channel import AccountSettings, Capabilities, Channel, Hook, Parsed, Part, Presence, Wire
from gateway.errors import BadSignatureError, DroppedError
from gateway.metrics import Metrics
from gateway.quarantine import unpack
from gateway.site import new_app, open_site
from gateway.webhooks import MAX_BODY, Webhooks
from tests.contract.harness import every_log
from tests.support.rows import NOW, rows


def verify(hook: Hook, _account: AccountSettings) -> None:
    if hook.headers.get("x-secret") == "almost":
        raise DroppedError("two secrets are exchanged in the settings", reason="exchanged")
    if hook.headers.get("x-secret") != "right":
        raise BadSignatureError("not from you")


def parse(hook: Hook, account: AccountSettings, now: datetime) -> Parsed:
    """Understands ``{"id"}`` and ``{"report"}``, and has the bugs that the tests need."""
    body = json.loads(hook.body)
    if "forged" in body:
        raise BadSignatureError("the name in the body is not yours")
    if "report" in body:
        state = DeliveryState.DELIVERED
        report = Receipt(channel="post", account=account.account, provider_id=body["report"], state=state, at=now)
        return Parsed(receipts=(report,))
    address = Address(channel="post", account=account.account, user="an")
    return Parsed(messages=(InboundMessage(address=address, external_id=body["id"], received_at=now),))


async def send(part: Part, to: Address, key: str, account: AccountSettings, wire: Wire) -> str:
    raise NotImplementedError


POST: Channel[AccountSettings] = Channel(
    name="post",
    capabilities=Capabilities(limit=100, pages=1),
    settings=AccountSettings,
    verify=verify,
    parse=parse,
    send=send,
)


@dataclass(frozen=True, slots=True)
class Entrance:
    """The real route over a real store."""

    url: str
    store: Store
    http: aiohttp.ClientSession

    async def post(self, body: bytes, *, method: str = "POST", **headers: str) -> tuple[int, str]:
        known = {"x-secret": "right", **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.http.request(method, f"{self.url}/hooks/post/main", data=body, headers=known) as answer:
            return answer.status, await answer.text()

    async def raw(self, request: bytes, *, end: bool = False) -> bytes:
        """The answer to ``request`` byte by byte as given; ``end`` hangs up behind it."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
            if end:
                writer.write_eof()
            async with asyncio.timeout(30):
                answer = await reader.read(65536)
        writer.close()
        return answer

    async def alive(self) -> bool:
        return (await self.post(b'{"id": "alive"}'))[0] == 200


@pytest.fixture
async def entrance(store: Store) -> AsyncIterator[Entrance]:
    presences = {("post", "main"): Presence(channel=POST, account=AccountSettings(channel="post", account="main"))}
    app = new_app()
    Webhooks(store, Intake(store), presences, metrics=Metrics(), clock=lambda: NOW, body_seconds=0.5).add_routes(app)
    async with open_site(app, host="127.0.0.1", port=0) as url, aiohttp.ClientSession() as http:
        yield Entrance(url, store, http)


async def test_what_an_operator_hears_of_a_refusal_no_stranger_hears(entrance: Entrance):
    with every_log() as logged:
        assert await entrance.post(b'{"id": "a"}', **{"x-secret": "almost"}) == (200, "")
    assert "two secrets are exchanged" in logged()
    assert await rows(entrance.store, inbox, "id") == []


async def test_a_channel_that_stumbles_over_a_message_sets_it_aside(entrance: Entrance, canaries):
    with every_log() as logged:
        status, said = await entrance.post(json.dumps({"odd": canaries.text}).encode())
    assert status == 200, "a 500 would bring the same message again for ever"
    assert said == "not expected: KeyError at test_webhooks.py:" + said.rpartition(":")[2]
    ((raw, reason),) = await rows(entrance.store, quarantine, "raw", "reason")
    assert canaries.text.encode() in unpack(raw, entrance.store.vault).body
    assert canaries.text.encode() not in raw, "it is kept encrypted"
    assert canaries.text not in logged() + reason
    assert await entrance.alive()


async def test_what_a_channel_recognises_as_forged_while_it_reads_is_refused_and_not_kept(entrance: Entrance):
    assert (await entrance.post(b'{"forged": 1}'))[0] == 401
    assert await rows(entrance.store, quarantine, "raw") == []


@pytest.mark.parametrize("poison", ["a\ud800", "a\x00", 7], ids=["lone surrogate", "NUL", "number"])
async def test_a_report_that_the_database_refuses_is_set_aside(entrance: Entrance, poison: object):
    status, _ = await entrance.post(json.dumps({"report": poison}).encode())
    assert status == 200
    kept = len(await rows(entrance.store, receipts_table, "id")) + len(await rows(entrance.store, quarantine, "id"))
    assert kept == 1
    assert (await entrance.post(b'{"report": "p-1"}'))[0] == 200
    assert await entrance.alive()


PACKED = {
    "a bomb": gzip.compress(b"0" * 200_000_000, 9),
    "broken": b"\x1f\x8b" + b"x" * 100,
    "honest": gzip.compress(b'{"id": "1"}'),
}


@pytest.mark.parametrize("body", PACKED.values(), ids=PACKED)
async def test_a_packed_body_is_refused_without_unpacking(entrance: Entrance, body: bytes):
    assert len(body) < MAX_BODY
    with every_log() as logged:
        status, _ = await entrance.post(body, Content_Encoding="gzip")
    assert status == 415
    assert "Traceback" not in logged()
    assert await rows(entrance.store, inbox, "id") == []
    assert await entrance.alive()


HEAD = b"POST /hooks/post/main HTTP/1.1\r\nHost: x\r\nX-Secret: right\r\n"
MALFORMED = {
    "a body shorter than announced": (HEAD + b'Content-Length: 50\r\n\r\n{"id": "1"}', True),
    "a negative length": (HEAD + b"Content-Length: -1\r\n\r\n", False),
    "two lengths": (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}", False),
    "a length and chunks": (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", False),
    "broken chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", True),
    "an endless line": (b"POST /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", False),
    "a header with NUL": (HEAD + b"X-Odd: a\x00b\r\nContent-Length: 0\r\n\r\n", False),
    "a cookie that is none": (HEAD + b'Cookie: =;==;\xff\xfe;a="b\r\nContent-Length: 2\r\n\r\n{}', False),
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", True),
}


@pytest.mark.parametrize(("request_bytes", "end"), MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_request_is_refused_without_a_trace(entrance: Entrance, request_bytes: bytes, end: bool):
    with every_log() as logged:
        answer = await entrance.raw(request_bytes, end=end)
    assert b"Traceback" not in answer
    assert "Traceback" not in logged()
    assert not answer.startswith(b"HTTP/1.1 5"), answer[:80]
    assert await rows(entrance.store, inbox, "id") == []
    assert await entrance.alive()


async def test_a_body_that_does_not_come_is_not_waited_for(entrance: Entrance):
    answer = await entrance.raw(HEAD + b'Content-Length: 50\r\n\r\n{"id"')
    assert answer.startswith(b"HTTP/1.1 408")
    assert await entrance.alive()


async def test_whoever_hangs_up_before_the_answer_has_still_been_heard(entrance: Entrance):
    body = b'{"id": "gone"}'
    host, _, port = entrance.url.removeprefix("http://").partition(":")
    with every_log() as logged:
        for _ in range(20):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
            writer.transport.abort()
        async with asyncio.timeout(10):
            while not await rows(entrance.store, inbox, "id"):
                await asyncio.sleep(0.05)
    assert "Traceback" not in logged()
    assert await entrance.alive()


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"])
async def test_only_the_methods_of_providers_are_known(entrance: Entrance, method: str):
    assert (await entrance.post(b"", method=method))[0] in (400, 404, 405)
    assert await rows(entrance.store, quarantine, "id") == []
