"""The officers' words: every form, typed with and without diacritics, is heard from officers; nobody else's question is."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import date

import pytest

from bot.content import Content
from bot.core.conversation import Conversation
from bot.core.duty_grammar import DAY, NAME, NUMBER, NUMBERS, REASON, build_duty_grammar
from bot.core.errors import ContentError
from bot.core.messages import Choice, InboundMessage
from bot.core.phrases import words
from bot.core.text import fold
from tests.support.talk import DATA, NOW, OPEN, PERSON, SHARED, content, router

TESTS = DATA.parent / "tests" / "data"
TODAY = date(2026, 9, 29)
FILLED = {NUMBER: "3", NUMBERS: "3, 4", DAY: "20/07/2026", NAME: "Lê Thị An", REASON: "thiếu cột 3, sai đơn vị"}


def read(text: str):
    return content().duties.read(text, content().grammar.without_tail)


def _forms() -> Iterator[tuple[str, str]]:
    table = tomllib.loads((DATA / "replies" / "duties.toml").read_text(encoding="utf-8"))
    for name, duty in table["duties"].items():
        yield from ((name, form) for form in duty["forms"])


def test_every_form_is_heard_with_and_without_diacritics_in_any_case_and_with_politeness():
    wrong = []
    for name, form in _forms():
        said = " ".join(FILLED.get(part, part) for part in form.split())
        for text in (said, fold(said), said.lower(), f"{said} ạ", f"DL {said}"):
            own = text.removeprefix("DL ")
            heard = read(own)
            if heard is None or heard.name != name:
                wrong.append((text, heard))
    assert wrong == []


HEARD = (
    ("xong 1", "done", (1,), ""),
    ("XONG 1,2 và 3", "done", (1, 2, 3), ""),
    ("xong 1 va", None, (), ""),
    ("xong 01", "done", (1,), ""),
    ("xong1", "done", (1,), ""),
    ("xong viec roi", "done", (), ""),
    ("hoan tac 1 va 2", None, (), ""),
    ("xong 1, 2", "done", (1, 2), ""),
    ("xong 1 1", "done", (1,), ""),
    ("co thay doi 2 20/07/2026", "changed", (2,), "20 07 2026"),
    ("có thay đổi 20/7", "changed", (), "20 7"),
    ("có thay đổi 2 ngày 20 tháng 7 năm 2026", "changed", (2,), "ngày 20 tháng 7 năm 2026"),
    ("có thay đổi 2 hôm qua ạ", "changed", (2,), "hôm qua"),
    ("nhac sau 1 3 ngay nua", "later", (1,), "3 ngay nua"),
    ("hoãn 1 20/10", "later", (1,), "20 10"),
    ("hoàn 1 20/10", None, (), ""),
    ("hoan tac", "undo", (), ""),
    ("chưa đạt 1 thiếu cột 3, sai đơn vị", "refuse", (1,), ""),
    ("xong 0", None, (), ""),
    ("xong viec xay dung", None, (), ""),
    ("không đổi mới", None, (), ""),
    ("có thay đổi khí hậu", None, (), ""),
    ("có thay đổi dân số 2026", None, (), ""),
    ("việc làm", None, (), ""),
    ("duyệt quy hoạch", None, (), ""),
)


def test_a_word_is_the_whole_message_in_one_of_its_forms():
    def heard(text: str) -> tuple[str | None, tuple[int, ...], str]:
        said = read(text)
        return (None, (), "") if said is None else (said.name, said.numbers, " ".join(said.day))

    assert {text: heard(text) for text, *_ in HEARD} == {text: tuple(rest) for text, *rest in HEARD}


def test_a_reason_is_kept_as_it_was_typed():
    said = read("chưa đạt 1 thiếu cột 3, sai đơn vị")
    assert said is not None
    assert said.text == "thiếu cột 3, sai đơn vị"


DAYS = (
    ("20/07/2026", date(2026, 7, 20)),
    ("20.7.26", date(2026, 7, 20)),
    ("2026-07-20", date(2026, 7, 20)),
    ("20/7", date(2026, 7, 20)),
    ("ngày 20 tháng 7", date(2026, 7, 20)),
    ("1/1", date(2027, 1, 1)),
    ("25/12", date(2026, 12, 25)),
    ("29/2/2028", date(2028, 2, 29)),
    ("31/02/2026", None),
    ("32/13", None),
    ("hôm qua", date(2026, 9, 28)),
    ("hom nay", TODAY),
    ("mai", date(2026, 9, 30)),
    ("3 ngày nữa", date(2026, 10, 2)),
    ("cách đây 3 ngày", date(2026, 9, 26)),
)


def test_a_day_is_read_as_people_write_it():
    days = content().duties.days
    assert {text: days.read(words(text), TODAY) for text, _ in DAYS} == dict(DAYS)
    assert [text for text, _ in DAYS if not days.means(words(text))] == []
    assert [text for text in ("", "ngày", "20", "7/2026", "khí hậu", "1 2 3 4") if days.means(words(text))] == []


def _asked() -> Iterator[str]:
    for name in ("catalogue.csv", "tables.csv"):
        for row in csv.DictReader((DATA / "sample" / name).read_text(encoding="utf-8-sig").splitlines()):
            yield row["title"]
    for name in ("queries-a.csv", "queries-b.csv", "queries-c.csv"):
        yield from (row["query"] for row in csv.DictReader((TESTS / name).read_text(encoding="utf-8").splitlines()))
    dev = csv.DictReader((TESTS / "queries-dev.csv").read_text(encoding="utf-8-sig").splitlines())
    yield from (row["query"] for row in dev if row["kind"] not in {"lenh_he_thong", "khan_cap"})
    for province in tomllib.loads((DATA / "places" / "provinces.toml").read_text(encoding="utf-8")).values():
        yield from (province["name"], *province.get("aliases", ()))


def test_no_title_no_place_and_no_judged_question_is_an_officers_word_even_from_an_officer():
    texts = [variant for text in _asked() for variant in (text, fold(text))]
    assert len(texts) > 500
    assert {text: said for text in texts if (said := read(text))} == {}


MENU = (Choice(label="A", value="dataset:mau-1"),)
OFFICERS = (
    # text, state, choices → the handler that an officer's message goes to instead of everybody's
    ("xong 1", "menu", MENU, "reporting"),
    ("soạn DL XONG 1 gửi 8179", "", (), "reporting"),
    ("1", "menu", MENU, None),
    ("1", "tasks", MENU, "tasks"),
    ("12", "", (), "tasks"),
    ("(2)", "", (), "tasks"),
    ("STOP", "tasks", (), None),
    ("cứu tôi với, có cháy nhà", "tasks", (), None),
    ("lai chau", "tasks", (), None),
    ("2026", "", (), None),
    ("", "", (), None),
)


def test_an_officers_word_comes_before_everything_but_stop_help_and_an_offered_entry():
    def way(text: str, state: str, choices: tuple[Choice, ...]) -> str | None:
        message = InboundMessage(address=PERSON, external_id="1", received_at=NOW, text=text)
        conversation = Conversation(address=PERSON, state=state, choices=choices)
        account = SHARED if "8179" in text else OPEN
        found = router().route_of_officer(message=message, conversation=conversation, account=account)
        return found.handler.name if found else None

    assert {row[:2]: way(*row[:3]) for row in OFFICERS} == {row[:2]: row[3] for row in OFFICERS}


@pytest.mark.parametrize(
    ("forms", "reason"),
    [
        ({"a": ("XONG {x}",)}, "is no form"),
        ({"a": ("XONG {day} {n}",)}, "is no form"),
        ({"a": ("{n}",)}, "is no form"),
        ({"a": ("XONG",), "b": ("xong",)}, "reads like a"),
    ],
)
def test_a_form_that_cannot_be_is_refused_with_its_place(forms, reason):
    known: Content = content()
    with pytest.raises(ContentError, match=reason):
        build_duty_grammar(forms, known.duties.days, file="duties.toml")
