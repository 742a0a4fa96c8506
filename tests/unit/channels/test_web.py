"""What the web chat takes, from whom, and what it makes of it. The table of cases of every channel is in contract/cases."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from bot.core.delivery import DeliveryState
from bot.core.mask import MAX_TEXT
from gateway import session
from gateway.channel import Hook
from gateway.channels.web import CHANNEL, MAX_CHOICE, MAX_SEEN, WebAccount
from gateway.errors import BadPayloadError, BadSignatureError

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SETTINGS = {"channel": "web", "account": "main", "secret": "0123456789abcdef0123456789abcdef"}
ACCOUNT = WebAccount.model_validate(SETTINGS)
USER = "0f" * 16
COOKIES = {session.COOKIE: session.issue(bytes.fromhex(USER), ACCOUNT.signing_key)}
JSON = {"content-type": "application/json"}


def hook(body: object, headers: dict[str, str] = JSON, cookies: dict[str, str] = COOKIES) -> Hook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Hook(method="POST", query={}, headers=headers, cookies=cookies, body=raw)


def test_a_typed_question_comes_from_the_person_of_the_session() -> None:
    (message,) = CHANNEL.parse(hook({"id": "a1", "text": "  dân số\u0000 "}), ACCOUNT, NOW).messages
    assert (message.address.channel, message.address.account, message.address.user) == ("web", "main", USER)
    assert (message.external_id, message.text, message.choice, message.received_at) == ("a1", "dân số", None, NOW)


def test_a_pressed_button_is_its_value_and_no_text() -> None:
    (message,) = CHANNEL.parse(hook({"id": "a1", "choice": "look_up:2"}), ACCOUNT, NOW).messages
    assert (message.text, message.choice) == ("", "look_up:2")


def test_a_long_text_keeps_its_beginning() -> None:
    (message,) = CHANNEL.parse(hook({"id": "a1", "text": "dân số " * 2000}), ACCOUNT, NOW).messages
    assert len(message.text) == MAX_TEXT
    assert message.text.startswith("dân số dân số")


def test_an_identity_number_across_the_cut_leaves_no_digit() -> None:
    text = "x" * (MAX_TEXT - 6) + " 049099001234"
    (message,) = CHANNEL.parse(hook({"id": "a1", "text": text}), ACCOUNT, NOW).messages
    assert not any(char.isdigit() for char in message.text)


def test_what_was_shown_becomes_a_read_receipt_each() -> None:
    receipts = CHANNEL.parse(hook({"seen": ["1-ab", "2-cd", "1-ab"]}), ACCOUNT, NOW).receipts
    assert [receipt.provider_id for receipt in receipts] == ["1-ab", "2-cd"]
    assert {receipt.state for receipt in receipts} == {DeliveryState.READ}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"content-type": "application/json; charset=utf-8"}, id="with a charset"),
        pytest.param({"content-type": "Application/JSON"}, id="in other case"),
    ],
)
def test_json_with_a_session_is_let_in(headers: dict[str, str]) -> None:
    CHANNEL.verify(hook({}, headers=headers), ACCOUNT)


@pytest.mark.parametrize(
    ("headers", "cookies"),
    [
        pytest.param(JSON, {}, id="no session"),
        pytest.param(JSON, {session.COOKIE: f"v1.{USER}.{'0' * 64}"}, id="a made-up session"),
        pytest.param(JSON, {session.COOKIE: "é"}, id="letters that no signature has"),
        pytest.param({"content-type": "text/plain"}, COOKIES, id="what a foreign page can send without asking"),
        pytest.param({"content-type": "application/x-www-form-urlencoded"}, COOKIES, id="a form"),
        pytest.param({}, COOKIES, id="no content type"),
    ],
)
def test_anybody_else_is_refused(headers: dict[str, str], cookies: dict[str, str]) -> None:
    with pytest.raises(BadSignatureError):
        CHANNEL.verify(hook({}, headers=headers, cookies=cookies), ACCOUNT)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(b'{"id": "a", "text": "\xff"}', "not UTF-8", id="broken bytes"),
        pytest.param(b"id=a&text=b", "not JSON", id="a form in the body"),
        pytest.param(b"", "not JSON", id="an empty body"),
        pytest.param(b"[" * 200_000, "nested too deeply", id="deep nesting"),
        pytest.param(["a"], "not a JSON object", id="a list"),
        pytest.param({"id": "a"}, 'either "text" or "choice"', id="neither"),
        pytest.param({"id": "a", "text": "b", "choice": "c:d"}, 'either "text" or "choice"', id="both"),
        pytest.param({"id": "a", "text": 5}, '"text" is not a text', id="a number as text"),
        pytest.param({"text": "b"}, '"id" is not', id="no id"),
        pytest.param({"id": "a" * 65, "text": "b"}, '"id" is not', id="an over-long id"),
        pytest.param({"id": "a\ud800", "text": "b"}, '"id" is not', id="half a letter in the id"),
        pytest.param({"id": "a", "choice": ""}, '"choice" is not', id="an empty choice"),
        pytest.param({"id": "a", "choice": "c" * (MAX_CHOICE + 1)}, '"choice" is not', id="an over-long choice"),
        pytest.param({"seen": {"a": 1}}, '"seen" is not a list', id="seen as an object"),
        pytest.param({"seen": [1]}, '"seen" is not a text', id="seen numbers"),
        pytest.param({"seen": ["a"] * (MAX_SEEN + 1)}, '"seen" is not a list', id="too many seen"),
    ],
)
def test_a_body_that_is_no_message_gets_a_sentence(body: object, sentence: str) -> None:
    with pytest.raises(BadPayloadError, match=sentence):
        CHANNEL.parse(hook(body), ACCOUNT, NOW)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"secret": "short"}, id="a secret that can be guessed"),
        pytest.param({"embed_on": ["https://a.vn; script-src *"]}, id="a site that would loosen the page's policy"),
        pytest.param({"embed_on": ["*"]}, id="any site"),
        pytest.param({"embed_on": ["https://a.vn/trang"]}, id="a page instead of a site"),
        pytest.param({"colour": "red"}, id="an unknown key"),
    ],
)
def test_impossible_settings_stop_the_start(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WebAccount.model_validate(SETTINGS | change)
