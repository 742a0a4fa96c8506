"""The composed annexes: what every column, row and wording of them is understood as."""

import pytest

from gateway.items.annex import AnnexError
from gateway.items.documents import describe_rejection
from gateway.items.reading import read_annex
from gateway.items.showing import show_due
from tests.support.annexes import RULEBOOK, decision, read
from tests.support.sheets import write_xlsx

CLEAN, MESSY, BLANKS, BOOK, LETTER = (
    "vinhphuc-1290.csv", "quangngai.csv", "angiang.csv", "ninhthuan.xlsx", "thaibinh.docx"
)  # fmt: skip
COLUMNS = {
    CLEAN: ["number heading", "title heading", "theme heading", "publisher heading", "update_frequency heading",
            "due_offset_days heading", "format heading"],
    MESSY: ["number heading", "title heading", "fields heading", "format heading", "update_frequency beginning", " unused"],
    BLANKS: ["number heading", "title heading", "publisher heading", "update_frequency values", "format heading"],
    BOOK: ["number heading", "title heading", "publisher heading", "update_frequency part", "due_offset_days part",
           "format heading", "contact heading"],
    LETTER: ["number heading", "title heading", "theme heading", "publisher heading", "update_frequency heading"],
}  # fmt: skip
ITEMS = {
    CLEAN: [
        "Danh sách trường học trên địa bàn tỉnh|Sở Giáo dục và Đào tạo|Giáo dục|ANNUAL|30",
        "Danh sách cơ sở khám bệnh chữa bệnh|Sở Y tế|Y tế|QUARTERLY|15",
        "Kết quả quan trắc môi trường không khí|Sở Nông nghiệp và Môi trường|Môi trường|MONTHLY|day 10",
        "Bảng giá đất|Sở Nông nghiệp và Môi trường|Đất đai|QUINQUENNIAL|–",
        "Danh mục thủ tục hành chính|Văn phòng UBND tỉnh|Hành chính|AS_NEEDED|–",
        "Số liệu khách du lịch|Sở Văn hóa, Thể thao và Du lịch|Du lịch|MONTHLY|10",
        "Danh sách tổ chức hành nghề công chứng|Sở Tư pháp|Tư pháp|UNKNOWN|–",
        "Báo cáo kết quả hoạt động|Sở Y tế|Chung|ANNUAL_2|–",
        "Báo cáo kết quả hoạt động|Sở Tư pháp|Chung|ANNUAL_2|–",
    ],
    MESSY: [
        "Danh sách nhà thuốc đạt chuẩn|Sở Y tế||QUARTERLY|day 15",
        "Danh sách cơ sở tiêm chủng|Sở Y tế||ANNUAL|–",
        "Danh sách cửa hàng xăng dầu|Sở Công Thương||QUARTERLY|–",
        "Danh sách chợ trên địa bàn tỉnh|Sở Công Thương||UNKNOWN|–",
        "Danh sách điểm sinh hoạt cộng đồng|UBND các xã phường đặc khu||ANNUAL|–",
    ],
    BLANKS: [
        "Danh sách hợp tác xã nông nghiệp|Sở Nông nghiệp và Môi trường||ANNUAL|–",
        "Diện tích và sản lượng lúa|Sở Nông nghiệp và Môi trường||QUARTERLY|–",
        "Danh sách cơ sở lưu trú du lịch|Sở Du lịch||MONTHLY|–",
        "Số liệu dự án đầu tư|Sở Tài chính||ANNUAL_2|–",
        "Danh sách doanh nghiệp trong khu công nghiệp|Sở Tài chính||ANNUAL|–",
    ],
    BOOK: [
        "Diện tích gieo trồng cây hằng năm|Sở Nông nghiệp và Môi trường|Trồng trọt|MONTHLY|15",
        "Diện tích nho, táo|Sở Nông nghiệp và Môi trường|Trồng trọt|QUARTERLY|30",
        "Danh sách tuyến xe buýt|Sở Xây dựng|Lĩnh vực giao thông|ANNUAL|90",
        "Danh sách di tích cấp tỉnh|Sở Văn hóa, Thể thao và Du lịch||ANNUAL|–",
    ],
    LETTER: [
        "Danh sách hợp tác xã|Liên minh Hợp tác xã|Nông nghiệp|ANNUAL|–",
        "Giá cả thị trường nông sản|Sở Nông nghiệp và Môi trường|Nông nghiệp|WEEKLY|–",
        "Danh sách di tích lịch sử|Sở Văn hóa, Thể thao và Du lịch|Văn hóa|AS_NEEDED|–",
    ],
}
REJECTED = {
    CLEAN: [],
    MESSY: [
        (8, "marked as not public (Không công khai)", True),
        (14, "marked as not public (Mật)", True),
        (13, "the same item stands in line 11 already", False),
    ],
    BLANKS: [],
    BOOK: [(3, "the title is empty", False)],
    LETTER: [],
}
DOUBTS = {
    CLEAN: [],
    MESSY: [],
    BLANKS: [
        'column 4 ("Yêu cầu") is taken for update_frequency by its values only',
        "agency or theme is blank and taken from the line above in lines 3, 6",
    ],
    BOOK: ['sheet Phụ lục I: taken for headings of themes, no word says so: "Trồng trọt"'],
    LETTER: [],
}
EACH = pytest.mark.parametrize("name", ITEMS)


