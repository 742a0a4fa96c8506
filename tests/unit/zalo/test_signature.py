"""The signature of Zalo's webhook (docs/zalo-contract.md, Z100 to Z104), computed here on its own."""

import hmac
import json

import pytest
from pydantic import ValidationError

from gateway.channel import Hook
from gateway.errors import DroppedError
from gateway.zalo.diagnosis import LONGEST
from gateway.zalo.settings import ZaloAccount
from gateway.zalo.signature import verify
from tests.support.zalo_account import ACCOUNT, APP, APP_SECRET, OA, OA_SECRET, SETTINGS, USER, mac

TIME = "1790000000000"
EVENT = (
    f'{{"app_id":"{APP}","event_name":"user_send_text","sender":{{"id":"{USER}"}},"recipient":{{"id":"{OA}"}},'
    f'"message":{{"msg_id":"m-1","text":"dân số Quảng Ngãi\\/Kon Tum"}},"timestamp":"{TIME}"}}'
).encode()


def hook(body: bytes, signature: str | None, **headers: str) -> Hook:
    given = {} if signature is None else {"x-zevent-signature": signature}
    return Hook(method="POST", query={}, headers={**given, **headers}, cookies={}, body=body)


def refusal(body: bytes, signature: str | None, account: ZaloAccount = ACCOUNT) -> str:
    """Why it is not taken; empty when it is."""
    try:
        verify(hook(body, signature), account)
    except DroppedError as error:
        return error.reason
    return ""


def event(**fields: object) -> bytes:
    return json.dumps({"app_id": APP, "event_name": "user_send_text", "timestamp": TIME, **fields}).encode()


def test_a_signature_that_was_computed_by_hand_is_taken():
    body = b'{"app_id":"1","timestamp":"2"}'
    account = ZaloAccount.model_validate({**SETTINGS, "app_id": "1", "oa_secret": "k"})
    # printf '1{"app_id":"1","timestamp":"2"}2k' | sha256sum
    by_hand = "fd012dae4003fce00a824f393f3ec115fddc0dd3029ed090418414fde5740e7e"
    assert refusal(body, f"mac={by_hand}", account) == ""


GENUINE = {
    "letters and escaped slashes": (EVENT, TIME),
    "no letters but escapes": (event(text="dân số"), TIME),
    "a time that is a number": (event(timestamp=1790000000000), TIME),
    "a time larger than any float holds": (event(timestamp=9007199254740993), "9007199254740993"),
    "a time with a fraction": (b'{"app_id":"%s","timestamp":1790000000000.50}' % APP.encode(), "1790000000000.50"),
    "a time written as a power": (b'{"app_id":"%s","timestamp":1.79E12}' % APP.encode(), "1.79E12"),
    "an app id that is a number": (event(app_id=int(APP)), TIME),
    "keys in another order": (b'{ "timestamp" : "%s",\n"app_id": "%s" }' % (TIME.encode(), APP.encode()), TIME),
    "numbers that are texts": (event(message={"size": "2048"}), TIME),
    "decomposed letters": (event(text="da\u0302n so\u0302\u0301"), TIME),
    "emoji": (f'{{"app_id":"{APP}","text":"🏥👨‍👩‍👧","timestamp":"{TIME}"}}'.encode(), TIME),
    "no app id": (b'{"oa_id":"%s","timestamp":"%s"}' % (OA.encode(), TIME.encode()), TIME),
    "no time": (b'{"app_id":"%s"}' % APP.encode(), ""),
    "no JSON at all": (b"\xff\x00", ""),
}


@pytest.mark.parametrize(("body", "timestamp"), GENUINE.values(), ids=GENUINE)
@pytest.mark.parametrize("form", ["mac={}", "{}", "MAC={}"])
def test_the_bytes_as_they_came_are_what_is_signed(body: bytes, timestamp: str, form: str):
    signature = mac(APP, body, timestamp, OA_SECRET)
    assert refusal(body, form.format(signature)) == ""
    assert refusal(body, form.format(signature.upper())) == ""
    assert refusal(body + b" ", form.format(signature)) not in ("", "unsigned")


def test_no_event_is_too_old_or_was_tried_too_often():
    verify(hook(EVENT, f"mac={mac(APP, EVENT, TIME, OA_SECRET)}", num_retry="5"), ACCOUNT)


UNSIGNED = (None, "", "mac=", "mac", "mac=" + "g" * 64, "a" * 63, "a" * 65, "sha256=" + "a" * 64, "ệ" * 64, "１" * 64)


@pytest.mark.parametrize("signature", UNSIGNED)
def test_what_is_no_signature_is_dropped_without_looking_further(signature: str | None):
    assert refusal(EVENT, signature) == "unsigned"


