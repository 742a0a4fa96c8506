"""What officers hear: what is noted, when it is due next, how it is taken back; every answer fits into two parts."""

from datetime import date, timedelta

import pytest

from bot.core import sms
from bot.core.accounts import Account
from bot.core.cycle import UpdateCycle
from bot.core.obligations.progress import Act, ActKind, Status
from bot.core.text import fold, unaccent
from tests.support.duty_desk import APPROVER, FIRST, HEAD, ITEMS, PHARMACIES, SECOND, STRANGER, Office, item
from tests.support.talk import SHARED, Talk

QUARTER, OCTOBER = 4, 5
"""The numbers of the quarter that is late and of the month that is open, after the list was read."""


@pytest.fixture
async def office() -> Office:
    """An agency with five open duties on 16 November 2026, whose first officer has read their list."""
    opened = Office()
    await opened.say("việc của tôi")
    await opened.say("việc của tôi 2")
    return opened


async def test_the_list_names_every_duty_with_number_period_and_state(office: Office):
    first, second = await office.say("VCT"), await office.say("viec cua toi 2")
    assert first.text.splitlines() == [
        "Sở Y tế: 5 việc, trang 1/2.",
        "(1) Danh mục cơ sở khám bệnh, chữa bệnh, tháng 7/2026: quá hạn 20/08/2026",
        "(2) Danh mục cơ sở khám bệnh, chữa bệnh, tháng 8/2026: quá hạn 21/09/2026",
        "(3) Danh mục cơ sở khám bệnh, chữa bệnh, tháng 9/2026: quá hạn 20/10/2026",
        "(4) Danh sách cơ sở bán lẻ thuốc, quý 3/2026: quá hạn 30/10/2026",
        "Xem tiếp: trả lời VIỆC CỦA TÔI 2.",
    ]
    assert "(5) Danh mục cơ sở khám bệnh, chữa bệnh, tháng 10/2026: hạn 20/11/2026" in second.text


async def test_a_report_is_noted_with_the_next_date_and_the_way_back_and_is_not_called_verified(office: Office):
    reply = await office.say("đã cập nhật 5 ạ")
    assert reply.text == (
        "Đã ghi: mục 5 (Danh mục cơ sở khám bệnh, chữa bệnh) đã báo xong lúc 09:00 ngày 16/11/2026, chưa đối chiếu. "
        "Kỳ sau hạn 20/12/2026. Báo nhầm: trả lời HOÀN TÁC 5."
    )
    assert office.kinds() == [ActKind.DONE]


async def test_colleagues_see_who_has_reported_and_when_and_nothing_is_noted_twice(office: Office):
    await office.say("xong 4")
    await office.say("vct", SECOND)
    again = await office.say("xong 4")
    other = office.desk(SECOND)
    assert other is not None
    assert [task.title for task in other.open].count(PHARMACIES) == 0
    assert "đã được Cán bộ đầu mối 01 báo xong lúc 09:00 ngày 16/11/2026; đã báo, chưa đối chiếu" in again.text
    assert office.kinds() == [ActKind.DONE]


async def test_several_are_reported_at_once_and_one_alone_needs_no_number(office: Office):
    assert "Có 5 việc đang mở, xin kèm số" in (await office.say("xong")).text
    several = await office.say("xong 1, 2, 3, 4")
    assert "mục 1, 2, 3, 4 đã báo xong" in several.text
    assert "mục 5 (Danh mục" in (await office.say("xong")).text
    assert "Không có việc nào đang chờ" in (await office.say("xong")).text


async def test_no_change_counts_only_where_the_rule_allows_it(office: Office):
    reply = await office.say("khong doi 5")
    assert reply.text.startswith("Theo khoản 6 Điều 7 QC kèm QĐ 112/2026/QĐ-UBND, mục 5 đến kỳ vẫn phải cập nhật")
    assert office.kinds() == []
    review = Office(province="thaibinh", items=())
    await review.say("vct")
    said = await review.say("không đổi 1")
    assert "báo không đổi" in said.text
    assert "Kỳ sau hạn 16/05/2027" in said.text, "the gap counts from the day on which it was done"


