"""The trace of exchanges: what it tells of each, and that nothing of a person's can get into it, whatever comes back."""

import base64
import contextlib
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web

from gateway.channel import Presence
from gateway.errors import SendError
from gateway.exchange import Behalf, on_behalf_of
from gateway.outbound import open_sessions, read_body
from gateway.outbound_rules import plan
from gateway.redaction import id_hash
from gateway.trace_files import TraceFiles
from gateway.trace_reading import Record, Wanted, read_trace
from tests.contract.casefile import Answer
from tests.contract.checks_sending import hand_over, send
from tests.contract.harness import Stand, stand
from tests.contract.matrix import MODULES, subject_of
from tests.support.canary import Canaries
from tests.support.engines import SQLITE_ONLY

CALLING = [module for module in MODULES if subject_of(module).cases.double is not None]
EACH = pytest.mark.parametrize("module", CALLING)
KEY = b"t" * 32
MARKS = Canaries()
SECRETS = ("secret", "password", "token", "key")
"""Of these words the names of settings are made that open something."""


@contextlib.asynccontextmanager
async def traced(prepared: Stand, folder: Path) -> AsyncIterator[Stand]:
    """The same stand over a session of the service's own, watched into ``folder``."""
    presence = Presence(channel=prepared.channel, account=prepared.account)
    here = prepared.url.removeprefix("http://").rstrip("/")  # where a person's words are posted to, before the answer
    rules = plan([presence], more=[here], trace=TraceFiles(folder, key=KEY))
    async with open_sessions(rules) as session_of:
        yield replace(prepared, session=session_of(presence))


def forms(mark: str) -> Iterator[bytes]:
    """All the ways in which ``mark`` might stand in a file, the ends of base64 left out where they depend on neighbours."""
    raw = mark.encode()
    yield from (raw, raw.upper(), raw[::-1], quote(mark, safe="").encode(), quote(quote(mark, safe="")).encode())
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    yield from (mark.encode("unicode_escape"), json.dumps(mark).encode()[1:-1])
    yield "".join(f"\\u{ord(letter):04x}" for letter in mark).encode()
    yield "".join(f"%{byte:02X}" for byte in raw).encode()
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * before + raw)[4 if before else 0 : -4]


def found_in(folder: Path, marks: Sequence[str]) -> list[str]:
    """Those of ``marks`` of which some form, or a longer piece of one, stands in a file of ``folder``."""
    written = b"\n".join(file.read_bytes() for file in sorted(folder.iterdir()))
    assert written
    return [mark for mark in marks if any(form in written for form in forms(mark))]


def secrets_of(prepared: Stand) -> list[str]:
    """What of the account's settings opens something, and whom it writes to."""
    values = prepared.account.model_dump()
    secret = [value for name, value in values.items() if value and any(word in name for word in SECRETS)]
    told = [value.get_secret_value() if hasattr(value, "get_secret_value") else value for value in secret]
    long = [value for value in told if isinstance(value, str) and len(value) > 5]
    return [*long, prepared.cases.user.removeprefix("+"), *filter(None, [prepared.cases.double.token])]


def echoes() -> Iterator[Answer]:
    """Answers that repeat what nobody may read, in every place that is looked at."""
    text, number, token = MARKS.text, MARKS.number, MARKS.token
    names = ("error", "code", "status", "message", "message_id", "msg_id", "id", "description", "result", "ok", "data")
    for value in (text, number, token, int(number), [number], {text: number, number: token}, f"Forbidden {text}"):
        document = dict.fromkeys(names, value) | {token: text, number: number, text: [{token: number}]}
        for status in (200, 400, 500):
            yield Answer(status=status, body=json.dumps({**document, "data": dict(document)}))
    yield Answer(status=400, body=json.dumps([{"error": text, number: token}]))
    for body in (f"{number}: {text}", f"3: {number} {token}", f"<e><code>{number}</code>{text}</e>", f'{{"{text}'):
        yield Answer(status=400, body=body)
        yield Answer(status=202, body=body)
    place = f"http://{text}.{number}.example.vn/{token}/{text}?{number}={token}#{text}"
    yield Answer(status=302, headers={"Location": place})
    yield Answer(
        status=400,
        headers={"Retry-After": number, "Set-Cookie": f"{token}={number}", "X-Error": text, "Server": token},
        body=base64.b64encode(f"{text}{number}{token}".encode()).decode(),
    )


