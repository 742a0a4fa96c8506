"""Following: what is meant, what is agreed to, how it ends – and what is a question all the same."""

from dataclasses import replace

import pytest

from bot.core.accounts import Account
from bot.core.effects import FollowDataset, RecordConsent, UnfollowDatasets
from bot.core.findings import Decision, RowForm
from bot.core.follow import MOST, Follow, News, Told
from bot.core.sms import count
from bot.wording.following import word_told
from bot.wording.speech import Speech
from gateway.forms import FORMS
from gateway.render import render
from tests.support.talk import (
    NOW,
    OLDER,
    PEOPLE,
    SHARED,
    SIMPLE,
    UNITS,
    GivenReads,
    Talk,
    content,
    figures,
    people,
    titles,
)

ASKED = {
    "dân số": titles(Decision.MENU, PEOPLE, UNITS),
    "dân số Quảng Ngãi": figures(people(RowForm.CELL, 0, asked=(4,))),
}


def follow(dataset) -> Follow:
    return Follow(code=dataset.code, title=dataset.title, since=NOW)


def talk(*followed, **more) -> Talk:
    return Talk(reads=GivenReads(found=ASKED, follows=[follow(one) for one in followed], **more))


async def test_an_entry_is_followed_and_what_was_typed_is_kept():
    one = talk()
    await one.say("dân số")
    reply = await one.say("THEO DÕI 2")
    assert one.outcome.effects == (
        RecordConsent(topic="theo-doi", given=True, evidence=f"THEO DÕI 2 [{UNITS.code}]"),
        FollowDataset(code=UNITS.code, title=UNITS.title),
    )
    for promise in (UNITS.title, "mỗi ngày nhiều nhất một tin", "Bỏ: trả lời BỎ THEO DÕI"):
        assert promise in reply.text
    assert len(one.conversation.choices) == 2, "the list stays on offer"


async def test_right_after_an_answer_its_dataset_is_followed_by_word_number_or_code():
    for said in ("theo doi", "THEO DÕI 1", "theo dõi mã {code}", "follow {code}"):
        one = talk()
        await one.say("dân số Quảng Ngãi")
        (code,) = one.reads.kept
        await one.say(said.format(code=code.lower()))
        assert one.outcome.effects[1:] == (FollowDataset(code=PEOPLE.code, title=PEOPLE.title),), said


async def test_the_button_under_a_description_follows_it():
    one = talk()
    await one.say("dân số")
    about = await one.say("thông tin 1")
    assert [action.label for action in about.actions] == ["Theo dõi"]
    await one.press(about.actions[0])
    assert one.outcome.effects[1] == FollowDataset(code=PEOPLE.code, title=PEOPLE.title)


REFUSED = (
    # what is followed, what was asked before, what is said → words of the answer
    ((), "", "theo dõi", "Chưa có câu trả lời nào để theo dõi"),
    ((), "", "theo dõi 2", "Chưa có câu trả lời nào để theo dõi"),
    ((), "dân số", "theo dõi", "Cần theo dõi mục nào? Ví dụ: trả lời THEO DÕI 1"),
    ((), "dân số", "theo dõi 3", "Xin chọn số từ 1 đến 2"),
    ((PEOPLE,), "dân số", "theo dõi 1", "rồi. Bỏ: trả lời BỎ THEO DÕI"),
    ((SIMPLE,) * MOST, "dân số", "theo dõi 1", "nhiều nhất 20 bộ"),
    ((), "", "bỏ theo dõi", "Chưa theo dõi bộ dữ liệu nào"),
    ((), "dân số", "bỏ theo dõi 1", "Chưa theo dõi bộ dữ liệu nào"),
    ((), "", "hủy theo dõi", "Chưa theo dõi bộ dữ liệu nào"),
    ((), "", "đang theo dõi", "sau một câu trả lời xin trả lời THEO DÕI"),
    ((SIMPLE,), "dân số", "bỏ theo dõi 1", "Mục 1 không có trong"),
)


@pytest.mark.parametrize(("followed", "before", "said", "words"), REFUSED, ids=[f"{r[1]} | {r[2]}" for r in REFUSED])
async def test_what_cannot_be_done_is_said_and_nothing_is_written(followed, before, said, words):
    one = talk(*followed)
    if before:
        await one.say(before)
    assert words in (await one.say(said)).text
    assert one.outcome.effects == ()


async def test_what_was_taken_down_cannot_be_followed_and_its_name_is_not_said():
    one = talk(PEOPLE)
    await one.say("dân số")
    one.reads.hidden = frozenset({PEOPLE.code})
    assert (await one.say("theo dõi 1")).text == "Bộ dữ liệu này hiện không còn được cung cấp."
    listed = await one.say("đang theo dõi")
    assert [choice.label for choice in listed.choices] == ["Không còn được cung cấp"]


async def test_the_last_one_that_is_given_up_withdraws_the_consent():
    one = talk(PEOPLE)
    reply = await one.say("bo theo doi")
    assert one.outcome.effects == (RecordConsent(topic="theo-doi", given=False, evidence="bo theo doi"),)
    assert "Không còn theo dõi bộ dữ liệu nào" in reply.text