def shown(item):
    due = "–" if item.due is None else f"day {item.due.day}" if item.due.day else str(item.due.offset_days)
    return f"{item.title}|{item.owner}|{item.theme}|{item.cycle.code}|{due}"


@EACH
def test_every_column_is_understood_with_its_reason(name, tmp_path):
    sheet = read(name, tmp_path).sheets[0]
    assert [f"{each.column} {each.why}" for each in sheet.columns] == COLUMNS[name]


@EACH
def test_every_item_has_its_agency_theme_frequency_and_deadline(name, tmp_path):
    assert [shown(item) for item in read(name, tmp_path).items] == ITEMS[name]


@EACH
def test_what_is_no_item_or_not_public_is_told_with_its_line(name, tmp_path):
    told = [(each.line, each.reason, each.secret) for each in read(name, tmp_path).rejected]
    assert told == REJECTED[name]


@EACH
def test_whatever_was_guessed_has_to_be_confirmed(name, tmp_path):
    assert list(read(name, tmp_path).doubts) == DOUBTS[name]


def test_what_was_passed_over_is_told(tmp_path):
    assert read(MESSY, tmp_path).notices == (
        "line 17 is no item: Tổng cộng: 6 tập dữ liệu",
        "line 18 is no item: Ghi chú: thời hạn tính theo ngày dương lịch",
    )
    assert read(BOOK, tmp_path).notices == ("sheet Phụ lục I: line 13 is no item: TM. ỦY BAN NHÂN DÂN",)


def test_names_of_people_are_neither_shown_nor_kept(tmp_path):
    reading = read(BOOK, tmp_path)
    assert "Cán bộ đầu mối 0" not in repr(reading)


def test_nothing_of_a_row_that_is_not_public_is_shown(tmp_path):
    reading = read(MESSY, tmp_path)
    shown = [sample for sheet in reading.sheets for each in sheet.columns for sample in each.samples]
    assert "Danh sách nhà thuốc đạt chuẩn" in shown
    assert not [text for text in shown if "bệnh nhân" in text or "Phương án" in text]
    assert "bệnh nhân" not in repr([describe_rejection(each) for each in reading.rejected])


def test_every_wording_is_listed_once_with_what_it_was_understood_as(tmp_path):
    cycles = {each.cycle.printed: (each.cycle.code.value, each.items) for each in read(MESSY, tmp_path).cycles}
    assert cycles["Hằng năm hoặc khi có thay đổi"] == ("ANNUAL", 1)
    assert cycles["Định kỳ theo kế hoạch"] == ("UNKNOWN", 1)


def test_only_one_sheet_is_read_when_it_is_named(tmp_path):
    assert [item.title for item in read(BOOK, tmp_path, sheet="Phụ lục II").items] == ["Danh sách di tích cấp tỉnh"]


def test_a_column_is_what_the_operator_says(tmp_path):
    told = read(BLANKS, tmp_path, told={"Yêu cầu": "update_frequency"})
    assert [each.why for each in told.sheets[0].columns if each.column == "update_frequency"] == ["told"]