async def test_a_change_starts_a_clock_of_its_own(office: Office):
    reply = await office.say("co thay doi 5 20/07/2026")
    assert reply.text.startswith(
        "Đã ghi: mục 5 (Danh mục cơ sở khám bệnh, chữa bệnh) có thay đổi ngày 20/07/2026. Hạn cập nhật 28/08/2026 "
        "(30 ngày làm việc, khoản 6 Điều 7 QC kèm QĐ 112/2026/QĐ-UBND); đã qua hạn này. Kính đề nghị cập nhật sớm."
    )
    assert "đã qua" not in (await office.say("có thay đổi 5")).text, "without a day: today"
    assert [act.day for acts in office.acts.values() for act in acts] == [date(2026, 7, 20), date(2026, 11, 16)]
    assert "HOÀN TÁC 6" in reply.text
    assert "không còn ghi mục 6" in (await office.say("hoan tac 6")).text


REFUSED = (
    ("có thay đổi 5 20/12/2026", "Ngày 20/12/2026 chưa đến."),
    ("có thay đổi 5 01/06/2026", "trước ngày quyết định có hiệu lực (02/07/2026)"),
    ("có thay đổi 5 31/02/2026", "“31/02/2026” không phải là ngày có thật."),
    ("nhắc sau 5 16/11", "Ngày 16/11/2026 đã qua."),
    ("nhắc sau 5 25/11", "Chỉ hoãn tin nhắc, không hoãn hạn: mục 5 hạn 20/11/2026"),
    ("nhắc sau 1 25/11", "Mục 1 đã đến hạn 20/08/2026"),
    ("nhắc sau 5", "Nhắc lại mục 5 ngày nào, trước hạn 20/11/2026?"),
    ("xong 77", "Không có việc số 77."),
    ("hoàn tác 5", "Ở mục 5 không có lời báo nào của chính người gửi"),
    ("hoàn tác", "Trong 7 ngày qua không có lời báo nào"),
    ("duyệt 5", "Chỉ người duyệt hoặc người đứng đầu cơ quan duyệt được."),
    ("đồng ý chuyển 5", "Chỉ người đứng đầu cơ quan"),
)


async def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_noted(office: Office):
    heard = {text: (await office.say(text)).text for text, _ in REFUSED}
    assert {text: said for text, said in heard.items() if dict(REFUSED)[text] not in said} == {}
    assert office.kinds() == []


async def test_a_decision_without_a_rule_for_changes_says_so():
    office = Office(
        province="vinhphuc", items=(item("VP-01", "Danh mục", UpdateCycle.MONTHLY, 20, province="vinhphuc"),)
    )
    await office.say("vct")
    desk = office.desk(FIRST)
    assert desk is not None
    number = next(task.number for task in desk.open if task.title == "Danh mục")
    for page in (1, 2, 3):
        await office.say(f"vct {page}")
    reply = await office.say(f"có thay đổi {number}")
    assert "không định hạn riêng tính từ ngày có thay đổi" in reply.text


async def test_postponing_moves_the_reminder_and_says_the_deadline_again(office: Office):
    reply = await office.say("nhac sau 5 18/11")
    assert "sẽ nhắc lại mục 5" in reply.text
    assert "Hạn không đổi: 20/11/2026." in reply.text
    desk = office.desk(FIRST)
    assert desk is not None
    task = desk.find(OCTOBER)
    assert task is not None
    assert task.progress.postponed == {FIRST: date(2026, 11, 18)}
    assert "NHẮC SAU 5 17/11" in (await office.say("nhắc sau 5")).text, "an example that can be meant"


async def test_ones_own_last_word_is_taken_back_within_a_week_unless_it_was_verified(office: Office):
    await office.say("xong 4")
    assert "không còn ghi là báo xong" in (await office.say("hoàn tác")).text
    await office.say("xong 4")
    office.later(days=8)
    assert "Đã quá 7 ngày" in (await office.say("hoan tac 4")).text
    await office.say("vct 2")
    await office.say("xong 5")
    key = next(reversed(office.acts))
    office.acts[key].append(Act(id=99, key=key, kind=ActKind.MATCHED, at=office.now, day=date(2026, 11, 20)))
    assert "không hoàn tác qua tin nhắn được" in (await office.say("hoan tac 5")).text


