"""Reports: a wrong figure, data that are missing, feedback; and where one stands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import OpenTicket
from bot.core.findings import Decision, RowForm
from bot.core.sms import count
from bot.core.text import unaccent
from bot.core.tickets import Ticket, TicketKind, TicketState
from bot.wording.speech import Speech
from bot.wording.ticket import word_wrong
from tests.support.talk import (
    NOW,
    OLDER,
    OPEN,
    PEOPLE,
    PERSON,
    SHARED,
    SIMPLE,
    GivenReads,
    Talk,
    content,
    figures,
    people,
    titles,
)

FIGURE = figures(people(RowForm.CELL, 0, asked=(4,)))


def reads(**found):
    return GivenReads(
        found={"dan so quang ngai": FIGURE} | {key.replace("_", " "): value for key, value in found.items()}
    )


def opened(talk):
    """The ticket that the last turn opens; None when it opens none."""
    return next((effect for effect in talk.outcome.effects if isinstance(effect, OpenTicket)), None)


def kept_code(talk):
    (code,) = talk.reads.kept
    return code


async def test_right_after_an_answer_its_rows_are_reported_with_the_figure_as_printed():
    talk = Talk(reads=reads())
    await talk.say("dan so quang ngai")
    code = kept_code(talk)
    reply = await talk.say("báo sai")
    ticket = opened(talk)
    assert (ticket.kind, ticket.dataset, ticket.table, ticket.rows) == (
        TicketKind.WRONG_FIGURE,
        PEOPLE.code,
        "a" * 64,
        (0,),
    )
    assert (ticket.answer, ticket.publisher, ticket.text) == (code, "Bộ Nội vụ", "")
    assert "2.161.755 người" in ticket.figure
    for told in (
        str(ticket.number),
        ticket.figure,
        PEOPLE.title,
        "Bộ Nội vụ",
        f"TÌNH TRẠNG {ticket.number}",
        "24 tháng",
    ):
        assert told in reply.text


async def test_a_name_that_is_cut_ends_in_three_dots_not_four():
    opened = OpenTicket(number=4977, identity="x", kind=TicketKind.WRONG_FIGURE, text="", publisher="Sở Nội vụ " * 9)
    told = word_wrong(Speech(content=content(), language="vi", account=OPEN), opened, "Dân số", now=NOW).brief
    assert "… " in told
    assert "…." not in told


async def test_of_a_whole_row_its_name_is_told_with_its_first_figure():
    talk = Talk(reads=reads(quang_ngai=figures(people(RowForm.RECORD, 0))))
    await talk.say("quang ngai")
    await talk.say("báo sai")
    assert opened(talk).figure == "Quảng Ngãi; Miền: Trung; Sáp nhập từ: Quảng Ngãi + Kon Tum; Diện tích: 14.832,55 km²"


async def test_with_a_code_an_earlier_answer_is_reported_with_what_is_wrong():
    talk = Talk(reads=reads())
    await talk.say("dan so quang ngai")
    code = kept_code(talk)
    for text in ("không có gì đâu zyx", "HD"):
        await talk.say(text)
    await talk.say(f"bao sai {code.lower()} phai la 2 trieu")
    assert (opened(talk).answer, opened(talk).text) == (code, "phai la 2 trieu")


async def test_between_answer_and_report_help_may_be_asked_for():
    talk = Talk(reads=reads())
    await talk.say("dan so quang ngai")
    await talk.say("HD")
    await talk.say("báo sai")
    assert opened(talk).answer == kept_code(talk)


@pytest.mark.parametrize("question", ["y te", "không có gì đâu zyx"])
async def test_after_another_question_the_earlier_answer_is_no_longer_meant(question):
    talk = Talk(reads=reads(y_te=titles(Decision.MENU, SIMPLE, OLDER)))
    await talk.say("dan so quang ngai")
    await talk.say(question)
    reply = await talk.say("báo sai")
    assert opened(talk) is None
    assert reply.text.startswith("Cần báo sai câu trả lời nào?")


async def test_an_answer_that_was_opened_again_by_its_code_is_the_one_that_is_meant():
    talk = Talk(reads=reads())
    await talk.say("dan so quang ngai")
    code = kept_code(talk)
    talk.conversation = replace(talk.conversation, data={}, state="")
    await talk.say(code)
    await talk.say("báo sai")
    assert opened(talk).answer == code


WITHOUT = ("báo sai", "báo sai số này cũ quá rồi", "bao sai gon giai phong", "BÁO SAI:")


@pytest.mark.parametrize("text", WITHOUT)
async def test_without_answer_or_code_it_is_asked_which(text):
    talk = Talk(account=SHARED)
    reply = await talk.say(text)
    assert opened(talk) is None
    assert "soạn DL BÁO SAI và mã của câu trả lời gửi 8179" in reply.text


async def test_what_only_begins_like_a_report_is_looked_up():
    talk = Talk(reads=GivenReads(found={"bao sai gon giai phong": titles(Decision.MENU, SIMPLE)}))
    assert (await talk.say("bao sai gon giai phong")).text.startswith("Dữ liệu liên quan")


async def test_a_code_that_was_never_given_is_refused():
    talk = Talk()
    assert "7KQ2M" in (await talk.say("", choice="wrong:7KQ2M:x")).text
    assert opened(talk) is None


WISHES = (
    ("ĐỀ NGHỊ DỮ LIỆU giá vàng ở chợ", TicketKind.DATA_REQUEST, "giá vàng ở chợ"),
    ("DL de nghi du lieu: gia vang", TicketKind.DATA_REQUEST, "gia vang"),
    ("GÓP Ý chữ to hơn", TicketKind.FEEDBACK, "chữ to hơn"),
    ("góp ý: chữ to hơn", TicketKind.FEEDBACK, "chữ to hơn"),
)


@pytest.mark.parametrize(("text", "kind", "words"), WISHES, ids=[row[0] for row in WISHES])
async def test_a_wish_to_which_there_are_no_data_is_noted_at_once(text, kind, words):
    talk = Talk(account=SHARED)
    reply = await talk.say(text)
    ticket = opened(talk)
    assert (ticket.kind, ticket.text, ticket.dataset) == (kind, words, "")
    assert f"soạn DL TÌNH TRẠNG {ticket.number} gửi 8179" in reply.brief
    assert count(unaccent(reply.brief)).segments <= 2


async def test_a_request_says_that_it_does_not_replace_the_formal_one():
    assert "Luật Tiếp cận thông tin" in (await Talk().say("đề nghị dữ liệu: giá vàng")).text


async def test_a_wish_to_which_there_are_data_shows_them_first_and_is_sent_by_one_digit():
    talk = Talk(reads=reads(gia_vang=titles(Decision.MENU, SIMPLE, OLDER)))
    reply = await talk.say("đề nghị dữ liệu gia vang")
    assert opened(talk) is None
    assert [choice.label for choice in reply.choices] == [SIMPLE.title, OLDER.title, "Gửi đề nghị dữ liệu"]
    await talk.say("3")
    assert (opened(talk).kind, opened(talk).text) == (TicketKind.DATA_REQUEST, "gia vang")


async def test_with_a_colon_nothing_is_looked_up():
    talk = Talk(reads=reads(gia_vang=titles(Decision.MENU, SIMPLE)))
    await talk.say("đề nghị dữ liệu: gia vang")
    assert opened(talk).text == "gia vang"


async def test_after_an_answer_a_report_in_words_that_is_also_a_question_is_offered_to_be_sent():
    talk = Talk(reads=GivenReads(found={"dan so quang ngai": FIGURE, "bao sai gon": titles(Decision.MENU, SIMPLE)}))
    await talk.say("dan so quang ngai")
    code = kept_code(talk)
    reply = await talk.say("bao sai gon")
    assert opened(talk) is None
    assert reply.choices[-1].label == "Gửi báo sai"
    await talk.say("2")
    assert (opened(talk).answer, opened(talk).text) == (code, "gon")


@pytest.mark.parametrize(("text", "how"), [("góp ý", "GÓP Ý và nội dung"), ("ĐNDL", "ĐỀ NGHỊ DỮ LIỆU và nội dung")])
async def test_a_wish_without_words_is_asked_back(text, how):
    talk = Talk(account=SHARED)
    assert f"soạn DL {how} gửi 8179" in (await talk.say(text)).text
    assert opened(talk) is None


async def test_the_same_words_in_other_letters_are_the_same_report():
    talk = Talk()
    await talk.say("góp ý: Chữ to hơn!")
    first = opened(talk)
    await talk.say("gop y: chu to hon")
    assert opened(talk).identity == first.identity
    assert opened(talk).number == first.number


async def test_a_complaint_is_kept_only_when_it_is_sent():
    talk = Talk(account=SHARED)
    reply = await talk.say("sao lâu vậy, làm ăn tắc trách")
    assert opened(talk) is None
    assert "soạn DL GÓP Ý và nội dung gửi 8179" in reply.text
    (send,) = reply.choices
    await talk.say("1")
    assert (opened(talk).kind, opened(talk).text) == (TicketKind.FEEDBACK, "sao lâu vậy, làm ăn tắc trách")
    await talk.say("không")
    assert opened(talk) is None
    assert send.label == "Gửi góp ý"


async def test_a_complaint_is_answered_in_english_too():
    talk = Talk()
    await talk.say("EN")
    assert "only if you choose to send them" in (await talk.say("terrible service")).text


TICKET = Ticket(
    number=4821,
    kind=TicketKind.FEEDBACK,
    state=TicketState.OPEN,
    channel="web",
    opened_at=NOW,
    text="chữ to hơn",
    person=PERSON.user,
)


async def test_anybody_may_ask_where_a_report_stands_and_hears_nothing_that_was_written():
    talk = Talk(reads=GivenReads(tickets={4821: TICKET}))
    assert (await talk.say("tinh trang 4821")).text == "Số 4821 (góp ý, ghi ngày 16/11/2026): đang xử lý."
    closed = replace(TICKET, state=TicketState.CLOSED, closed_at=NOW + timedelta(days=1), note="Đã sửa.")
    for person, noted in ((PERSON.user, True), ("another", False), (None, False)):
        reply = await Talk(reads=GivenReads(tickets={4821: replace(closed, person=person)})).say("TÌNH TRẠNG 4821")
        assert "đã xử lý ngày 17/11/2026" in reply.text
        assert ("Đã sửa." in reply.text) is noted
        assert "chữ to hơn" not in reply.text


async def test_a_number_that_no_report_has_is_told():
    assert (await Talk().say("tình trạng 4822")).text.startswith("Không có phản ánh số 4822.")
    assert (await Talk().say("", choice="status:x")).text.startswith("Không có phản ánh số 0.")
