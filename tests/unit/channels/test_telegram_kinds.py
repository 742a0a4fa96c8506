"""Telegram is asked for what is understood, and for nothing else."""

import json
from typing import Any

import pytest

from gateway.channel import Parsed
from gateway.telegram.account import TelegramAccount
from gateway.telegram.kinds import KINDS
from gateway.telegram.updates import read_update
from tests.conftest import NOW

CHAT = {"id": 5_000_000_001, "type": "private"}
WRITTEN = {"message_id": 1, "date": 1_779_156_000, "chat": CHAT, "text": "dân số"}
UNDERSTOOD: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("message", "edited_message", "channel_post", "edited_channel_post"), WRITTEN),
    "callback_query": {"id": "1", "data": "look_up:a", "message": WRITTEN},
    "my_chat_member": {"chat": CHAT, "date": 1_779_156_000, "new_chat_member": {"status": "kicked"}},
}
OTHERS = (
    "inline_query",
    "poll",
    "chat_member",
    "message_reaction",
    "chat_join_request",
    "business_message",
    "tomorrow",
)
ACCOUNT = TelegramAccount.model_validate(
    {"channel": "telegram", "account": "main", "token": "7000000001:AAE-0123456789-0123456789", "mode": "polling"}
)


def read(kind: str, content: dict[str, Any]) -> Parsed:
    return read_update(json.dumps({"update_id": 1, kind: content}).encode(), ACCOUNT, NOW)


def test_every_kind_that_is_asked_for_has_its_example():
    assert set(UNDERSTOOD) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_asked_for_means_something(kind: str):
    parsed = read(kind, UNDERSTOOD[kind])
    assert parsed.messages or parsed.signs


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_not_asked_for_would_mean_nothing(kind: str):
    parsed = read(kind, WRITTEN)
    assert not parsed.messages
    assert not parsed.signs
    assert parsed.event


def test_a_question_shows_that_an_answer_is_coming_and_a_press_stops_spinning():
    typing, pressed = read("message", WRITTEN).ack, read("callback_query", UNDERSTOOD["callback_query"]).ack
    assert typing is not None
    assert pressed is not None
    assert json.loads(typing.body) == {"method": "sendChatAction", "chat_id": str(CHAT["id"]), "action": "typing"}
    assert json.loads(pressed.body) == {"method": "answerCallbackQuery", "callback_query_id": "1"}
    assert {typing.content_type, pressed.content_type} == {"application/json"}


def test_what_is_passed_over_asks_for_nothing():
    group = {**WRITTEN, "chat": {"id": -1_002_000_000_001, "type": "supergroup"}}
    assert read("message", group).ack is None
    assert read("callback_query", {"id": "1", "data": "x", "message": group}).ack is None