async def test_a_duty_goes_to_a_colleague_once_the_head_agrees(office: Office):
    asked = await office.say("đề nghị chuyển 4")
    assert [choice.label for choice in asked.choices] == ["Cán bộ đầu mối 02", "Giám đốc Sở", "Người duyệt 01"]
    assert "Không có “An”" in (await office.say("de nghi chuyen 4 cho An")).text
    reply = await office.say("de nghi chuyen 4 dau moi 02")
    assert "Giám đốc Sở sẽ được hỏi" in reply.text
    assert "hạn 30/10/2026" in reply.text
    listed = await office.say("vct", HEAD)
    assert "Cán bộ đầu mối 01 đề nghị chuyển cho Cán bộ đầu mối 02" in listed.text
    assert "ĐỒNG Ý CHUYỂN 1" in listed.text or "VIỆC CỦA TÔI 2" in listed.text
    assert "không chuyển" in (await office.say("khong chuyen 1", HEAD)).text
    await office.say("", choice=asked.choices[0].value)
    assert "chuyển cho Cán bộ đầu mối 02" in (await office.say("dong y chuyen", HEAD)).text
    mine, theirs = office.desk(FIRST), office.desk(SECOND)
    assert mine is not None
    assert theirs is not None
    assert PHARMACIES not in [task.title for task in mine.open]
    assert PHARMACIES in [task.title for task in theirs.open]


async def test_an_approver_confirms_or_says_why_not_and_nobody_confirms_their_own_word(office: Office):
    await office.say("xong 4")
    await office.say("vct", APPROVER)
    assert "Xin ghi lý do" in (await office.say("chưa đạt 1", APPROVER)).text
    assert "chưa đạt. Việc mở lại" in (await office.say("chua dat 1 thieu cot 3", APPROVER)).text
    await office.say("xong 4")
    reply = await office.say("duyệt", APPROVER)
    assert reply.text.startswith("Đã ghi: Người duyệt 01 duyệt mục 1 (Danh sách cơ sở bán lẻ thuốc) lúc 09:00")
    desk = office.desk(FIRST)
    assert desk is not None
    task = desk.find(QUARTER)
    assert task is not None
    assert task.status is Status.VERIFIED
    assert "không hoàn tác qua tin nhắn được" in (await office.say("hoàn tác 4")).text
    await office.say("vct 2", HEAD)
    for number in range(1, 6):
        await office.say(f"xong {number}", HEAD)
    assert "do chính người gửi báo" in (await office.say("duyệt 1", HEAD)).text


async def test_details_tell_the_article_the_dates_and_what_was_said(office: Office):
    await office.say("xong 2")
    told = (await office.say("2")).text
    for part in ("hạn 20/09/2026, tính cả ngày nghỉ 21/09/2026", "Căn cứ khoản 6 Điều 7 QC kèm QĐ 112/2026/QĐ-UBND"):
        assert part in told
    assert told.endswith("09:00 16/11/2026: Cán bộ đầu mối 01 báo xong")


async def test_buttons_of_a_reminder_do_what_their_words_do_to_their_duty_whatever_its_number_means_now(office: Office):
    keys = {number: key for key, number in office.numbers[FIRST].items()}
    assert "mục 4" in (await office.say("", choice=f"reporting:done:{keys[4]}")).text
    assert "mục 5 đến kỳ vẫn phải" in (await office.say("", choice=f"reporting:unchanged:{keys[5]}")).text
    assert (await office.say("", choice=f"tasks:duty:{keys[4]}")).text.startswith("(4)")
    assert (await office.say("", choice="tasks:page:1")).text.startswith("Sở Y tế: 4 việc")
    office.numbers[FIRST] = {keys[1]: 2, keys[2]: 1}  # given anew after they were forgotten
    assert (await office.say("", choice=f"tasks:duty:{keys[1]}")).text.startswith("(2)")
    for old in ("1", "x", "", "quangngai/update-period/item:GONE/2026-07"):
        assert "không còn trong danh sách" in (await office.say("", choice=f"reporting:done:{old}")).text
    assert office.kinds() == [ActKind.DONE]


