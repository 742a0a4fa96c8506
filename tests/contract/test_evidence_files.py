"""The log of reminders as a workbook and the letter as a document, read back by what opens them."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Pt
from openpyxl import load_workbook

from bot.core.errors import TracuuError
from bot.core.obligations.agency import Agency, AgencyKind
from bot.core.obligations.obligation import Obligation, Subject, SubjectKind
from bot.core.obligations.profile import ProfileStatus, Role, RuleSet, SignedDecision
from bot.core.obligations.progress import Act, ActKind
from bot.core.obligations.recording import RemindedItem, record_act, record_reminder
from bot.core.obligations.reminder_log import follow_record
from bot.core.obligations.rule import Bearer, Rule, Term, Trigger
from bot.core.record import START, Break, Entry, EntryKind, Recorded, hash_of, seal
from bot.register import Register
from gateway.evidence.letter import draft_letter
from gateway.evidence.letter_docx import write_letter
from gateway.evidence.letter_words import load_letter_words
from gateway.evidence.log_table import Log, write_log
from gateway.evidence.log_words import load_log_words
from gateway.period_words import read_periods

DATA = Path(__file__).parents[2] / "data"
WORDS, LETTER = load_log_words(DATA), load_letter_words(DATA)
AT = datetime(2026, 9, 29, 1, 0, tzinfo=UTC)
RULE = Rule(id="update-period", article="khoản 6 Điều 7 QC", title="Cập nhật", title_en="Update", trigger=Trigger.ITEM)
OPEN_RULE = replace(
    RULE, id="review-yearly", article="khoản 5 Điều 13 QC", title="Rà soát dữ liệu cần mở", term=Term.NONE
)
RULES = RuleSet(
    id="quangngai",
    name="Quảng Ngãi",
    status=ProfileStatus.IN_FORCE,
    decision=SignedDecision(number="112/2026/QĐ-UBND", signed_on=date(2026, 5, 31), valid_from=date(2026, 7, 2)),
    roles={
        Bearer.PORTAL_AUTHORITY: Role(
            name_in_text="Sở Khoa học và Công nghệ",
            name_now="Sở Khoa học và Công nghệ tỉnh Quảng Ngãi",
            article="khoản 2 Điều 11 QC",
        )
    },
    rules=(RULE, OPEN_RULE),
)
AGENCY = Agency(id=7, province="quangngai", name="Sở Y tế", kind=AgencyKind.DEPARTMENT, rule_set="quangngai")
ITEM = Subject(kind=SubjectKind.ITEM, id="a1", title="=Danh mục cơ sở khám chữa bệnh")
LATE = Obligation(
    province="quangngai",
    rule=RULE,
    subject=ITEM,
    period="2026-Q3",
    opens_on=date(2026, 10, 1),
    nominal_due=date(2026, 10, 3),
    legal_due=date(2026, 10, 5),
    agency=7,
)
UNMET = replace(LATE, rule=OPEN_RULE, subject=Subject(kind=SubjectKind.AGENCY, id="7"), period="2026", legal_due=None)
DONE = replace(LATE, period="2026-Q2")


class Duties(Register):
    """A register of three duties."""

    def between(self, *_span, **_wanted):
        return iter((LATE, UNMET, DONE))


def duties(**more):
    acts = {DONE.key: [Act(id=1, key=DONE.key, kind=ActKind.VERIFIED, at=AT)]}
    named = {"rule_sets": {"quangngai": RULES}, "calendar": None, "acts": acts, "confirmed": {"quangngai": date.min}}
    return Duties(**named | more)


def chain(*entries: Entry) -> list[Recorded]:
    found, previous = [], START
    for seq, entry in enumerate(entries, 1):
        found.append(seal(previous, seq, entry))
        previous = found[-1].hash
    return found


def reminded(step: str, at: datetime, *, officer: int = 3) -> Entry:
    return record_reminder(
        [RemindedItem(obligation=LATE, step=step, cite=RULES.cite(RULE), number=1)],
        at=at,
        agency=7,
        agency_name="Sở Y tế",
        officer=officer,
        officer_name=f"Cán bộ đầu mối {officer:02}\x0b",
        channel="sms",
        text="Kính gửi đầu mối. Liên hệ: 02553822222, 0912345678",
        message=f"reminder:{officer}:{step}",
    )


ENTRIES = chain(
    reminded("-3", AT),
    reminded("-3", AT, officer=4),
    Entry(
        kind=EntryKind.RECEIPT,
        at=AT + timedelta(minutes=5),
        province="quangngai",
        agency=7,
        document={"reminder": 1, "state": "delivered", "at": AT.isoformat(), "channel": "zalo"},
    ),
    record_act(
        Act(id=5, key=LATE.key, kind=ActKind.POSTPONED, at=AT + timedelta(hours=1), officer=4, day=date(2026, 10, 1)),
        LATE,
        cite=RULES.cite(RULE),
        officer_name="Cán bộ đầu mối 04",
    ),
    reminded("0", AT + timedelta(days=6)),
    reminded("+1", AT + timedelta(days=7)),
)


def log(entries=ENTRIES, **more) -> Log:
    rows, within = follow_record(entries, first=date(2026, 9, 29), last=date(2026, 9, 30))
    named = {
        "province": "Quảng Ngãi",
        "agency": "Sở Y tế",
        "first": date(2026, 9, 29),
        "last": date(2026, 9, 30),
        "rows": rows,
        "entries": within,
        "basis": [RULES.cite(RULE)],
        "head": (6, entries[-1].hash),
        "broken": None,
        "at": AT + timedelta(days=30),
    }
    return Log(**named | more)


def sheets(file: Path) -> list[list[list[str]]]:
    workbook = load_workbook(file)
    return [[[cell.value or "" for cell in row] for row in sheet.iter_rows()] for sheet in workbook]


def test_the_workbook_says_who_was_reminded_of_what_by_which_article_and_what_came_of_it(tmp_path):
    file = tmp_path / "log.xlsx"
    write_log(file, log(), WORDS["vi"])
    info, table, journal = sheets(file)
    assert ["Chuỗi niêm phong", "nguyên vẹn đến dòng 6"] in info
    assert ["Số lượt nhắc", "2"] in info
    assert ["Căn cứ", "khoản 6 Điều 7 QC kèm QĐ 112/2026/QĐ-UBND"] in info
    assert len(table) == 3
    assert dict(zip(*table[:2], strict=True)) == {
        "Số": "1",
        "Gửi lúc": "29/09/2026 08:00",
        "Cơ quan": "Sở Y tế",
        "Người nhận": "Cán bộ đầu mối 03",
        "Căn cứ": "khoản 6 Điều 7 QC kèm QĐ 112/2026/QĐ-UBND",
        "Việc": "'=Danh mục cơ sở khám chữa bệnh",
        "Kỳ": "2026-Q3",
        "Mốc nhắc": "trước hạn 3 ngày làm việc",
        "Hạn dự kiến": "03/10/2026",
        "Hạn theo văn bản": "05/10/2026",
        "Kênh": "zalo",
        "Nội dung đã gửi": "Kính gửi đầu mối. Liên hệ: 02553822222, 09•••••678",
        "Tình trạng nhận": "đã nhận",
        "Phản hồi": "29/09/2026 09:00 hẹn nhắc lại ngày 01/10/2026 (Cán bộ đầu mối 04)",
    }
    assert [row[0] for row in journal[1:]] == ["1", "2", "3", "4"]
    assert "0912345678" not in str((table, journal))


def test_whoever_has_the_workbook_can_check_every_entry_in_it(tmp_path):
    file = tmp_path / "log.xlsx"
    write_log(file, log(), WORDS["en"])
    _, _, (_, *journal) = sheets(file)
    for seq, at, kind, province, agency, officer, previous, digest, *document in journal:
        found = Recorded(
            seq=int(seq),
            at=datetime.fromisoformat(at),
            kind=kind,
            province=province,
            agency=int(agency) if agency else None,
            officer=int(officer) if officer else None,
            document=json.loads("".join(document)),
            previous=previous,
            hash=digest,
        )
        assert hash_of(found) == digest, seq


def test_the_same_log_is_the_same_bytes_and_a_broken_chain_is_said_on_the_first_sheet(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_log(tmp_path / name, log(broken=Break(seq=4, reason="")), WORDS["vi"])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert ["Chuỗi niêm phong", "KHÔNG nguyên vẹn: sai ở dòng 4"] in sheets(tmp_path / "a.xlsx")[0]


def test_the_plain_table_has_the_same_rows_and_no_other_form_is_written(tmp_path):
    file = tmp_path / "log.csv"
    write_log(file, log(), WORDS["vi"])
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [row[5] for row in rows] == ["Việc", *["'=Danh mục cơ sở khám chữa bệnh"] * 2]
    with pytest.raises(TracuuError, match="the log is written as"):
        write_log(tmp_path / "log.pdf", log(), WORDS["vi"])


def letter_text(on=date(2026, 10, 8), register=None):
    rows, _ = follow_record(ENTRIES)
    content = write_letter(draft_letter(register or duties(), AGENCY, rows, on=on), LETTER, read_periods("vi"))
    return content, Document(io.BytesIO(content))


def test_the_letter_names_what_is_overdue_with_its_reminders_and_apart_from_it_what_has_no_term():
    _, document = letter_text()
    head, late, unmet, foot = document.tables
    assert [cell.text for cell in late.rows[1].cells] == [
        "1",
        "=Danh mục cơ sở khám chữa bệnh",
        "quý 3/2026",
        "khoản 6 Điều 7 QC kèm QĐ 112/2026/QĐ-UBND",
        "05/10/2026",
        "3",
        "29/09/2026, 05/10/2026, 06/10/2026",
        "hẹn nhắc lại ngày 01/10/2026 (29/09/2026)",
    ]
    assert [cell.text for cell in unmet.rows[1].cells][1:] == [
        "Rà soát dữ liệu cần mở",
        "năm 2026",
        "khoản 5 Điều 13 QC kèm QĐ 112/2026/QĐ-UBND",
        "03/10/2026",
        "chưa nhắc qua hệ thống",
        "chưa có",
    ]
    assert (len(late.rows), len(unmet.rows)) == (2, 2)
    assert "Số:        /SKHCN-……" in head.rows[0].cells[0].text
    assert foot.rows[0].cells[0].text.startswith("Nơi nhận:\n- Như trên;")
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Kính gửi: Sở Y tế." in text
    assert "Quyết định số 112/2026/QĐ-UBND ngày 31 tháng 5 năm 2026" in text
    assert "kính đề nghị Sở Y tế" in text
    assert "quá hạn" not in text[text.index("Ngoài ra") : text.index("nên không tính là quá hạn")]


def test_the_page_is_laid_out_as_the_decree_prescribes():
    content, document = letter_text()
    assert content == letter_text()[0]
    section, normal = document.sections[0], document.styles["Normal"]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [20, 20, 30, 15]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))
    left, right = document.tables[0].rows[0].cells
    assert [one.text for one in left.paragraphs[:2]] == [
        "ỦY BAN NHÂN DÂN\nTỈNH QUẢNG NGÃI",
        "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
    ]
    state = right.paragraphs[0].runs[0].font.size
    assert (state.pt, round(document.tables[0].columns[1].width.mm)) == (12, 95)  # takes 88 mm, on one line
    assert right.text.startswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc")
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml


def test_no_letter_is_drafted_without_ground():
    for on, register, reason in (
        (date(2026, 10, 5), duties(), "nothing of Sở Y tế is overdue on 05/10/2026"),
        (date(2026, 10, 8), duties(confirmed={}), "nobody has confirmed it in writing"),
        (date(2026, 10, 8), duties(rule_sets={}), "no decision is recorded that binds Sở Y tế"),
    ):
        with pytest.raises(TracuuError, match=reason):
            letter_text(on, register)
