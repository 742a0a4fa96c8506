"""What messages that are no plain questions are taken for, and that no title, place or question is taken for them."""

import csv
import tomllib
from collections.abc import Iterator

import pytest

from bot.core.conversation import Conversation
from bot.core.intents import Alarm, Intent
from bot.core.messages import InboundMessage
from bot.core.text import fold
from bot.routing import LOOKUP
from tests.support.talk import DATA, NOW, OPEN, PERSON, content, router

TESTS = DATA.parent / "tests" / "data"
SAMPLE = DATA / "sample"


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((TESTS / name).read_text(encoding="utf-8").splitlines()))


JUDGED = _rows("intents.csv")


def taken_for(text: str) -> str:
    """The handler of ``text`` or, where that is the look-up, what the look-up takes it for."""
    message = InboundMessage(address=PERSON, external_id="1", received_at=NOW, text=text)
    way = router().route(message=message, conversation=Conversation(address=PERSON), account=OPEN)
    if way.handler.name != LOOKUP:
        return way.handler.name
    if content().intents.emergencies.heard_in(text) is Alarm.POSSIBLE:
        return Alarm.POSSIBLE.value
    return content().intent_of(text).value


@pytest.mark.parametrize("row", JUDGED, ids=[row["text"] for row in JUDGED])
def test_a_message_is_taken_for_what_was_judged(row):
    assert taken_for(row["text"]) == row["intent"]


def test_every_intent_is_judged_in_both_directions():
    counts = {intent: sum(row["intent"] == intent for row in JUDGED) for intent in {row["intent"] for row in JUDGED}}
    assert counts.keys() >= {intent.value for intent in Intent}
    assert counts["question"] > 100
    assert len(JUDGED) > 200