async def test_where_nobody_has_confirmed_the_decision_its_status_is_said_and_nobody_is_late():
    items = (item("N-01", "Danh mục", UpdateCycle.MONTHLY, 15, province="ninhthuan"),)
    office = Office(province="ninhthuan", items=items, confirmed=False)
    said = [await office.say(text) for text in ("vct", "chi tiết 1", "nhắc sau 1 18/11", "xong 1", "EN", "vct")]
    assert "mới có bản dự thảo, chưa xác nhận đã ban hành" in said[0].text
    assert "tháng 7/2026: dự kiến 15/08/2026" in said[0].text
    assert "chưa gửi tin nhắc việc" in said[2].text
    assert "Kỳ sau dự kiến 15/12/2026." in said[3].text
    for reply in said:
        for text in (reply.text, reply.brief or ""):
            assert "quá hạn" not in text
            assert "overdue" not in text
            assert "đã đến hạn" not in text


async def test_for_a_stranger_the_words_are_questions_and_their_buttons_say_how_to_activate():
    office = Office()
    for text in ("xong 1", "việc của tôi", "duyệt 1", "hoàn tác"):
        await office.say(text, STRANGER)
        assert office.talks[STRANGER].handler in {"lookup", "fallback"}, text
    assert (
        "KÍCH HOẠT"
        in (await office.say("", STRANGER, choice="reporting:done:quangngai/update-period/item:QN-01/2026-07")).text
    )
    assert office.kinds() == []


async def test_help_names_their_words_to_officers_only(office: Office):
    assert "CÓ THAY ĐỔI 1 20/7" in (await office.say("hd")).text
    assert "CÓ THAY ĐỔI" not in (await office.say("hd", STRANGER)).text


LONG = (
    "Danh mục cơ sở sản xuất, kinh doanh thực phẩm đủ điều kiện an toàn thực phẩm thuộc thẩm quyền quản lý trên địa bàn"
)
TALKED = (
    "việc của tôi", "việc của tôi 2", "chi tiết 1", "xong 1", "xong 1", "hoàn tác 1", "xong 1 2 3", "không đổi 4",
    "có thay đổi 4 20/07/2026", "nhắc sau 4", "đề nghị chuyển 4", "đề nghị chuyển 4 cho đầu mối 02", "hoàn tác", "hd",
)  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("account", [SHARED, Account(channel="kannel", name="8179", number="0901234567")])
async def test_every_answer_fits_into_two_parts_of_a_text_message(language: str, account: Account):
    office = Office(items=tuple(item(f"QN-{n}", f"{LONG} {n}", UpdateCycle.MONTHLY, 20) for n in range(9)))
    talk = office.talks[FIRST] = Talk(account=account)
    if language == "en":
        await office.say("EN")
    lengths = {}
    for text in TALKED:
        reply = await office.say(text)
        lines = [reply.brief or reply.text, *(f"{n} {choice.label}" for n, choice in enumerate(reply.choices, 1))]
        lengths[text] = sms.count(unaccent("\n".join(lines))).segments
    assert {text: parts for text, parts in lengths.items() if parts > 2} == {}
    assert talk.conversation.language == language


async def test_officers_are_answered_the_same_without_diacritics():
    with_marks, without = Office(), Office()
    for text in TALKED:
        assert (await with_marks.say(text)).text == (await without.say(fold(text))).text, text


def test_the_seeded_items_are_what_the_tests_count_on():
    assert [one.cycle.code for one in ITEMS] == [UpdateCycle.MONTHLY, UpdateCycle.QUARTERLY]
    assert timedelta(days=7) < timedelta(days=8)
