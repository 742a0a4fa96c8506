"""Wrong clients of the SMS doubles, rule by rule (docs/sms-contract.md), and wrong answers to what they post."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.contract.sms_caller import Ask, basic, vas, vcom

Spoil = Callable[[Any, Ask], Ask]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A call that breaks ``rule`` of ``provider``: the right one, ``spoilt``, ``after`` so many right ones.

    ``says`` stands in the answer; ``taken``: it is only noted. ``arrange`` sets the double up first.
    """

    rule: str
    provider: str
    what: str
    spoilt: Spoil
    says: str
    after: int = 0
    taken: bool = False
    arrange: Callable[[Any], None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer of ours to a person's words that breaks ``rule``, beside one that does not."""

    rule: str
    provider: str
    what: str
    wrong: tuple[int, str, str]
    right: tuple[int, str, str]
    tries: int = 1


def but(**changes: Any) -> Spoil:
    return lambda _double, ask: ask.but(**changes)


def at(path: str) -> Spoil:
    return lambda _double, ask: replace(ask, path=path)


def with_headers(**headers: str) -> Spoil:
    return lambda _double, ask: replace(ask, headers=headers)


def with_message(**changes: Any) -> Spoil:
    return lambda _double, ask: ask.but(messages=[{**ask.fields["messages"][0], **changes}])


def _register(double: Any) -> None:
    double.templates = ("Ho so {ma} da xong",)


def _stop(double: Any) -> None:
    double.stopped.add("+84912345678")


ESMS = (
    Row(rule="A10", provider="esms", what="another path", spoilt=at("/send"), says="not found"),
    Row(rule="A11", provider="esms", what="a wrong key", spoilt=but(ApiKey="x"), says='"101"'),
    Row(rule="A12", provider="esms", what="an unknown sender", spoilt=but(Brandname="NOBODY"), says='"104"'),
    Row(rule="A12", provider="esms", what="no sender", spoilt=but(Brandname=None), says='"104"'),
    Row(rule="A13", provider="esms", what="a plus", spoilt=but(Phone="+84912345678"), says='"108"'),
    Row(rule="A13", provider="esms", what="a fixed line", spoilt=but(Phone="842553822"), says='"108"'),
    Row(rule="A14", provider="esms", what="an unknown type", spoilt=but(SmsType="9"), says='"118"'),
    Row(rule="A15", provider="esms", what="a RequestId twice", spoilt=but(Content="khac"), says='"124"', after=1),
    Row(rule="A16", provider="esms", what="a content twice", spoilt=but(RequestId="r-2"), says="same content", after=1),
    Row(rule="A17", provider="esms", what="free words", spoilt=but(), says='"146"', arrange=_register),
    Row(rule="A18", provider="esms", what="ế in 7 bits", spoilt=but(Content="thế"), says='"100"', taken=True),
    Row(rule="A19", provider="esms", what="one advertisement", spoilt=but(SmsType="1"), says='"107"'),
)
SPEEDSMS = (
    Row(rule="A40", provider="speedsms", what="another path", spoilt=at("/send"), says="Not Found"),
    Row(rule="A41", provider="speedsms", what="a wrong token", spoilt=with_headers(**basic("y", "x")), says="Unauthor"),
    Row(rule="A42", provider="speedsms", what="61 calls a minute", spoilt=but(), says="Rate limit", after=60),
    Row(rule="A43", provider="speedsms", what="one number, no list", spoilt=but(to="84912345678"), says='"101"'),
    Row(rule="A43", provider="speedsms", what="no words", spoilt=but(content=""), says='"101"'),
    Row(rule="A44", provider="speedsms", what="an unknown type", spoilt=but(sms_type=9), says='"101"'),
    Row(rule="A44", provider="speedsms", what="no sender", spoilt=but(sender=""), says='"101"'),
    Row(rule="A45", provider="speedsms", what="a plus", spoilt=but(to=["+84912345678"]), says='"105"'),
    Row(rule="A46", provider="speedsms", what="1,001 characters", spoilt=but(content="a" * 1001), says='"113"'),
)
VCOM = (
    Row(rule="A60", provider="vcom", what="another path", spoilt=at("/send"), says="Not Found"),
    Row(rule="A61", provider="vcom", what="no command", spoilt=but(command_code=None), says="106"),
    Row(rule="A62", provider="vcom", what="a wrong checksum", spoilt=but(checksum="eA=="), says="106"),
    Row(rule="A62", provider="vcom", what="another time than summed", spoilt=but(time=1700000001), says="106"),
    Row(rule="A63", provider="vcom", what="half charged", spoilt=but(is_charged=2), says="106"),
    Row(
        rule="A63",
        provider="vcom",
        what="a long mt_code",
        spoilt=lambda double, _: vcom(double, mt_code="m" * 51),
        says="106",
    ),
    Row(rule="A64", provider="vcom", what="an mt_code twice", spoilt=but(), says="104", after=1),
    Row(rule="A65", provider="vcom", what="nobody's question", spoilt=lambda d, _: vcom(d, request_id="9"), says="102"),
)
VAS = (
    Row(
        rule="A71",
        provider="vas",
        what="another method",
        spoilt=lambda _, ask: replace(ask, body=ask.body.replace("mtReceiver", "sendMT")),
        says="no such method",
    ),
    Row(rule="A71", provider="vas", what="no XML", spoilt=lambda _, ask: replace(ask, body="hello"), says="no such"),
    Row(rule="A72", provider="vas", what="no operator", spoilt=lambda d, _: vas(d, Operator=None), says=">-1<"),
    Row(rule="A73", provider="vas", what="plain words", spoilt=lambda d, _: vas(d, Message="Dân số"), says=">-1<"),
    Row(rule="A74", provider="vas", what="nobody's question", spoilt=lambda d, _: vas(d, Request_ID="9"), says=">2<"),
    Row(rule="A74", provider="vas", what="another person", spoilt=lambda d, _: vas(d, User_ID="84"), says=">2<"),
    Row(rule="A75", provider="vas", what="an answer twice", spoilt=but(), says=">3<", after=1),
)
TWILIO = (
    Row(rule="A80", provider="twilio", what="a wrong token", spoilt=with_headers(**basic("AC", "x")), says="20003"),
    Row(rule="A81", provider="twilio", what="another account", spoilt=at("/2010-04-01/Accounts/AC1/x"), says="20404"),
    Row(rule="A82", provider="twilio", what="no sender", spoilt=but(From=""), says="21603"),
    Row(rule="A83", provider="twilio", what="a number without plus", spoilt=but(To="84912345678"), says="21211"),
    Row(rule="A84", provider="twilio", what="no words", spoilt=but(Body=""), says="21602"),
    Row(rule="A85", provider="twilio", what="1,601 characters", spoilt=but(Body="a" * 1601), says="21617"),
    Row(rule="A86", provider="twilio", what="who said STOP", spoilt=but(), says="21610", arrange=_stop),
)
VONAGE = (
    Row(rule="A90", provider="vonage", what="another path", spoilt=at("/sms/xml"), says="Not Found"),
    Row(rule="A91", provider="vonage", what="no sender", spoilt=but(from_=None), says='"status": "2"'),
    Row(rule="A92", provider="vonage", what="a wrong secret", spoilt=but(api_secret="x"), says='"status": "4"'),  # noqa: S106 – a wrong one
    Row(rule="A93", provider="vonage", what="a plus", spoilt=but(to="+84912345678"), says='"status": "3"'),
    Row(rule="A93", provider="vonage", what="as dialled", spoilt=but(to="0912345678"), says='"status": "3"'),
    Row(rule="A94", provider="vonage", what="ế as text", spoilt=but(type="text"), says='"status": "0"', taken=True),
)
INFOBIP = (
    Row(rule="A100", provider="infobip", what="a Bearer", spoilt=with_headers(Authorization="Bearer k"), says="UNAUTH"),
    Row(rule="A101", provider="infobip", what="another path", spoilt=at("/sms/9"), says="NOT_FOUND"),
    Row(rule="A102", provider="infobip", what="no destination", spoilt=with_message(destinations=[]), says="BAD_REQ"),
    Row(
        rule="A103",
        provider="infobip",
        what="as dialled",
        spoilt=with_message(destinations=[{"to": "0912345678"}]),
        says="REJECTED",
    ),
)
JASMIN = (
    Row(rule="A110", provider="jasmin", what="another path", spoilt=at("/secure/send"), says="No Such Resource"),
    Row(rule="A111", provider="jasmin", what="no receiver", spoilt=but(to=None), says="[to] is not found"),
    Row(rule="A111", provider="jasmin", what="no words", spoilt=but(hex__content=None), says="content"),
    Row(rule="A112", provider="jasmin", what="a parameter of Kannel's", spoilt=but(charset="UTF-8"), says="unknown"),
    Row(rule="A113", provider="jasmin", what="a wrong password", spoilt=but(password="x"), says="Authentication"),  # noqa: S106 – a wrong one
    Row(rule="A114", provider="jasmin", what="no level", spoilt=but(dlr__level=None), says="dlr-level"),
    Row(rule="A114", provider="jasmin", what="no method", spoilt=but(dlr__method=None), says="dlr-method"),
    Row(rule="A114", provider="jasmin", what="no address", spoilt=but(dlr__url=None), says="dlr-url"),
    Row(rule="A115", provider="jasmin", what="coding 11", spoilt=but(coding="11"), says="[coding]"),
    Row(rule="A116", provider="jasmin", what="words as digits", spoilt=but(hex__content="Dân"), says="hex-content"),
    Row(
        rule="A117",
        provider="jasmin",
        what="ế in 7 bits",
        spoilt=but(hex__content=None, content="thế", coding="0"),
        says="Success",
        taken=True,
    ),
)
FPT = (
    Row(rule="A120", provider="fpt", what="another path", spoilt=at("/api/push"), says="Not Found"),
    Row(rule="A121", provider="fpt", what="no session", spoilt=at("/oauth2/token"), says="invalid_request"),
    Row(
        rule="A122",
        provider="fpt",
        what="a wrong secret",
        spoilt=lambda _, __: Ask(
            path="/oauth2/token",
            fields={"grant_type": "client_credentials", "scope": "s", "session_id": "1", "client_id": "x"},
        ),
        says="invalid_client",
    ),
    Row(rule="A123", provider="fpt", what="an unknown token", spoilt=but(access_token="t-9"), says="invalid_token"),  # noqa: S106 – a wrong one
    Row(rule="A123", provider="fpt", what="another session", spoilt=but(session_id="s-9"), says="invalid_token"),
    Row(rule="A124", provider="fpt", what="an unknown sender", spoilt=but(BrandName="NOBODY"), says="1002"),
    Row(rule="A125", provider="fpt", what="a plus", spoilt=but(Phone="+84912345678"), says="1003"),
    Row(rule="A126", provider="fpt", what="plain words", spoilt=but(Message="Dân số"), says="1004"),
)
ROWS = (*ESMS, *SPEEDSMS, *VCOM, *VAS, *TWILIO, *VONAGE, *INFOBIP, *JASMIN, *FPT)

_CLIENT = "<ClientResponse><Message>a</Message><Smsid>{}</Smsid><Receiver>84912345678</Receiver></ClientResponse>"
_TAKEN = (200, "application/json", '{"data": {"code": 200, "status": "success", "message": ""}}')
ANSWERS = (
    Answered(
        rule="A32",
        provider="esms",
        what="plain words",
        wrong=(200, "text/plain", "Dan so"),
        right=(200, "text/xml", _CLIENT.format("0000000001")),
    ),
    Answered(
        rule="A32",
        provider="esms",
        what="the answer to somebody else",
        wrong=(200, "text/xml", _CLIENT.format("77")),
        right=(200, "text/xml", _CLIENT.format("0000000001")),
    ),
    Answered(rule="A66", provider="vcom", what="HTTP 401", wrong=(401, "text/plain", ""), right=_TAKEN, tries=3),
    Answered(rule="A67", provider="vcom", what="an empty answer", wrong=(200, "text/plain", ""), right=_TAKEN),
    Answered(
        rule="A76",
        provider="vas",
        what="no number",
        wrong=(200, "text/xml", "<ok/>"),
        right=(200, "text/xml", "<a><b>0</b></a>"),
    ),
    Answered(
        rule="A88",
        provider="twilio",
        what="plain words",
        wrong=(200, "text/plain", "ok"),
        right=(200, "text/xml", "<Response/>"),
    ),
    Answered(
        rule="A118",
        provider="jasmin",
        what="a line more",
        wrong=(200, "text/plain", "ACK/Jasmin\n"),
        right=(200, "text/plain", "ACK/Jasmin"),
        tries=4,
    ),
)
