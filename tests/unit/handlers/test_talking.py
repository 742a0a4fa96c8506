"""Help, language, consent, emergencies, and what cannot be looked up."""

from typing import cast

import pytest

from bot.core.effects import RecordConsent, SetAccents, SetLanguage
from bot.core.findings import Decision, RowForm
from bot.core.messages import AttachmentKind
from bot.library import Library
from bot.profiles import load_rule_sets
from bot.reads import Reads
from bot.rulebook import Rulebook
from bot.store.engine import Store
from tests.support.talk import DATA, OLDER, SHARED, SIMPLE, UNITS, GivenReads, Talk, figures, people, titles, units

MENU = GivenReads(found={"q": titles(Decision.MENU, SIMPLE, OLDER)})


async def test_help_says_how_to_ask_what_it_costs_and_how_to_stop():
    reply = await Talk(account=SHARED).say("HD")
    for words in ("soạn DL dân số Quảng Ngãi gửi 8179", "NGỪNG", "cước", "miễn phí"):
        assert words in reply.text
    assert "soạn DL dân số Quảng Ngãi gửi 8179" in reply.brief


async def test_brief_help_fits_into_one_message_after_the_first_contact():
    from bot.core.sms import count
    from bot.core.text import unaccent

    talk = Talk(account=SHARED)
    first = await talk.say("HD")
    assert "30 ngày" in first.brief
    assert count(unaccent(first.brief)).segments == 2
    again = await talk.say("HD")
    assert "30 ngày" not in again.brief
    assert count(unaccent(again.brief)).segments == 1


async def test_help_says_how_a_decision_stands_that_is_not_in_force_and_who_answers_now():
    rules = load_rule_sets(DATA / "profiles")
    reply = await Talk(reads=GivenReads(rule_sets=tuple(rules.values()))).say("HD")
    said = [line for line in reply.text.splitlines() if line.startswith("Quy chế dữ liệu mở của")]
    assert len(said) == len(rules) - 1, "all but the one that is in force"
    assert (
        "Quy chế dữ liệu mở của Vĩnh Phúc (Quyết định 42/2024/QĐ-UBND): được cho là còn hiệu lực trong địa bàn cũ, "
        "chờ xác nhận. Cơ quan phụ trách Cổng hiện nay: Sở Khoa học và Công nghệ tỉnh Phú Thọ."
    ) in said
    assert "Quy chế" not in reply.brief


@pytest.mark.parametrize(
    ("provinces", "decisions"),
    [((), []), (("phutho",), ["vinhphuc"]), (("quangngai", "khanhhoa"), ["ninhthuan", "quangngai"]), (("hue",), [])],
)
def test_an_account_speaks_of_the_decisions_of_its_provinces_only(provinces, decisions):
    rulebook = Rulebook(rule_sets=load_rule_sets(DATA / "profiles"))
    reads = Reads(cast("Store", None), cast("Library", None), provinces=provinces, rulebook=lambda: rulebook)
    assert [rules.id for rules in reads.decisions()] == decisions


async def test_the_language_changes_from_the_very_answer_on():
    talk = Talk(account=SHARED)
    assert (await talk.say("EN")).text.endswith("text DL VI to 8179.")
    assert talk.outcome.effects == (SetLanguage(language="en"),)
    assert (await talk.say("gold")).text.startswith("There is no open data about “gold” yet.")
    assert (await talk.say("vi")).text.startswith("Từ nay trả lời bằng tiếng Việt.")


async def test_accents_say_their_price_and_the_way_back_and_arrive_with_accents():
    from bot.core.sms import count
    from bot.core.text import unaccent

    talk = Talk(account=SHARED)
    on = await talk.say("CO DAU")
    assert talk.outcome.effects == (SetAccents(accents=True),)
    assert "70 ký tự thay vì 160" in on.brief
    assert on.brief.endswith("soạn DL KHÔNG DẤU gửi 8179.")
    assert (count(on.brief).encoding, count(on.brief).segments) == ("ucs2", 2)
    off = await talk.say("KHONG DAU")
    assert talk.outcome.effects == (SetAccents(accents=False),)
    assert off.brief.endswith("soạn DL CÓ DẤU gửi 8179.")
    assert count(unaccent(off.brief)).segments == 1


async def test_where_accents_cost_nothing_it_is_said_that_they_are_always_there():
    assert "luôn có dấu" in (await Talk().say("có dấu")).text
    assert "luôn có dấu" in (await Talk().say("không dấu")).text
    talk = Talk()
    await talk.say("EN")
    assert "always have their accents" in (await talk.say("no accents")).text


async def test_an_old_button_of_the_accents_changes_nothing():
    talk = Talk(account=SHARED)
    await talk.say("có dấu")
    await talk.say("", choice="accents:")
    assert talk.outcome.effects == (SetAccents(accents=True),)


