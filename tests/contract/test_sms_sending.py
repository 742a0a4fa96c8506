"""Sending by a preset: tokens, checksums, answers to messages, brandnames, and what an answer of the provider means."""

import asyncio
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.core.delivery import Lane
from bot.core.messages import Address, InboundMessage
from bot.store.intake import Intake
from gateway.channel import Part, Wire
from gateway.errors import (
    ElsewhereError,
    MisconfiguredError,
    OutcomeUnknownError,
    RefusedError,
    Scope,
    SendError,
    ThrottledError,
    UnreachableError,
)
from gateway.sms.sending import send_part
from tests.contract.casefile import Answer
from tests.support.sms_counter import Counter, counter

TO = Address(channel="sms", account="8041", user="+84901000001")
HEAD = """
name = "mine"
title = "mine"
source = "mine"
[settings.base]
description = "address"
[settings.secret]
description = "a secret"
secret = true
"""
INBOUND = """
[inbound]
format = "query"
sender = "from"
text = "text"
id = "id"
[[inbound.checks]]
kind = "secret"
given = "{query.token}"
equals = "{secret}"
"""
FPT_LIKE = """
[token]
url = "{base}/oauth2/token"
type = "json"
fields = { grant_type = "client_credentials", client_secret = "{secret}" }
at = "access_token"
expires = "expires_in"
[send]
url = "{base}/push"
type = "json"
fields = { access_token = "{access_token}", Phone = "{to}", Message = "{text|base64}", RequestId = "{key|slug}" }
[send.outcome]
type = "json"
success = [{ at = "MessageId", matches = ".+" }]
id = "MessageId"
code = "error"
[[send.errors]]
code = "1011"
becomes = "stale_token"
says = "the token is over"
"""
ANSWERING = """
[send]
url = "{base}/send-mt"
type = "json"
answers_only = true
fields = { request_id = "{request_id}", message = "{text}", time = "{now|time:%Y%m%d}", checksum = "{sum}", n = "{segments|int}" }
[send.signed.sum]
digest = "sha256"
over = ["{request_id}", "{to}", "{secret}", "{now|time:%Y%m%d}"]
form = "base64"
[send.outcome]
type = "json"
success = [{ at = "data.code", equals = "200" }]
code = ["errors.code", "data.code"]
[[send.errors]]
code = "104"
becomes = "repeated"
says = "it was sent before"
[[send.errors]]
code = ["200-299", "9"]
becomes = "throttled"
after = 20
person = true
says = "too many to this number"
"""
PLAIN_TEXT = """
[send]
method = "GET"
url = "{base}/send"
query = { to = "{to}", content = "{text}", coding = "{unicode|choose:0:8}" }
basic = { user = "jcli", password = "{secret}" }
[send.outcome]
type = "text"
success = [{ matches = "^Success" }]
id = 'Success "([^"]+)"'
code = 'Error "([^"]+)"'
[[send.errors]]
body = "No route"
becomes = "elsewhere"
says = "no route to this number"
[[send.errors]]
status = "500-599"
becomes = "unreachable"
says = "the gateway is in trouble"
"""
XML = """
[send]
url = "{base}/soap"
type = "xml"
body = '''<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><wsCpMt><Receiver>{to}</Receiver><Content>{text}</Content></wsCpMt></s:Body></s:Envelope>'''
numbers = "0"
unaccented = true
longest = 100
[send.outcome]
type = "xml"
success = [{ at = "result", equals = "1" }]
code = "result"
"""


def settings(send: str, inbound: str = INBOUND) -> Mapping[str, Any]:
    return {"channel": "sms", "account": "8041", "preset": HEAD + inbound + send, "secret": "s3cret"}


def opened(store: Any, send: str) -> Any:
    return counter(store, settings(send), base="base")


async def send(desk: Counter, text: str = "dân số", **part: Any) -> str:
    wire = Wire(store=desk.store, session=desk.http, clock=desk.clock)
    return await send_part(Part(text=text, **part), TO, "12:0", desk.account, wire)


def bodies(desk: Counter) -> list[Any]:
    return [json.loads(request) for request in desk.provider.requests]


def says(**body: Any) -> Answer:
    return Answer(body=json.dumps(body))


def token(name: str, **more: Any) -> Answer:
    return says(**{"access_token": name, **more})


GOT = token("t-1", expires_in=3600)
SENT = says(MessageId="x-1")


async def test_a_token_is_got_first_and_kept_until_shortly_before_its_end(store):
    async with opened(store, FPT_LIKE) as desk:
        desk.provider.script += [GOT, SENT, SENT, token("t-2", expires_in="60"), SENT]
        assert [await send(desk), await send(desk)] == ["x-1", "x-1"]
        desk.clock.now += timedelta(seconds=3580)
        await send(desk)
        sent = [body for body in bodies(desk) if "Phone" in body]
        assert [body["access_token"] for body in sent] == ["t-1", "t-1", "t-2"]
        assert b64decode(sent[0]["Message"]).decode() == "dân số"
        assert (sent[0]["Phone"], sent[0]["RequestId"]) == ("84901000001", "12-0")