def test_codes_stay_the_same_from_reading_to_reading_and_decision_to_decision(tmp_path):
    first = {item.title: item.code for item in read(CLEAN, tmp_path).items}
    later = {item.title: item.code for item in read("vinhphuc-2026.csv", tmp_path).items}
    assert {title: first[title] for title in first if title in later} == {t: later[t] for t in later if t in first}
    assert len({item.code for item in read(CLEAN, tmp_path).items}) == 9


UNREADABLE = {
    "no heading for the title": (
        {"Sheet": [["Cột", "Khác"], ["a", "b"]]},
        {},
        "",
        "no row names a column for the title",
    ),
    "no such sheet": ({"A": [["STT", "Tên dữ liệu"], [1, "a"]]}, {}, "B", "has no sheet B"),
    "no such heading": (
        {"A": [["STT", "Tên dữ liệu"], [1, "a"]]},
        {"Chủ đề": "theme"},
        "",
        "no column has that heading",
    ),
}


@pytest.mark.parametrize(("sheets", "told", "sheet", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_annex_says_why(tmp_path, sheets, told, sheet, reason):
    file = write_xlsx(tmp_path / "a.xlsx", sheets)
    with pytest.raises(AnnexError, match=reason):
        read_annex(file, decision(), RULEBOOK, told=told, sheet=sheet)


ROWS = {
    "another decision": ("Tên dữ liệu,Số quyết định", "Lúa,99/QĐ-UBND", "it belongs to another decision (99/QĐ-UBND)"),
    "another province": ("Tên dữ liệu,Tỉnh", "Lúa,An Giang", "it belongs to another province (An Giang)"),
    "torn apart": ("Tên dữ liệu,Chủ đề", "Lúa, gạo, ngô", "the row has 3 cells, the headings have 2"),
    "an endless term": ("Tên dữ liệu,Số ngày", "Lúa,99999", "the term of 99999 days is longer than 3660"),
    "a code twice": ("Tên dữ liệu,Mã", "Ngô,m1\nLúa,m1", "the same code stands in line 2 already"),
}


def test_a_column_of_deadlines_under_another_heading_is_noticed_and_has_to_be_confirmed(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(
        "Tên dữ liệu,Yêu cầu\nLúa,chậm nhất 15 ngày kể từ ngày kết thúc tháng\n"
        "Ngô,không quá 03 tháng kể từ thời điểm công bố\n",
        encoding="utf-8",
    )
    reading = read_annex(file, decision(), RULEBOOK, told={})
    assert ["Yêu cầu" in doubt for doubt in reading.doubts] == [True]
    assert [show_due(item.due) for item in reading.items] == [
        "up to 15 calendar days after the end of the period",
        "up to 3 months after the publication",
    ]


def test_a_sum_may_stand_in_the_column_of_numbers(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("STT,Tên dữ liệu,Cơ quan chủ trì,Chu kỳ\n1,Lúa,Sở Y tế,năm\nTổng cộng,,,1\n", encoding="utf-8")
    reading = read_annex(file, decision(), RULEBOOK, told={})
    assert (len(reading.items), reading.doubts, reading.notices) == (1, (), ("line 3 is no item: Tổng cộng 1",))


@pytest.mark.parametrize(("header", "rows", "reason"), ROWS.values(), ids=ROWS)
def test_a_row_that_cannot_be_used_says_why(tmp_path, header, rows, reason):
    file = tmp_path / "a.csv"
    file.write_text(f"{header}\n{rows}\n", encoding="utf-8")
    assert [each.reason for each in read_annex(file, decision(), RULEBOOK, told={}).rejected] == [reason]


def test_a_number_of_days_is_a_term_of_the_sort_beside_it(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("title,due_offset_days,due_unit\nLúa,5,working\nNgô,10,calendar\nSắn,,\n", encoding="utf-8")
    dues = [item.due for item in read_annex(file, decision(), RULEBOOK, told={}).items]
    assert [due and (due.offset_days, due.unit.value) for due in dues] == [(5, "working"), (10, "calendar"), None]