async def test_with_accents_a_figure_gives_up_its_invitation_before_its_accents():
    from bot.core.sms import count

    found = figures(people(RowForm.CELL, 0, asked=(4,)))
    talk = Talk(account=SHARED, reads=GivenReads(found={"dan so quang ngai": found}))
    await talk.say("có dấu")
    reply = await talk.say("dan so quang ngai")
    assert (count(reply.brief).encoding, count(reply.brief).segments) == ("ucs2", 2)
    assert "2.161.755 người" in reply.brief
    assert reply.brief.splitlines()[-1].startswith("Mã ")


WITHDRAWN = (
    ("STOP", None, "ĐK"),
    ("ngừng ạ", None, "ĐK"),
    ("TC", None, "ĐK"),
    ("hủy bảo trì", "bao-tri", "ĐK BẢO TRÌ"),
    ("HUY DLM", "du-lieu-moi", "ĐK DỮ LIỆU MỚI"),
)


@pytest.mark.parametrize(("text", "topic", "back"), WITHDRAWN, ids=[row[0] for row in WITHDRAWN])
async def test_withdrawing_keeps_what_was_typed_and_shows_the_way_back(text, topic, back):
    talk = Talk(account=SHARED)
    reply = await talk.say(text)
    assert talk.outcome.effects == (RecordConsent(topic=topic, given=False, evidence=text),)
    assert f"soạn DL {back} gửi 8179" in reply.text


async def test_consent_is_given_for_one_listed_topic_and_shows_the_way_out():
    talk = Talk()
    reply = await talk.say("đk bảo trì")
    assert talk.outcome.effects == (RecordConsent(topic="bao-tri", given=True, evidence="đk bảo trì"),)
    assert "trả lời HỦY BẢO TRÌ" in reply.text
    await talk.say("dk kinh doanh")
    assert talk.handler == "lookup"


async def test_without_a_topic_the_topics_are_offered():
    talk = Talk()
    assert len((await talk.say("ĐK")).choices) == 2
    assert talk.outcome.effects == ()
    await talk.say("2")
    assert talk.outcome.effects == (RecordConsent(topic="du-lieu-moi", given=True, evidence="2"),)
    assert (await talk.say("", choice="consent:xo-so")).text == "Không có loại thông báo này."
    assert talk.outcome.effects == ()


async def test_yes_never_unsubscribes():
    talk = Talk(reads=GivenReads(found={"q": titles(Decision.SUGGEST, SIMPLE)}))
    for text in ("dung", "q", "dung", "dung"):
        await talk.say(text)
        assert not any(isinstance(effect, RecordConsent) for effect in talk.outcome.effects)


async def test_a_call_for_help_gets_the_numbers_at_once_and_nothing_else():
    talk = Talk(reads=MENU)
    await talk.say("q")
    reply = await talk.say("chay nha o xa tinh khe")
    assert reply.urgent
    assert reply.text.startswith("KHẨN CẤP: gọi ngay 114")
    assert reply.choices == ()


BETWEEN = (
    "STOP",
    "HD",
    "EN",
    "có dấu",
    "đk bt",
    "cảm ơn nhé",
    "đồ ngu",
    "ma 7HJN6",
    "7HJN5",
    "xin chao",
    "99",
    "cháy nhà cứu với",
    "xem t",
)


@pytest.mark.parametrize("text", BETWEEN)
async def test_what_is_said_in_between_leaves_the_list_and_its_question_as_they_are(text):
    both = figures(units(RowForm.AMBIGUOUS, 0, 1, asked=(1,)))
    reads = GivenReads(found={"ma xa an phu": both}, found_in={(UNITS.code, "ma xa an phu"): both})
    talk = Talk(reads=reads)
    await talk.say("ma xa an phu")
    before = talk.conversation
    await talk.say(text)
    after = talk.conversation
    assert (after.state, after.data, after.choices) == (before.state, before.data, before.choices)
    await talk.say("2")
    await talk.say("VI")
    assert "30337" in (await talk.say("hai")).text, "also after an entry was opened"


ANSWERED_CALMLY = (
    ("tra ba cái số vớ vẩn", "Rất tiếc vì chưa giúp được."),
    ("vang", "Rất vui được phục vụ."),
    ("dạ", "Rất vui được phục vụ."),
)


@pytest.mark.parametrize(("text", "answer"), ANSWERED_CALMLY, ids=[row[0] for row in ANSWERED_CALMLY])
async def test_what_is_no_question_is_answered_when_the_look_up_found_nothing(text, answer):
    assert (await Talk().say(text)).text.startswith(answer)
    talk = Talk(reads=GivenReads(found={text: titles(Decision.MENU, SIMPLE)}))
    assert (await talk.say(text)).text.startswith("Dữ liệu liên quan")


