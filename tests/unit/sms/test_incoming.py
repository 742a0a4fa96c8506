"""Every shape in which messages and reports come in, and the hostile ones among them."""

import base64
import json
from datetime import UTC, datetime

import pytest

from bot.core.delivery import DeliveryState
from gateway.channel import Hook, Parsed
from gateway.errors import BadPayloadError, RejectedError
from gateway.sms.account import SmsAccount
from gateway.sms.incoming import parse, verify
from tests.support.rows import NOW

CHECK = 'kind = "secret"\ngiven = "{query.token}"\nequals = "{token}"\n'
HEAD = """
name = "mine"
title = "mine"
source = "mine"
[settings.token]
description = "a secret"
secret = true
"""
TAIL = """
[send]
url = "https://sms.example.vn"
[send.outcome]
type = "text"
"""
SOAP = f"""
[inbound]
format = "xml"
sender = ["User_ID", "msisdn"]
text = {{ at = "Message", decode = "base64" }}
id = "Request_ID"
[[inbound.checks]]
{CHECK}"""
LISTED = f"""
[inbound]
format = "json"
each = "results"
sender = "from"
text = "message.text"
id = "messageId"
time = {{ at = "receivedAt", format = "%Y-%m-%dT%H:%M:%S.%f%z" }}
when = {{ kind = "mo|" }}
[[inbound.checks]]
{CHECK}
[receipts]
path = ""
format = "json"
each = "results"
id = "messageId"
state = "status.groupId"
detail = "error"
when = {{ kind = "report" }}
unlisted = "unknown"
[[receipts.checks]]
{CHECK}
[[receipts.states]]
state = "0"
becomes = "delivered"
[[receipts.states]]
state = "1-63"
becomes = "buffered"
[[receipts.states]]
state = "64-255"
when = {{ error = "E.*" }}
becomes = "failed"
"""


def account(sections: str) -> SmsAccount:
    return SmsAccount.model_validate(
        {"channel": "sms", "account": "7068", "preset": HEAD + sections + TAIL, "token": "s3cret"}
    )


def read(sections: str, body: bytes | str, path: str = "") -> Parsed:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    hook = Hook(method="POST", query={"token": "s3cret"}, headers={}, cookies={}, body=raw, path=path)
    of = account(sections)
    verify(hook, of)
    return parse(hook, of, NOW)


def soap(method: str, fields: dict[str, str]) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return (
        '<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<n:{method} xmlns:n="http://partner.example.vn/">{inner}</n:{method}></soap:Body></soap:Envelope>'
    )


PACKED = base64.b64encode("TRA dân số".encode()).decode()


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("moReceiver", {"User_ID": "84901000001", "Message": PACKED, "Request_ID": "r-1"}),
        ("receiveMO", {"userId": "0901000001", "message": f"\n {PACKED} ", "requestid": "r-1"}),
        ("GetMOData", {"n:MSISDN": "+84901000001", "n:MESSAGE": PACKED, "n:REQUEST_ID": "r-1"}),
    ],
)
def test_soap_is_read_by_local_names_without_case_and_underscores(method: str, fields: dict[str, str]):
    (message,) = read(SOAP, soap(method, fields)).messages
    assert (message.external_id, message.address.user, message.text) == ("r-1", "+84901000001", "TRA dân số")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("declared", ["utf-8", "utf-16", "UTF-16"])
def test_soap_that_declares_another_alphabet_than_it_is_written_in_is_read(mark: str, declared: str):
    written = soap("mo", {"User_ID": "84901000001", "Message": PACKED, "Request_ID": "r-1"})
    body = mark + written.replace("?>", f' encoding="{declared}"?>')
    (message,) = read(SOAP, body).messages
    assert message.text == "TRA dân số"


def test_soap_in_utf_16_is_read():
    written = soap("mo", {"User_ID": "84901000001", "Message": PACKED, "Request_ID": "r-1"})
    (message,) = read(SOAP, written.replace("?>", ' encoding="utf-16"?>').encode("utf-16")).messages
    assert message.text == "TRA dân số"


BOMB = '<!DOCTYPE a [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "&x;&x;&x;&x;">]><a><User_ID>&y;</User_ID></a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a><Message>&x;</Message></a>'
HOSTILE = {
    "entities that expand": (BOMB, "declares a document type"),
    "an entity from outside": (OUTSIDE, "declares a document type"),
    "a document type from outside": ('<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>', "declares a document type"),
    "an entity that nobody declared": ("<a><Message>&x;</Message></a>", "is not XML"),
    "nested deeply": ("<a>" * 5000 + "</a>" * 5000, "nested too deeply"),
    "very many elements": (f"<a>{'<b/>' * 6000}</a>", "too many elements"),
    "not closed": ("<a><b></a>", "is not XML"),
    "an alphabet that nobody has": ('<?xml version="1.0" encoding="x-none"?><a/>', "is not"),
    "nothing": ("", "is not XML"),
    "no base64": (soap("mo", {"User_ID": "84901000001", "Message": "d??", "Request_ID": "r"}), "not packed as base64"),
    "base64 of no text": (soap("mo", {"User_ID": "84901000001", "Message": "/w==", "Request_ID": "r"}), "not packed"),
}