async def test_of_several_it_is_asked_once_which_is_meant():
    one = talk(PEOPLE, UNITS)
    reply = await one.say("bỏ theo dõi")
    assert [choice.label for choice in reply.choices] == [PEOPLE.title, UNITS.title, "Bỏ tất cả"]
    assert "Còn theo dõi 1 bộ" in (await one.say("2")).text
    assert one.outcome.effects == (UnfollowDatasets(codes=(UNITS.code,)),)
    await one.say("3")
    assert one.outcome.effects == (RecordConsent(topic="theo-doi", given=False, evidence="3"),)


async def test_the_number_of_the_list_of_followed_ones_opens_or_gives_up():
    one = talk(PEOPLE, SIMPLE)
    listed = await one.say("đang theo dõi")
    assert [choice.value for choice in listed.choices] == [f"dataset:{PEOPLE.code}", f"dataset:{SIMPLE.code}"]
    assert listed.choices[0].label == f"{PEOPLE.title} (số liệu đến 30/06/2025)"
    await one.say("bỏ theo dõi 2")
    assert one.outcome.effects == (UnfollowDatasets(codes=(SIMPLE.code,)),)
    assert SIMPLE.title in (await one.say("2")).text


async def test_a_number_after_the_message_of_the_day_opens_its_entry_while_no_list_is_on_offer():
    one = talk(PEOPLE, SIMPLE, lately=(SIMPLE.code, PEOPLE.code))
    assert SIMPLE.title in (await one.say("1")).text
    one = talk(PEOPLE, SIMPLE, lately=(SIMPLE.code, PEOPLE.code))
    await one.say("bỏ theo dõi 1")
    assert one.outcome.effects == (UnfollowDatasets(codes=(SIMPLE.code,)),)
    one = talk(PEOPLE, lately=(SIMPLE.code,))
    await one.say("dân số")
    await one.say("2")
    assert one.handler == "dataset"
    assert "số 3" in (await talk(lately=(SIMPLE.code,)).say("3")).text


async def test_many_are_listed_a_page_at_a_time():
    one = Talk(reads=GivenReads(follows=[Follow(code=f"c-{n}", title=f"Cây {n}", since=NOW) for n in range(9)]))
    first = await one.say("đang theo dõi")
    assert [choice.label for choice in first.choices] == [*(f"Cây {n}" for n in range(7)), "Xem tiếp"]
    second = await one.press(first.choices[-1])
    assert [choice.label for choice in second.choices] == ["Cây 7", "Cây 8"]


async def test_stop_says_that_followed_ones_are_given_up_as_well():
    one = talk(PEOPLE, UNITS)
    assert "bỏ theo dõi 2 bộ dữ liệu" in (await one.say("STOP")).text
    assert one.outcome.effects == (RecordConsent(topic=None, given=False, evidence="STOP"),)


# --- the message of the day ----------------------------------------------------------------------------

ONE_WAY = Account(channel="sms", name="brand", one_way=True)
LONG = "Danh sách trẻ em dưới sáu tuổi được tiêm chủng mở rộng phân theo huyện, xã và cơ sở tiêm chủng năm 2026 "
MANY = [Told(code=f"c-{n}", title=f"{LONG}{n}", news=list(News)[n % len(News)]) for n in range(MOST)]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("account", [SHARED, ONE_WAY], ids=["shared", "one-way"])
@pytest.mark.parametrize("number", [1, 2, 5, MOST])
def test_the_message_of_the_day_fits_and_says_how_many_more_there_are(number, account, language):
    speech = Speech(content=content(), language=language, account=account)
    reply = word_told(speech, MANY[:number])
    (part,) = render(reply, FORMS["sms"], speech)
    cost = count(part.text)
    assert (cost.encoding, cost.segments <= 2) == ("gsm7", True)
    assert ("15" in part.text) is (number == MOST)
    assert ("8179" in part.text) is (account is SHARED)
    (part,) = render(reply, FORMS["zalo"], speech)
    assert len(part.text) <= 2000


def test_each_change_is_said_in_plain_words_and_what_is_gone_is_no_entry():
    speech = Speech(content=content(), language="vi", account=SHARED)
    told = [Told(code=news, title="Giá đất", news=news) for news in News]
    reply = word_told(speech, told[:3])
    assert [choice.label for choice in reply.choices] == ["Được cung cấp trở lại: Giá đất"]
    assert "Cổng không còn công bố, đã thôi theo dõi: Giá đất\nHiện không còn được cung cấp: Giá đất" in reply.text
    assert [choice.label for choice in word_told(speech, told[3:]).choices] == [
        "Số liệu mới, cột thay đổi: Giá đất",
        "Số liệu mới: Giá đất",
        "Tên mới: Giá đất",
        "Cơ quan công bố thay đổi: Giá đất",
    ]


async def test_the_invitation_to_follow_costs_no_part_of_an_sms():
    hints = 0
    for language in ("vi", "en"):
        speech = Speech(content=content(), language=language, account=SHARED)
        hint = "\n" + speech.say("follow.hint", invite=speech.invite(speech.say("follow.word")))
        for dataset in (PEOPLE, UNITS, SIMPLE, OLDER):
            one = Talk(reads=GivenReads(found={"x": titles(Decision.MENU, dataset)}), account=SHARED)
            await one.say(language)
            await one.say("x")
            about = await one.say("thông tin 1")
            plain = replace(about, brief=(about.brief or "").replace(hint, ""))
            parts = [render(reply, FORMS["sms"], speech)[0].text for reply in (about, plain)]
            assert len({count(text).segments for text in parts}) == 1
            hints += hint in (about.brief or "")
    assert hints