@SQLITE_ONLY
@EACH
async def test_nothing_of_a_message_or_an_account_gets_in_whatever_comes_back(module, store, tmp_path):
    subject = subject_of(module)
    async with stand(subject.channel, subject.cases, store) as prepared:
        for answer in (*echoes(), subject.cases.double.sent):
            prepared.provider.script.append(answer)
            async with traced(prepared, tmp_path) as watched:
                with contextlib.suppress(SendError):
                    await send(watched, f"{MARKS.text} {MARKS.number} {MARKS.token} {MARKS.local_number()}")
                assert watched.session.cookie_jar.filter_cookies(aiohttp.client.URL(prepared.url)) == {}
        asked = b" ".join(prepared.provider.requests)
        records = read_trace(tmp_path, Wanted())
        assert len(records) >= len(prepared.provider.requests)
        assert not [record for record in records if "unreadable" in record]
        assert found_in(tmp_path, [*MARKS.all(), MARKS.local_number(), *secrets_of(prepared)]) == []
        assert asked or any("?" in name for record in records for name in record["request"])


@SQLITE_ONLY
@EACH
async def test_each_exchange_tells_what_became_of_which_part(module, store, tmp_path):
    subject = subject_of(module)
    async with stand(subject.channel, subject.cases, store) as prepared, traced(prepared, tmp_path) as watched:
        prepared.provider.script.append(subject.cases.double.sent)
        await hand_over(watched)
    record = read_trace(tmp_path, Wanted())[-1]
    whose = (record["channel"], record["account"], record["message"], record["part"])
    assert whose == (subject.channel.name, prepared.account.account, 1, 0)
    assert (record["status"], record["host"][:10]) == (subject.cases.double.sent.status, "127.0.0.1:")
    assert record["ms"] > 0
    assert record["request"]
    assert record["answer"]


async def ask(url: str, folder: Path, **options: object) -> Record:
    """The record of one POST to ``url``, whose answer is read."""
    rules = plan([], more=[url.removeprefix("http://")], trace=TraceFiles(folder, key=KEY))
    async with (
        open_sessions(rules) as session_of,
        session_of(None).post(f"{url}/v3.0/oa/message/cs", **options) as response,  # type: ignore[arg-type]
    ):
        await read_body(response, 10_000)
    (record,) = read_trace(folder, Wanted())
    return record


@contextlib.asynccontextmanager
async def answering(body: str, **options: object) -> AsyncIterator[str]:
    """A provider that says ``body`` to everything."""

    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(text=body, **options)  # type: ignore[arg-type]

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_record_tells_kinds_codes_and_hashes(tmp_path):
    said = {"error": -216, "message": "Access token is invalid: abc", "data": {"message_id": "m-1", "user_id": "7"}}
    async with answering(json.dumps(said), headers={"Retry-After": "30"}) as url:
        with on_behalf_of(Behalf(channel="zalo", account="1", message=5, part=2)):
            record = await ask(
                url,
                tmp_path,
                params={"access_token": "abc", "mine": "x"},
                json={"recipient": {"user_id": "7"}, "message": {"text": "xin chào", "n": 3}, "list": [1, 2]},
            )
    assert record["request"] == {
        "?access_token": "token",
        "?…(4)": "text(1)",
        "recipient.user_id": "digits(1)",
        "message.text": "text(8)",
        "message.…(1)": "number",
        "…(4)": "list(2)",
    }
    assert record["answer"] == {
        "error": -216,
        "message": "text(28): Access token is invalid",
        "data.message_id": f"id {id_hash('m-1', KEY)}",
        "data.user_id": "digits(1)",
    }
    assert (record["path"], record["retry_after"]) == ("/v3.0/oa/message/cs", 30)
    assert (record["channel"], record["account"], record["message"], record["part"]) == ("zalo", "1", 5, 2)


async def test_forms_and_plain_answers_are_told_as_well(tmp_path):
    async with answering("0: Accepted for delivery to 84912345678") as url:
        record = await ask(url, tmp_path, data={"username": "x", "to": "84912345678", "text": "xin chào"})
    assert record["request"] == {"username": "token", "to": "digits(11)", "text": "text(8)"}
    assert record["answer"] == {"body": "text(39)", "code": 0, "said": ["Accepted for delivery"]}


async def test_what_is_not_answered_is_told_by_the_kind_of_failure(tmp_path):
    async with open_sessions(plan([], more=["127.0.0.1"], trace=TraceFiles(tmp_path))) as session_of:
        for url in ("http://127.0.0.1:1/sendsms", "http://127.0.0.2/sendsms"):
            with contextlib.suppress(aiohttp.ClientError, SendError):
                await session_of(None).get(url)
    refused, blocked = read_trace(tmp_path, Wanted(failed=True))
    assert (refused["status"], refused["error"], refused["path"]) == (None, "ClientConnectorError", "/sendsms")
    assert (blocked["host"], blocked["error"]) == ("…", "BlockedError")


async def test_without_a_trace_nothing_is_written(tmp_path):
    async with answering("ok") as url, open_sessions(plan([], more=["127.0.0.1"])) as session_of:
        assert (await session_of(None).get(url)).status == 200
    assert list(tmp_path.iterdir()) == []
