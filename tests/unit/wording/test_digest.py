"""What officers read when they are reminded: long and as an SMS, in both languages, on every kind of day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest

from bot.core import sms
from bot.core.accounts import Account
from bot.core.messages import Reply
from bot.core.obligations.agency import Agency, AgencyKind
from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.planning import Notice, OpenDuty
from bot.core.obligations.profile import ProfileStatus, Role, RuleSet, SignedDecision
from bot.core.obligations.progress import Progress, Status
from bot.core.obligations.rule import Bearer, Term, Trigger
from bot.core.obligations.staffing import Staffing
from bot.core.text import unaccent
from bot.store.reminding import Line
from bot.wording.digest import word_digest
from bot.wording.letterhead import Letterhead
from bot.wording.speech import Speech
from tests.support.duties import RULE, Office, at, duty, officer
from tests.support.talk import SHARED, content

PHONE = Account(channel="sms", name="main")
ONE_WAY = Account(channel="sms", name="brand", one_way=True)
DAY = timedelta(days=1)
JULY = date(2026, 7, 15)
UPDATE = replace(RULE, article="khoản 6 Điều 13 QC")
REPORT = replace(UPDATE, trigger=Trigger.PERIOD, title="Báo cáo quý", title_en="Quarterly report", unchanged=False)
AUTHORITY = Role(
    name_in_text="Sở Khoa học và Công nghệ",
    name_now="Sở Khoa học và Công nghệ tỉnh Quảng Ngãi",
    article="QC Điều 4",
)
QUANG_NGAI = RuleSet(
    id="quangngai",
    name="Quảng Ngãi",
    status=ProfileStatus.IN_FORCE,
    decision=SignedDecision(number="112/2026/QĐ-UBND"),
    roles={Bearer.PORTAL_AUTHORITY: AUTHORITY},
)
AGENCIES = {
    1: Agency(id=1, province="quangngai", name="Sở Y tế", kind=AgencyKind.DEPARTMENT),
    2: Agency(id=2, province="quangngai", name="Ủy ban nhân dân xã Tịnh Khê", kind=AgencyKind.COMMUNE),
}
HEAD = Letterhead(rule_sets={"quangngai": QUANG_NGAI}, agencies=AGENCIES, contact="0255 3822 822")
LONG_NAME = "Ban Quản lý Khu kinh tế Dung Quất và các Khu công nghiệp tỉnh Quảng Ngãi, Văn phòng đại diện tại Kon Tum"


def item(nominal: date, *, rule=UPDATE, **more: object) -> Obligation:
    return duty(nominal, opens=nominal - 40 * DAY, rule=rule, province="quangngai", **more)


def report(nominal: date, **more: object) -> Obligation:
    subject = Subject(kind=SubjectKind.AGENCY, id="1", title="Sở Y tế")
    return replace(item(nominal, rule=replace(REPORT, **more)), subject=subject)


def said(
    duties: Sequence[Obligation],
    now: datetime,
    *,
    account: Account = PHONE,
    language: str = "vi",
    down: bool = False,
    head: Letterhead = HEAD,
) -> Reply:
    office = Office(confirmed=frozenset({"quangngai"}), down=frozenset({"quangngai"} if down else ()))
    office.staff = {number: Staffing(officers=(officer(1),)) for number in AGENCIES}
    (digest,) = office.tick(duties, now)
    lines = [Line(notice=notice, number=number) for number, notice in enumerate(digest.notices, 1)]
    return word_digest(Speech(content=content(), language=language, account=account), lines, head)


def test_the_digest_of_one_duty_reads_as_the_model_does():
    reply = said([item(date(2026, 10, 2))], at(date(2026, 9, 29)))
    assert unaccent(reply.brief or "") == (
        "[So KHCN Quang Ngai] Kinh gui dau moi du lieu mo - So Y te. Den han cap nhat 1 muc: (1) Danh muc co so kham chua "
        "benh, han 02/10/2026 (con 3 ngay lam viec; khoan 6 Dieu 13 QC kem QD 112/2026/QD-UBND). Kinh de nghi cap nhat tren "
        "Cong, tra loi XONG 1 hoac KHONG DOI 1. Lien he: 0255 3822 822."
    )
    assert reply.text.splitlines() == [
        "[Sở Khoa học và Công nghệ tỉnh Quảng Ngãi] Nhắc việc dữ liệu mở",
        "Kính gửi đầu mối dữ liệu mở – Sở Y tế.",
        "Đến hạn cập nhật 1 mục:",
        "(1) Danh mục cơ sở khám chữa bệnh, tháng 10/2026, hạn 02/10/2026 (còn 3 ngày làm việc; khoản 6 Điều 13 QC kèm QĐ 112/2026/QĐ-UBND).",
        "Kính đề nghị cập nhật trên Cổng, trả lời XONG 1 hoặc KHÔNG ĐỔI 1.",
        "Liên hệ: 0255 3822 822",
        "Tin nhắc việc, không thay công văn.",
    ]
    ways = [action.value.rsplit("/", 3)[0] for action in reply.actions]
    assert ways == ["reporting:done:quangngai", "reporting:unchanged:quangngai", "tasks:duty:quangngai"], "by its key"


MOVED = item(date(2026, 8, 15), legal=date(2026, 8, 17))
FREE = replace(UPDATE, term=Term.NONE)
STAGES = [
    (
        "ten days ahead",
        item(JULY),
        date(2026, 7, 1),
        "hạn 15/07/2026 (còn 10 ngày làm việc",
        "Sắp đến hạn cập nhật 1 mục",
    ),
    ("on the day", item(JULY), JULY, "hạn 15/07/2026 (hôm nay;", "Đến hạn cập nhật 1 mục"),
    ("late", item(JULY), date(2026, 7, 16), "hạn 15/07/2026 (quá hạn 1 ngày làm việc", "trong đó 1 mục quá hạn"),
    (
        "due on a day off",
        MOVED,
        date(2026, 8, 14),
        "hạn 15/08/2026, tính ngày nghỉ đến hết 17/08/2026 (hôm nay là ngày làm việc cuối",
        "Đến hạn",
    ),
    ("between the two dates", MOVED, date(2026, 8, 17), "(đã qua ngày hạn, chưa quá hạn;", "Cần cập nhật 1 mục:"),
    (
        "rolled back",
        item(date(2026, 10, 24), legal=date(2026, 10, 23)),
        date(2026, 10, 22),
        "hạn 24/10/2026, ngày làm việc cuối 23/10/2026 (còn 1",
        "Đến hạn",
    ),
    ("no number ahead", item(JULY, rule=FREE), date(2026, 7, 14), "mục tiêu nội bộ 15/07/2026 (còn 1 ngày", "Đến hạn"),
    (
        "no number, past",
        item(JULY, rule=FREE),
        date(2026, 9, 1),
        "mục tiêu nội bộ 15/07/2026 (chưa cập nhật;",
        "Cần cập nhật 1 mục:",
    ),
    ("a report", report(JULY), JULY, "(1) Báo cáo quý, tháng 7/2026, hạn 15/07/2026 (hôm nay;", "Đến hạn 1 việc:"),
    (
        "a report without a number, past",
        report(JULY, term=Term.NONE),
        date(2026, 9, 1),
        "(chưa thực hiện;",
        "Cần thực hiện 1 việc:",
    ),
    (
        "a proposed day",
        replace(report(date(2026, 6, 24), term=Term.PERIOD_END, proposed=True), legal_due=date(2026, 6, 30)),
        date(2026, 6, 23),
        "mục tiêu nội bộ 24/06/2026, hạn 30/06/2026 (còn 1",
        "Đến hạn 1 việc:",
    ),
    ("days off not announced yet", item(JULY, provisional=True), JULY, "(hôm nay; tạm tính;", "Đến hạn"),
]


def test_each_stage_has_its_own_words():
    wrong = []
    for name, one, day, line, heading in STAGES:
        text = said([one], at(day)).text
        wrong += [] if line in text and heading in text else [f"{name}: {text}"]
        if name != "late":
            wrong += [f"{name} says overdue: {text}"] if "quá hạn " in text.replace("chưa quá hạn", "") else []
    assert not wrong


def test_a_portal_that_is_down_is_named_and_the_term_runs_on():
    reply = said([item(JULY)], at(JULY), down=True)
    assert "(hôm nay; Cổng gián đoạn;" in reply.text
    assert "Cổng đang gián đoạn, thời hạn vẫn tính" in reply.text
    assert "Cổng gián đoạn" in (reply.brief or "")


def test_several_agencies_of_one_person_are_named_with_their_duties():
    reply = said([item(JULY), item(JULY, item="z", agency=2, title="Danh sách hộ nghèo")], at(JULY))
    assert "Kính gửi đầu mối dữ liệu mở – Sở Y tế, Ủy ban nhân dân xã Tịnh Khê." in reply.text
    assert "(2) Danh sách hộ nghèo, tháng 7/2026 – Ủy ban nhân dân xã Tịnh Khê, hạn" in reply.text
    assert "Sở Y tế, UBND xã Tịnh Khê." in (reply.brief or "")


LONG = "Cơ sở dữ liệu danh mục dịch vụ kỹ thuật, giá dịch vụ khám bệnh, chữa bệnh trên địa bàn tỉnh {}"


@pytest.mark.parametrize(("account", "language"), [(PHONE, "vi"), (SHARED, "vi"), (ONE_WAY, "vi"), (SHARED, "en")])
def test_a_digest_is_at_most_two_sms_however_many_duties_there_are(account, language):
    wrong = []
    long = replace(HEAD, agencies={1: replace(AGENCIES[1], name=LONG_NAME)})
    for count, head in product((1, 2, 5, 40), (HEAD, long)):
        duties = [item(JULY, item=f"i{n:02}", title=LONG.format(n)) for n in range(count)]
        for now in (at(JULY), at(JULY + 9 * DAY)):
            reply = said(duties, now, account=account, language=language, head=head)
            brief = unaccent(reply.brief or "")
            if sms.count(brief).segments > 2 or sms.count(brief).encoding != "gsm7" or "13" not in brief:
                wrong.append(brief)
            if len(reply.text) > 2000:
                wrong.append(reply.text)
            if account.one_way and (reply.actions or "XONG" in brief or "DONE" in brief):
                wrong.append(brief)
    assert not wrong


def test_what_does_not_fit_is_counted_and_the_way_to_it_is_told():
    duties = [item(JULY, item=f"i{n:02}", title=LONG.format(n)) for n in range(40)]
    reply = said(duties, at(JULY), account=SHARED)
    assert "Và 32 việc nữa: soạn DL VIỆC CỦA TÔI gửi 8179." in reply.text
    assert "soạn DL XONG 1 hoặc KHÔNG ĐỔI 1 gửi 8179" in (reply.brief or "")
    assert [action.value for action in reply.actions] == [
        *(f"reporting:done:{one.key}" for one in duties[:3]),
        "tasks:page:1",
    ]


def test_who_heads_an_agency_is_asked_to_see_to_it():
    one = OpenDuty(obligation=item(JULY), progress=Progress(), status=Status.OVERDUE, step="+3")
    line = Line(notice=Notice(officer=1, duty=one, today=JULY + 3 * DAY, days_late=3, as_head=True), number=1)
    reply = word_digest(Speech(content=content(), language="vi", account=PHONE), [line], HEAD)
    for text in (reply.text, reply.brief or ""):
        assert "Kính gửi lãnh đạo Sở Y tế." in text
        assert "Kính đề nghị quan tâm chỉ đạo thực hiện." in text
        assert "XONG" not in text
    assert not reply.actions


def test_nobody_is_offered_an_answer_that_the_rule_does_not_take():
    reply = said([report(JULY)], at(JULY))
    assert "KHÔNG ĐỔI" not in reply.text + (reply.brief or "")
    assert "trả lời XONG 1." in reply.text