@pytest.mark.parametrize("refusal", [Answer(status=401), says(error="1011")], ids=["401", "a code"])
async def test_a_hundred_that_are_refused_together_get_one_new_token(store, refusal: Answer):
    async with opened(store, FPT_LIKE) as desk:
        desk.provider.script += [GOT, SENT]
        await send(desk)
        desk.provider.script += [refusal] * 100 + [token("t-2")] + [SENT] * 100
        assert await asyncio.gather(*(send(desk) for _ in range(100))) == ["x-1"] * 100
        assert len([body for body in bodies(desk) if "grant_type" in body]) == 2
        desk.provider.look_back()


async def test_a_token_that_is_refused_again_is_not_got_for_ever(store):
    async with opened(store, FPT_LIKE) as desk:
        desk.provider.script += [GOT, Answer(status=401), GOT, Answer(status=401)]
        with pytest.raises(MisconfiguredError):
            await send(desk)
        desk.provider.look_back()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(status=401, body='{"error": "x"}'), MisconfiguredError),
        (says(error_description="bad secret"), MisconfiguredError),
        (Answer(status=500), UnreachableError),
        (Answer(status=429, headers={"retry-after": "9"}), ThrottledError),
        (Answer(hang=True), UnreachableError),
    ],
    ids=["refused", "no token in it", "in trouble", "too many", "no answer"],
)
async def test_without_a_token_nothing_is_sent_and_it_is_known_that_nothing_was(
    store, answer: Answer, error: type[SendError]
):
    async with opened(store, FPT_LIKE) as desk:
        desk.provider.script.append(answer)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.5 if answer.hang else 20)) as http:
            with pytest.raises(error) as raised:
                await send(replace(desk, http=http))
        assert "s3cret" not in str(raised.value)
        assert len(desk.provider.requests) == 1


async def asked(desk: Counter) -> str:
    """A person's message that waits for its answer: the origin of that."""
    message = InboundMessage(address=TO, external_id="mo-77", received_at=desk.clock.now, text="dan so")
    await Intake(desk.store).accept([message])
    return "inbox:1"


async def test_an_answer_names_the_message_that_it_answers_and_is_signed(store):
    async with opened(store, ANSWERING) as desk:
        desk.provider.script.append(says(data={"code": 200}))
        assert await send(desk, origin=await asked(desk)) == "12:0"
        over = "mo-77" + "84901000001" + "s3cret" + "20261116"
        checksum = b64encode(hashlib.sha256(over.encode()).digest()).decode()
        assert bodies(desk) == [
            {"request_id": "mo-77", "message": "dân số", "time": "20261116", "checksum": checksum, "n": 1}
        ]


async def test_what_answers_no_message_does_not_leave_where_only_answers_may(store):
    async with opened(store, ANSWERING) as desk:
        origin = await asked(desk)
        for part in ({}, {"origin": "notice:1"}, {"origin": "inbox:99"}, {"origin": origin, "lane": Lane.BROADCAST}):
            with pytest.raises(ElsewhereError, match="answers to messages only"):
                await send(desk, **part)
        assert desk.provider.requests == []


async def test_a_message_that_was_sent_before_is_sent_and_a_number_may_have_to_wait_alone(store):
    async with opened(store, ANSWERING) as desk:
        origin = await asked(desk)
        desk.provider.script += [says(errors={"code": 104}), says(errors={"code": 204}), says(errors={"code": "777"})]
        assert await send(desk, origin=origin) == "12:0"
        with pytest.raises(ThrottledError) as raised:
            await send(desk, origin=origin)
        assert (raised.value.after, raised.value.scope) == (20, Scope.PERSON)
        with pytest.raises(RefusedError, match="777"):
            await send(desk, origin=origin)


async def test_an_answer_in_words_is_read_by_patterns(store):
    async with opened(store, PLAIN_TEXT) as desk:
        desk.provider.script += [
            Answer(body='Success "j-1"'),
            Answer(body='Error "No route found"'),
            Answer(status=502),
            Answer(body='Error "84901000001 said: dan so"'),
            Answer(body="OK"),
        ]
        assert await send(desk) == "j-1"
        for error in (ElsewhereError, UnreachableError, RefusedError, OutcomeUnknownError):
            with pytest.raises(error) as raised:
                await send(desk)
            assert "dan so" not in str(raised.value)


async def test_soap_is_escaped_shortened_to_gsm7_and_refused_where_it_is_too_long(store):
    async with opened(store, XML) as desk:
        desk.provider.script += [
            Answer(body="<r><n:Result xmlns:n='x'>1</n:Result></r>"),
            Answer(body="<r><result>3</result></r>"),
        ]
        assert await send(desk, "5 < 7 & dân số") == "12:0"
        body = desk.provider.requests[0].decode()
        assert "<Receiver>0901000001</Receiver><Content>5 &lt; 7 &amp; dan so</Content>" in body
        with pytest.raises(RefusedError, match="3"):
            await send(desk)
        with pytest.raises(RefusedError, match="at most 100 characters"):
            await send(desk, "x" * 101)


async def test_the_longest_answer_and_a_bomb_are_of_unknown_outcome(store):
    async with opened(store, XML) as desk:
        bomb = '<!DOCTYPE a [<!ENTITY x "1">]><a><result>&x;</result></a>'
        desk.provider.script += [Answer(body="<r>" + "x" * 200_000), Answer(body=bomb), Answer(body="")]
        for _ in range(3):
            with pytest.raises(OutcomeUnknownError):
                await send(desk)