@pytest.mark.parametrize(("body", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_xml_is_set_aside_with_a_reason(body: str, reason: str):
    with pytest.raises(BadPayloadError, match=reason):
        read(SOAP, body)


def listed(*items: object) -> str:
    return json.dumps({"results": items, "messageCount": len(items)})


def message(number: int, sender: str = "84901000001", **more: object) -> dict[str, object]:
    return {
        "messageId": f"m-{number}",
        "from": sender,
        "message": {"text": f"dân số {number}"},
        "receivedAt": "2026-11-16T09:00:00.000+0700",
        **more,
    }


def test_several_messages_in_one_request_are_each_a_message():
    robots = [message(3, "1414"), message(4, "VIETTEL"), message(5, "02553822222"), message(6, "7068")]
    parsed = read(LISTED, listed(message(1), message(2, "84901000002", kind="mo"), *robots))
    assert [(one.external_id, one.address.user) for one in parsed.messages] == [
        ("m-1", "+84901000001"),
        ("m-2", "+84901000002"),
    ]
    assert {one.sent_at for one in parsed.messages} == {datetime(2026, 11, 16, 2, tzinfo=UTC)}


def test_one_that_cannot_be_read_holds_up_none_of_the_others_and_is_told():
    bad = message(1) | {"message": None}
    parsed = read(LISTED, listed(bad, message(2), message(3) | {"from": None}))
    assert ([one.external_id for one in parsed.messages], parsed.aside) == (["m-2"], "there is no text")


def report(number: int, state: object, error: object = None) -> dict[str, object]:
    return {"kind": "report", "messageId": f"p-{number}", "status": {"groupId": state}, "error": error}


def test_reports_at_the_same_address_are_told_apart_by_their_fields():
    parsed = read(LISTED, listed(report(1, 0), report(2, "63"), report(3, 64, "E1"), report(4, 64), report(5, "?")))
    assert parsed.messages == ()
    states = [(one.provider_id, one.state, one.detail) for one in parsed.receipts]
    assert states == [
        ("p-1", DeliveryState.DELIVERED, ""),
        ("p-2", DeliveryState.BUFFERED, ""),
        ("p-3", DeliveryState.FAILED, "E1"),
        ("p-4", DeliveryState.UNKNOWN, ""),
        ("p-5", DeliveryState.UNKNOWN, ""),
    ]


def test_a_detail_that_quotes_the_message_is_dropped():
    (receipt,) = read(
        LISTED, listed(report(1, 64, "E: khong gui duoc 'dan so xa Tinh Khe', so 84901000001, xin thu lai"))
    ).receipts
    assert receipt.detail == ""


def test_what_does_not_count_is_passed_over():
    assert read(LISTED, listed(message(1, kind="typing"))) == Parsed()
    assert read(LISTED, listed()) == Parsed()


JSON_TROUBLE = {
    "no list": ('{"results": {"a": 1}}', "no list"),
    "a list of 501": (listed(*[message(n) for n in range(501)]), "no list, or one of more than 500"),
    "nested deeply": ("[" * 100_000, "nested too deeply"),
    "a number without end": ('{"results": [{"messageId": 1' + "0" * 5000 + "}]}", "is not JSON"),
    "not UTF-8": (b'{"results": ["\xff"]}', "is not UTF-8"),
    "an id of two lines": (listed(message(1) | {"messageId": "a\nb"}), "the id is not a text"),
    "an id without end": (listed(message(1) | {"messageId": "a" * 129}), "the id is not a text"),
    "an id that is a table": (listed(message(1) | {"messageId": {"a": 1}}), "the id is not a text"),
    "no text": (listed(message(1) | {"message": None}), "there is no text"),
    "no sender": (listed(message(1) | {"from": None}), "there is no sender"),
}


@pytest.mark.parametrize(("body", "reason"), JSON_TROUBLE.values(), ids=JSON_TROUBLE)
def test_json_that_is_not_understood_is_set_aside_with_a_reason(body: str | bytes, reason: str):
    with pytest.raises(BadPayloadError, match=reason) as raised:
        read(LISTED, body)
    assert "84901000001" not in str(raised.value)


def test_a_mark_of_byte_order_before_json_is_passed_over():
    (one,) = read(LISTED, "\ufeff" + listed(message(1))).messages
    assert one.address.user == "+84901000001"


def test_an_id_may_be_a_number_and_one_text_fits_any_database():
    (one,) = read(
        LISTED, listed(message(1) | {"messageId": 9007199254740993, "message": {"text": "a\ud800\x00b"}})
    ).messages
    assert (one.external_id, one.text) == ("9007199254740993", "ab")


def test_nothing_comes_in_where_the_preset_has_no_way():
    with pytest.raises(RejectedError) as raised:
        read(SOAP, "<a/>", path="dlr")
    assert raised.value.status == 404
