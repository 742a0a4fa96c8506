"""What `tracuu trace` shows of a call to an SMS provider: which fields went, of what kind, and none of their values."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.exchange import Exchange
from gateway.redaction import redact
from gateway.redaction_words import ID_FIELDS, STATUS_FIELDS
from gateway.sms.account import SmsAccount
from gateway.sms.catalogue import find_preset, preset_names
from gateway.sms.filters import Value
from gateway.sms.letter import Letter, Request
from gateway.sms.preset import Preset

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
VALUES: dict[str, Value] = {"text": "Dan so 1.245.600", "to": "84901000001", "key": "12:0", "unicode": "0", "now": NOW}


def _account(preset: Preset) -> SmsAccount:
    settings = {
        name: f"secret-value-of-{name}"
        for name, setting in preset.settings.items()
        if setting.secret or (setting.default is None and setting.pattern is None)
    }
    addresses = {
        name: "https://api.example.vn"
        for name, setting in preset.settings.items()
        if setting.pattern and "https?" in setting.pattern
    }
    own = {"channel": "sms", "account": "8041", "preset": preset.name, "number": "8041"}
    templates = {"templates": ["nhac-han"]} if preset.inbound is None else {}
    return SmsAccount.model_validate({**settings, **addresses, **own, **templates})


def _letters(name: str) -> list[Letter]:
    sending = _account(find_preset(name)).line.sending
    assert sending is not None
    return [sending.letter, *([sending.purse.letter] if sending.purse else [])]


def _value(slot: str) -> Value:
    return VALUES.get(slot, "1")


def _noted(request: Request) -> dict[str, Any]:
    exchange = Exchange(method=request.method, url=request.url, known=True)
    exchange.add(request.body or b"")
    return redact(exchange, b"a key")


@pytest.mark.parametrize("name", preset_names())
def test_the_trace_names_every_field_of_a_call_and_no_value(name: str) -> None:
    for letter in _letters(name):
        noted = _noted(letter.write(_value))
        assert not [field for field in noted["request"] if "…" in field]
        shown = json.dumps(noted)
        assert not [word for word in ("secret-value", "84901000001", "1.245.600") if word in shown]


@pytest.mark.parametrize("name", preset_names())
def test_the_trace_tells_no_length_of_a_secret(name: str) -> None:
    preset = find_preset(name)
    assert preset.send is not None
    secrets = {f"{{{setting}}}" for setting, what in preset.settings.items() if what.secret}
    fields = {**(preset.token.fields if preset.token else {}), **preset.send.fields, **preset.send.query}
    holding = {field for field, text in fields.items() if isinstance(text, str) and text in secrets}
    kinds: dict[str, str] = {}
    for letter in _letters(name):
        kinds |= _noted(letter.write(_value))["request"]
    assert {field: kinds[field] for field in holding} == dict.fromkeys(holding, "token")


@pytest.mark.parametrize("name", preset_names())
def test_the_trace_shows_code_and_id_of_an_answer(name: str) -> None:
    send = find_preset(name).send
    assert send is not None
    if send.outcome.type != "json":
        return
    last = {place: place.rpartition(".")[2].lower() for place in (*send.outcome.code, *send.outcome.id)}
    known = STATUS_FIELDS | ID_FIELDS
    assert not [place for place, field in last.items() if field not in known]
