"""What is counted when a question has no answer, and what helped then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import CountChosen, CountUnanswered
from bot.core.findings import Decision, RowForm
from tests.support.talk import NOW, OLDER, PEOPLE, SIMPLE, GivenReads, Talk, figures, people, titles

FIGURE = figures(people(RowForm.CELL, 0, asked=(4,)))


def reads(**found):
    return GivenReads(
        found={"dan so quang ngai": FIGURE} | {key.replace("_", " "): value for key, value in found.items()}
    )


def counted(talk):
    return [effect for effect in talk.outcome.effects if isinstance(effect, CountUnanswered | CountChosen)]


async def test_a_question_without_an_answer_is_counted_and_one_with_an_answer_is_not():
    talk = Talk(reads=reads(gia_vang=titles(Decision.SUGGEST, SIMPLE, OLDER)))
    await talk.say("dan so quang ngai")
    assert counted(talk) == []
    await talk.say("nha thuong")
    assert counted(talk) == [CountUnanswered(text="nha thuong")]
    await talk.say("gia vang")
    assert counted(talk) == [CountUnanswered(text="gia vang")]


@pytest.mark.parametrize(
    "text", ["HD", "xin chào", "cảm ơn", "đồ ngu", "sao lâu vậy", "không", "số cccd của ông A", "7"]
)
async def test_what_is_no_question_is_not_counted(text):
    talk = Talk()
    await talk.say(text)
    assert counted(talk) == []


async def test_a_question_about_a_person_is_counted_without_its_words():
    talk = Talk()
    await talk.say("ông Nguyễn xây nhà văn hóa")
    assert counted(talk) == [CountUnanswered(text="")]


async def test_what_was_picked_after_a_question_without_an_answer_is_evidence_once():
    talk = Talk(reads=reads(nha_thuong=titles(Decision.SUGGEST, SIMPLE, OLDER)))
    await talk.say("nha thuong")
    await talk.say("1")
    assert counted(talk) == [CountChosen(question="nha thuong", dataset=SIMPLE.code, picked=True)]
    await talk.say("dan so quang ngai")
    assert counted(talk) == []


async def test_an_answer_to_the_question_in_other_words_is_evidence():
    talk = Talk(reads=reads(benh_vien=titles(Decision.MENU, SIMPLE, OLDER)))
    await talk.say("nha thuong")
    await talk.say("benh vien")
    assert counted(talk) == []
    await talk.say("2")
    assert counted(talk) == [CountChosen(question="nha thuong", dataset=OLDER.code, picked=False)]
    other = Talk(reads=reads())
    await other.say("bao nhieu dan")
    await other.say("dan so quang ngai")
    assert counted(other) == [CountChosen(question="bao nhieu dan", dataset=PEOPLE.code, picked=False)]


async def test_a_question_asked_much_later_is_another_question():
    talk = Talk(reads=reads())
    await talk.say("bao nhieu dan")
    talk.conversation = replace(talk.conversation, updated_at=NOW - timedelta(minutes=6))
    await talk.say("dan so quang ngai")
    assert counted(talk) == []