MISTAKES = {
    "the app's secret": ("app_secret", mac(APP, EVENT, TIME, APP_SECRET)),
    "an HMAC over the body": ("hmac", hmac.digest(OA_SECRET.encode(), EVENT, "sha256").hex()),
    "an HMAC over everything": (
        "hmac",
        hmac.digest(OA_SECRET.encode(), APP.encode() + EVENT + TIME.encode(), "sha256").hex(),
    ),
    "an HMAC with the app's secret": ("hmac", hmac.digest(APP_SECRET.encode(), EVENT, "sha256").hex()),
    "the account's id first": ("oa_id", mac(OA, EVENT, TIME, OA_SECRET)),
    "slashes no longer escaped": ("rewritten", mac(APP, EVENT.replace(b"\\/", b"/"), TIME, OA_SECRET)),
    "letters escaped": (
        "rewritten",
        mac(APP, json.dumps(json.loads(EVENT), separators=(",", ":")), TIME, OA_SECRET),
    ),
    "spaces between": ("rewritten", mac(APP, json.dumps(json.loads(EVENT), ensure_ascii=False), TIME, OA_SECRET)),
    "another time": ("wrong", mac(APP, EVENT, "1790000000001", OA_SECRET)),
    "another secret": ("wrong", mac(APP, EVENT, TIME, "whatever")),
}


@pytest.mark.parametrize(("reason", "signature"), MISTAKES.values(), ids=MISTAKES)
def test_a_known_mistake_is_named_and_never_accepted(reason: str, signature: str):
    assert refusal(EVENT, f"mac={signature}") == reason


def test_a_body_that_was_rewritten_on_the_way_is_named():
    signed = mac(APP, EVENT, TIME, OA_SECRET)
    assert refusal(json.dumps(json.loads(EVENT)).encode(), signed) == "rewritten"


def test_the_event_of_another_app_is_dropped_however_well_it_is_signed():
    body = event(app_id="1000000000000000002")
    assert refusal(body, mac(APP, body, TIME, OA_SECRET)) == "other_app"
    assert refusal(body, mac("1000000000000000002", body, TIME, OA_SECRET)) == "other_app"


def test_without_the_key_nothing_is_taken():
    unfinished = ZaloAccount.model_validate({**SETTINGS, "oa_secret": None})
    assert refusal(EVENT, mac(APP, EVENT, TIME, ""), unfinished) == "no_secret"
    assert refusal(EVENT, None, unfinished) == "no_secret"


@pytest.mark.parametrize("body", [b"[" * 20_000, b'{"a":' * 5_000, b"null", b"1e999", b'{"timestamp":{}}', b"9" * 9999])
def test_whatever_is_posted_is_only_dropped(body: bytes):
    assert refusal(body, "0" * 64) == "wrong"


def test_what_is_longer_than_any_event_is_not_looked_into():
    body = event(text="x" * LONGEST)
    assert refusal(body, mac(APP, body, TIME, APP_SECRET)) == "wrong"
    assert refusal(body, mac(APP, body, TIME, OA_SECRET)) == ""


def test_what_is_dropped_is_answered_as_if_it_were_taken():
    with pytest.raises(DroppedError) as caught:
        verify(hook(EVENT, None), ACCOUNT)
    assert caught.value.status == 200, "else the address could not be saved, and the webhook would be switched off"


def test_no_sentence_holds_a_value():
    for _, signature in [*MISTAKES.values(), ("", "")]:
        with pytest.raises(DroppedError) as caught:
            verify(hook(EVENT, signature), ACCOUNT)
        said = str(caught.value)
        assert not any(value in said for value in (APP, OA, USER, APP_SECRET, OA_SECRET, "dân", TIME))


WRONG_SETTINGS = {
    "one secret for both": ({"oa_secret": APP_SECRET}, "oa_secret"),
    "a name for an id": ({"account": "so-khcn"}, "account"),
    "a verifier of 42 characters": ({"code_verifier": "x" * 42}, "code_verifier"),
    "a verifier with letters of ours": ({"code_verifier": "ữ" * 43}, "code_verifier"),
    "markup for a domain's code": ({"verifier": '"><script>'}, "verifier"),
    "no requests": ({"requests_per_minute": 0}, "requests_per_minute"),
    "a typing error": ({"oa_secrt": "x"}, "oa_secrt"),
}


@pytest.mark.parametrize(("change", "key"), WRONG_SETTINGS.values(), ids=WRONG_SETTINGS)
def test_settings_that_cannot_be_meant_stop_the_start(change: dict[str, object], key: str):
    with pytest.raises(ValidationError) as caught:
        ZaloAccount.model_validate({**SETTINGS, **change})
    (error,) = caught.value.errors()
    assert error["loc"] == (key,)
    assert APP_SECRET not in error["msg"]
