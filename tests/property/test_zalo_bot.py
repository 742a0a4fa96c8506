"""Laws of what the Bot Platform may post: whatever it is, it is understood, passed over, or said not to be."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import clean
from gateway.errors import BadPayloadError
from gateway.zalo_bot.account import ZaloBotAccount
from gateway.zalo_bot.updates import read_update

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
ACCOUNT = ZaloBotAccount.model_validate(
    {"channel": "zalo-bot", "account": "staff", "token": "1:token-of-a-sample-bot", "secret": "a-secret-of-the-webhook"}
)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3), max_leaves=8
)
IDS = JSON | st.text("0123456789abcdef", min_size=1, max_size=200)
EVENTS = JSON | st.sampled_from(
    [f"message.{kind}.received" for kind in ("text", "image", "sticker", "voice", "link", "reaction", "unsupported")]
)
MESSAGES = JSON | st.fixed_dictionaries(
    {"message_id": IDS, "chat": JSON | st.fixed_dictionaries({"id": IDS}, optional={"chat_type": JSON})},
    optional={"text": JSON, "caption": JSON, "date": JSON | st.integers(0, 10**15), "from": JSON, "photo": JSON},
)
FLAT = st.fixed_dictionaries({"event_name": EVENTS, "message": MESSAGES})
UPDATES = JSON | FLAT | st.fixed_dictionaries({"ok": JSON, "result": JSON | FLAT})


def read(body: bytes) -> Any:
    try:
        return read_update(body, ACCOUNT, NOW)
    except BadPayloadError as error:
        return error


@given(UPDATES)
def test_whatever_json_is_posted_nothing_but_a_bad_payload_is_raised(update: Any) -> None:
    read(json.dumps(update).encode())


@given(st.binary(max_size=200))
def test_whatever_bytes_are_posted_nothing_but_a_bad_payload_is_raised(body: bytes) -> None:
    read(body)


@given(ANYTHING, st.booleans())
def test_words_arrive_as_they_can_be_stored_in_either_shape(text: str, flat: bool) -> None:
    update: Any = {
        "event_name": "message.text.received",
        "message": {"message_id": "1", "date": 1_794_794_400_123, "chat": {"id": "6e"}, "text": text},
    }
    (message,) = read(json.dumps(update if flat else {"ok": True, "result": update}).encode()).messages
    assert message.text == clean(message.text)
    assert message.sent_at == datetime.fromtimestamp(1_794_794_400.123, UTC)
