"""What proves a hook: every scheme with the right proof, and with what an attacker would send instead."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

import pytest

from gateway.channel import Heard, Hook, Outcome
from gateway.errors import BadSignatureError
from gateway.sms.account import SmsAccount
from gateway.sms.answering import answer
from gateway.sms.incoming import verify

HEAD = """
name = "mine"
title = "mine"
source = "mine"
[settings.secret]
description = "a secret"
secret = true
[inbound]
format = "FORMAT"
sender = "from"
text = "text"
id = "id"
refused = { status = 200, type = "json", body = { errors = { code = 106, id = "{in.id}" } } }
[[inbound.checks]]
"""
TAIL = """
[send]
url = "https://sms.example.vn"
[send.outcome]
type = "text"
"""
FIELDS = {"from": "84901000001", "text": "dân số", "id": "m-1", "time": "20261116090000"}
OVER = "m-184901000001dân số" + "20261116090000" + "s3cret"


def account(check: str, *, form: str = "form", **more: object) -> SmsAccount:
    text = HEAD.replace("FORMAT", form) + check + TAIL
    given = {
        "channel": "sms",
        "account": "77",
        "preset": text,
        "hook_url": "https://tra.example.vn",
        "secret": "s3cret",
    }
    return SmsAccount.model_validate({**given, **more})


def hook(query: Mapping[str, str], headers: Mapping[str, str] | None = None, body: bytes = b"") -> Hook:
    method = "POST" if body else "GET"
    return Hook(method=method, query=query, headers=headers or {}, cookies={}, body=body)


def held(of: SmsAccount, given: Hook) -> bool:
    try:
        verify(given, of)
    except BadSignatureError:
        return False
    return True


def digest_of(name: str) -> bytes:
    return hashlib.new(name, OVER.encode()).digest()


DIGEST = (
    'kind = "digest"\ngiven = "{query.sign}"\nover = ["{in.id}", "{in.from}", "{in.text}", "{in.time}", "{secret}"]\n'
)
FORMS = {
    "hex": lambda digest: digest.hex(),
    "base64": lambda digest: base64.b64encode(digest).decode(),
    "base64-hex": lambda digest: base64.b64encode(digest.hex().encode()).decode(),
}


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize("form", FORMS)
def test_a_digest_over_fields_in_their_order_holds(name: str, form: str):
    of = account(f'{DIGEST}digest = "{name}"\nforms = ["{form}"]\n')
    right = FORMS[form](digest_of(name))
    assert held(of, hook({**FIELDS, "sign": right}))
    wrong = [*(FORMS[other](digest_of(name)) for other in FORMS if other != form), "", right[:-1], right + "0", "ệ"]
    for sign in wrong:
        assert not held(of, hook({**FIELDS, "sign": sign}))
    for field, value in FIELDS.items():
        assert not held(of, hook({**FIELDS, field: f"{value}1", "sign": right}))


def test_hexadecimal_digits_may_be_capitals_and_a_plus_may_have_become_a_space():
    assert held(account(f'{DIGEST}digest = "md5"\n'), hook({**FIELDS, "sign": digest_of("md5").hex().upper()}))
    of = account(f'{DIGEST}digest = "sha256"\nforms = ["base64"]\n')
    sign = FORMS["base64"](digest_of("sha256"))
    assert held(of, hook({**FIELDS, "sign": sign.replace("+", " ")}))


def test_joined_fields_have_what_joins_them_in_the_digest():
    of = account(DIGEST + 'joined = "|"\n')
    over = "m-1|84901000001|dân số|20261116090000|s3cret"
    assert held(of, hook({**FIELDS, "sign": hashlib.sha256(over.encode()).hexdigest()}))
    assert not held(of, hook({**FIELDS, "sign": digest_of("sha256").hex()}))


def test_an_hmac_over_the_raw_body_in_a_header():
    of = account(
        'kind = "digest"\ngiven = "{header.X-Sign}"\ndigest = "hmac-sha256"\nover = "{body}"\nkey = "{secret}"\n',
        form="json",
    )
    body = b'{"from": "84901000001"}'
    sign = hmac.digest(b"s3cret", body, "sha256").hex()
    assert held(of, hook({}, {"x-sign": sign}, body))
    assert not held(of, hook({}, {"x-sign": sign}, body + b" "))
    assert not held(of, hook({"x-sign": sign}, {}, body))
    garbage = b"\xff\xfe{"
    assert held(of, hook({}, {"x-sign": hmac.digest(b"s3cret", garbage, "sha256").hex()}, garbage))


def test_a_secret_may_stand_in_a_field_or_a_header_or_the_address():
    for place, given in {
        "query.t": hook({"t": "s3cret"}),
        "header.X-T": hook({}, {"x-t": "s3cret"}),
        "in.t": hook({}, {}, b"t=s3cret"),
    }.items():
        of = account(f'kind = "secret"\ngiven = "{{{place}}}"\nequals = "{{secret}}"\n')
        assert held(of, given)
        assert not held(of, hook({"t": "s3cre"}))
        assert not held(of, hook({}))


def test_basic_needs_both_words():
    of = account('kind = "basic"\nuser = "partner"\npassword = "{secret}"\n')
    for words, right in {"partner:s3cret": True, "partner:": False, "x:s3cret": False, "s3cret": False}.items():
        packed = base64.b64encode(words.encode()).decode()
        assert held(of, hook({}, {"authorization": f"Basic {packed}"})) == right
    assert not held(of, hook({}, {"authorization": "Basic ?"}))
    assert not held(of, hook({}, {"authorization": "Bearer " + base64.b64encode(b"partner:s3cret").decode()}))


def test_twilios_scheme_is_over_the_public_address_and_the_sorted_fields():
    of = account('kind = "twilio"\ngiven = "{header.X-Twilio-Signature}"\nkey = "{secret}"\n')
    body = b"To=%2B84901000000&From=%2B84901000001&Body=d%C3%A2n+s%E1%BB%91&MessageSid=SM1"
    over = "https://tra.example.vn/hooks/sms/77?x=1Bodydân sốFrom+84901000001MessageSidSM1To+84901000000"
    sign = base64.b64encode(hmac.digest(b"s3cret", over.encode(), "sha1")).decode()
    form = {"content-type": "application/x-www-form-urlencoded", "host": "10.0.0.7:8080"}
    assert held(of, hook({"x": "1"}, {**form, "x-twilio-signature": sign}, body))
    for altered in (body + b"&A=1", body.replace(b"SM1", b"SM2")):
        assert not held(of, hook({"x": "1"}, {**form, "x-twilio-signature": sign}, altered))
    assert not held(of, hook({}, {**form, "x-twilio-signature": sign}, body))
    assert not held(of, hook({"x": "1"}, {"content-type": "text/plain", "x-twilio-signature": sign}, body))


def test_every_check_has_to_hold_and_an_optional_one_only_where_its_setting_is():
    check = 'kind = "secret"\ngiven = "{query.a}"\nequals = "{secret}"\n[[inbound.checks]]\noptional = "more"\n'
    check += 'kind = "secret"\ngiven = "{query.b}"\nequals = "{more}"\n'
    declared = '[settings.more]\ndescription = "x"\nsecret = true\nrequired = false\n'
    one, both = account(check + declared), account(check + declared, more="m0re")
    assert held(one, hook({"a": "s3cret"}))
    assert not held(both, hook({"a": "s3cret"}))
    assert not held(both, hook({"b": "m0re"}))
    assert held(both, hook({"a": "s3cret", "b": "m0re"}))


def test_a_refusal_says_what_the_preset_says_escaped():
    of = account('kind = "secret"\ngiven = "{query.t}"\nequals = "{secret}"\n')
    ack = answer(hook({"id": '"}x'}), of, Outcome(heard=Heard.REFUSED))
    assert (ack.status, ack.body, ack.content_type) == (200, '{"errors":{"code":106,"id":"\\"}x"}}', "application/json")