async def test_a_mistyped_code_is_said_to_be_one_unless_a_row_has_it():
    said = "Không tìm thấy câu trả lời có mã 7HJN6."
    for found in ({}, {"ma 7HJN6": titles(Decision.MENU, SIMPLE)}):
        assert (await Talk(reads=GivenReads(found=found)).say("ma 7HJN6")).text.startswith(said)
    row = {"ma 7HJN6": figures(people(RowForm.CELL, 0, asked=(4,)))}
    assert said not in (await Talk(reads=GivenReads(found=row)).say("ma 7HJN6")).text


@pytest.mark.parametrize("text", ["không", "dung", "hả", "sai rồi", "là sao", "gì vậy ạ"])
async def test_a_word_that_asks_nothing_is_asked_back_without_a_look_up(text):
    talk = Talk(reads=GivenReads(found={text: titles(Decision.MENU, SIMPLE)}))
    assert (await talk.say(text)).text.startswith("Xin ghi rõ điều cần hỏi, ví dụ: “dân số Quảng Ngãi”.")


async def test_politeness_behind_a_question_is_taken_off_when_nothing_was_found_with_it():
    talk = Talk(reads=GivenReads(found={"dan so an giang": titles(Decision.MENU, SIMPLE)}))
    assert (await talk.say("dan so an giang đi nhé")).choices
    assert (await talk.say("dan so an giang vậy bạn ơi")).choices


FALLEN_BACK = (
    ("", "Xin gửi điều cần hỏi bằng chữ"),
    ("😀😀", "Xin gửi điều cần hỏi bằng chữ"),
    ("DL", "Xin gửi điều cần hỏi bằng chữ"),
    ("x" * 501, "Tin nhắn dài quá 500 ký tự"),
    ("7", "Chưa có danh sách nào đang mở cho số 7."),
    ("xem 7", "Chưa có danh sách nào đang mở cho số 7."),
    ("DL 7", "Chưa có danh sách nào đang mở cho số 7."),
)


@pytest.mark.parametrize(("text", "answer"), FALLEN_BACK, ids=[row[0][:9] or "nothing" for row in FALLEN_BACK])
async def test_what_cannot_be_looked_up_gets_an_example_of_what_can(text, answer):
    reply = await Talk(account=SHARED).say(text)
    assert reply.text.startswith(answer)
    assert "soạn DL dân số Quảng Ngãi gửi 8179" in reply.text


async def test_a_number_beyond_the_menu_leaves_the_menu_open():
    talk = Talk(reads=MENU)
    await talk.say("q")
    assert (await talk.say("3")).text == "Danh sách có 2 mục. Xin chọn số từ 1 đến 2."
    assert (await talk.say("2")).text.startswith(OLDER.title)


async def test_a_button_that_means_nothing_is_said_to_have_lapsed():
    assert (await Talk().say("Mở", choice="nobody:x")).text.startswith("Lựa chọn này không còn dùng được.")


UNREAD = (
    (AttachmentKind.PICTURE, "ảnh", "pictures"),
    (AttachmentKind.STICKER, "nhãn dán", "stickers"),
    (AttachmentKind.PLACE, "vị trí", "the name of the commune"),
    (AttachmentKind.VOICE, "tin thoại", "voice messages"),
    (AttachmentKind.VIDEO, "video", "videos"),
    (AttachmentKind.FILE, "tệp", "files"),
    (AttachmentKind.CONTACT, "danh thiếp", "contacts"),
    (AttachmentKind.OTHER, "nội dung này", "not this"),
)


@pytest.mark.parametrize(("kind", "vi", "en"), UNREAD, ids=[row[0] for row in UNREAD])
async def test_what_is_no_text_is_named_and_answered_with_the_way_to_ask(kind, vi, en):
    talk = Talk()
    reply = await talk.say("", attachment=kind)
    assert vi in reply.text
    example = "xã An Phú thuộc tỉnh nào" if kind is AttachmentKind.PLACE else "dân số Quảng Ngãi"
    assert f"“{example}”" in reply.text
    await talk.say("EN")
    assert en in (await talk.say("", attachment=kind)).text


def test_every_kind_of_attachment_has_a_name():
    assert {kind for kind, _, _ in UNREAD} == set(AttachmentKind)


async def test_a_picture_with_words_under_it_is_a_question():
    talk = Talk(reads=MENU)
    await talk.say("q", attachment=AttachmentKind.PICTURE)
    assert talk.handler == "lookup"


async def test_a_sticker_leaves_the_list_on_offer():
    talk = Talk(reads=MENU)
    await talk.say("q")
    await talk.say("", attachment=AttachmentKind.STICKER)
    assert talk.handler == "attachment"
    await talk.say("2")
    assert talk.handler == "dataset"
