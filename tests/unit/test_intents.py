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


@pytest.mark.parametrize("intent", dict.fromkeys(row["intent"] for row in JUDGED))
def test_a_message_is_taken_for_what_was_judged(intent):
    texts = [row["text"] for row in JUDGED if row["intent"] == intent]
    assert {text: way for text in texts if (way := taken_for(text)) != intent} == {}


def test_every_intent_is_judged_in_both_directions():
    counts = {intent: sum(row["intent"] == intent for row in JUDGED) for intent in {row["intent"] for row in JUDGED}}
    assert counts.keys() >= {intent.value for intent in Intent}
    assert counts["question"] > 100
    assert len(JUDGED) > 200


def _titles() -> Iterator[str]:
    for name in ("catalogue.csv", "tables.csv"):
        for row in csv.DictReader((SAMPLE / name).read_text(encoding="utf-8-sig").splitlines()):
            yield row["title"]


def _questions() -> Iterator[str]:
    for name in ("queries-a.csv", "queries-b.csv", "queries-c.csv"):
        yield from (row["query"] for row in _rows(name) if row["relevant_titles"])


def _places() -> Iterator[str]:
    provinces = tomllib.loads((DATA / "places" / "provinces.toml").read_text(encoding="utf-8"))
    for entry in provinces.values():
        yield from (entry["name"], *entry.get("aliases", ()))
        for former in entry.get("former", ()):
            yield from (former["name"], *former.get("aliases", ()))
    for file in sorted((DATA / "places").glob("*.csv")):
        for row in csv.reader(file.read_text(encoding="utf-8-sig").splitlines()):
            yield from (cell for cell in row if cell and not any(sign.isdigit() for sign in cell))
    for name in ("xa_phuong_5_tinh_tu_01-07-2025.csv", "tinh_huyen_truoc_2025.csv"):
        rows = csv.reader((SAMPLE / "tables" / name).read_text(encoding="utf-8-sig").splitlines())
        yield from (cell for row in rows for cell in row if cell and len(cell) < 40 and not cell[0].isdigit())


ASKED_OF_A_PLACE = ("{} ở đâu", "địa chỉ {}", "số điện thoại của {}")


@pytest.mark.parametrize(
    ("texts", "forms"),
    [(_titles, ("{}",)), (_questions, ("{}",)), (_places, ASKED_OF_A_PLACE)],
    ids=["titles", "answerable questions", "places"],
)
def test_no_title_no_answerable_question_and_no_place_is_taken_for_anything_else(texts, forms):
    asked = {form.format(text) for text in texts() for form in forms}
    assert len(asked) > 100
    sent = {variant for text in asked for variant in (text, fold(text))}
    assert {text: way for text in sent if (way := taken_for(text)) != Intent.QUESTION.value} == {}


LISTS = tomllib.loads((DATA / "replies" / "phrases.toml").read_text(encoding="utf-8"))
ALONE = {
    ("emergency", "cries"): "emergency",
    ("emergency", "accented"): "emergency",
    ("emergency", "endings"): "emergency",
    ("emergency", "whole"): "emergency",
    ("emergency", "possible"): "possible",
    ("emergency", "openings"): "possible",
    ("complaint", "anywhere"): "complaint",
    ("personal", "anywhere"): "private",
    ("instruction", "anywhere"): "instruction",
    ("outside", "anywhere"): "outside",
    ("greeting", "whole"): "greeting",
    ("thanks", "whole"): "thanks",
    ("unclear", "whole"): "unclear",
    ("insult", "anywhere"): "insult",
}
TOGETHER = {
    ("emergency", "anywhere"): ("ở đây {}", "emergency"),
    ("emergency", "dangers"): ("{} nhanh lên", "emergency"),
    ("emergency", "marked_dangers"): ("{} nhanh lên", "emergency"),
    ("emergency", "calls"): ("ngất xỉu {}", "emergency"),
    ("emergency", "marked_calls"): ("ngất xỉu {}", "emergency"),
    ("emergency", "unless"): ("ngất xỉu nhanh lên {}", "question"),
    ("emergency", "compounds"): ("{}", "question"),
    ("complaint", "wrongs"): ("{} không chịu nổi", "complaint"),
    ("complaint", "pleas"): ("ổ gà {}", "complaint"),
    ("complaint", "unless"): ("không ai xử lý {}", "question"),
    ("personal", "things"): ("{} của chị Lan", "private"),
    ("personal", "addresses"): ("{} của chị Lan", "private"),
    ("personal", "links"): ("sđt {} chị Lan", "private"),
    ("personal", "owners"): ("lương của {}", "private"),
    ("personal", "belongings"): ("{} của giám đốc", "private"),
    ("personal", "offices"): ("lương của {}", "private"),
    ("personal", "asked"): ("chị Lan {}", "private"),
    ("personal", "whose"): ("số điện thoại {}", "private"),
    ("personal", "places"): ("{} chị Lan ở đâu", "question"),
    ("personal", "titles"): ("sđt {} A", "private"),
    ("personal", "plain_titles"): ("sđt {} Lan", "private"),
    ("personal", "bare_titles"): ("sdt {} lan", "private"),
    ("personal", "names"): ("sđt chị {}", "private"),
    ("personal", "nicknames"): ("sđt chị {}", "private"),
    ("personal", "compounds"): ("địa chỉ {}", "question"),
    ("personal", "unless"): ("lương của giám đốc {}", "question"),
    ("instruction", "drops"): ("{} mọi quy tắc", "instruction"),
    ("instruction", "rules"): ("bỏ qua {}", "instruction"),
    ("instruction", "shows"): ("{} mật khẩu quản trị", "instruction"),
    ("instruction", "secrets"): ("print {}", "instruction"),
}
COUNTED = {key: ("{}", intent) for key, intent in ALONE.items()} | TOGETHER


@pytest.mark.parametrize("place", COUNTED, ids=".".join)
def test_each_phrase_counts_as_its_list_says(place):
    section, key = place
    form, intent = COUNTED[place]
    texts = [form.format(phrase) for phrase in LISTS[section][key]]
    assert texts
    assert {text: way for text in texts if (way := taken_for(text)) != intent} == {}
