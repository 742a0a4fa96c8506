"""A people file as it is understood: headings, kinds, roles, numbers and days; every bad row with its reason."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from bot.core.errors import ContentError, TracuuError
from bot.core.obligations.agency import AgencyKind, PostRole
from bot.core.obligations.roster import PersonRow
from bot.search.places import load_places
from gateway.deployment import DATA
from gateway.people.documents import mask_email, mask_phone
from gateway.people.reading import PeopleReading, load_people_rules, read_people
from gateway.people.words import load_people_words

FILE = Path("tests/data/people/quangngai.csv")
PROFILES = {"quangngai": "Quảng Ngãi", "vinhphuc": "Vĩnh Phúc"}
RULES = load_people_rules(DATA, load_places(DATA / "places"), PROFILES)
HEADER = "agency,agency_kind,province,rule_set,applied_by,agency_aliases,unit,name,role,phone,email,from,to,replaces"


def read(folder: Path, *rows: str, header: str = HEADER, province: str = "") -> PeopleReading:
    file = folder / "people.csv"
    file.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    rules = load_people_rules(DATA, RULES.places, PROFILES, province=province) if province else RULES
    return read_people(file, rules)


def one(folder: Path, row: str) -> PersonRow:
    reading = read(folder, row)
    assert reading.rejected == ()
    return reading.rows[0]


def test_a_vietnamese_list_is_understood_and_its_bad_rows_are_named():
    reading = read_people(FILE, RULES)
    first, second, deputy, head, leaving = reading.rows[:5]
    assert first == PersonRow(
        line=2,
        province="quangngai",
        agency="Sở Y tế",
        kind=AgencyKind.DEPARTMENT,
        rule_set="quangngai",
        applied_by="112/2026/QĐ-UBND",
        aliases=("Sở Y tế Quảng Ngãi", "SYT"),
        unit="Văn phòng",
        name="Cán bộ đầu mối 01",
        role=PostRole.OFFICER,
        phone="+84912345601",
        email="dau-moi-01@example.gov.vn",
        since=date(2026, 7, 2),
    )
    assert (second.phone, deputy.phone) == ("+84912345602", "+84912345603")
    assert (deputy.role, head.role) == (PostRole.DEPUTY, PostRole.HEAD)
    assert leaving.until == date(2026, 11, 30)
    assert reading.unused == ()
    assert [(each.line, each.reason.partition(":")[0]) for each in reading.rejected] == [
        (
            10,
            "the district level ended on 01/7/2025 (cấp huyện đã kết thúc hoạt động từ ngày 01/7/2025) and has no duties",
        ),
        (11, "rule_set quangngai2 is not one of quangngai, vinhphuc"),
        (12, "the phone is no mobile number of this country, or of another with its code"),
        (13, "“to” lies before “from”"),
        (15, "agency_kind Bộ is not one of department, commune, ward, special_zone, public_unit"),
    ]


ROWS = {
    "Sở Y tế,department,phutho,vinhphuc,12/2024/QĐ-UBND": {"province": "phutho", "rule_set": "vinhphuc"},
    "Sở Y tế,department,Vĩnh Phúc,Vĩnh Phúc": {"province": "phutho", "rule_set": "vinhphuc"},
    "Sở Y tế,Sở,Quảng Ngãi,chưa xác định": {"rule_set": ""},
    "Sở Y tế,,quangngai,": {"rule_set": None, "kind": None, "name": ""},
    "UBND phường Vĩnh Yên,phường,phutho": {"kind": AgencyKind.WARD},
    "Trung tâm CNTT,Đơn vị sự nghiệp công lập,quangngai": {"kind": AgencyKind.PUBLIC_UNIT},
    "Xã A,commune,quangngai,,,,,An,approver,912345601": {"phone": "+84912345601", "role": PostRole.APPROVER},
    "Xã A,commune,quangngai,,,,,An,,0084912345601.0": {"phone": "+84912345601", "role": PostRole.OFFICER},
    "Xã A,commune,quangngai,,,,,An,,,AN@Example.VN,2026-11-01,30/11/2026,Bình": {
        "email": "an@example.vn",
        "since": date(2026, 11, 1),
        "until": date(2026, 11, 30),
        "replaces": "Bình",
    },
}


def test_what_the_cells_of_a_row_mean(tmp_path):
    for row, expected in ROWS.items():
        found = one(tmp_path, row)
        assert {name: getattr(found, name) for name in expected} == expected, row


BAD = {
    ",department,quangngai": "the agency is empty",
    "Sở Y tế,department,": "the province is empty",
    "Sở Y tế,department,Xứ lạ": "Xứ lạ is no province",
    "Ủy ban nhân dân huyện Sơn Hà,,quangngai": "01/7/2025",
    "Sở A,district,quangngai": "01/7/2025",
    "Sở A,Sở,quangngai,,,,,An,giám sát,0912345601": "role giám sát is not one of",
    "Sở A,Sở,quangngai,,,,,,officer,0912345601": "the name is empty",
    "Sở A,+84 912 345 601,quangngai": "agency_kind ••• is not one of",
    "Sở A,Sở,quangngai,0912345601": "rule_set ••• is not one of",
    "Sở A,Sở,quangngai,,,,,An,,0912345601,an-example": "the e-mail is no address",
    "Sở A,Sở,quangngai,,,,,An,,,,31/11/2026": "from: '31/11/2026' is no date",
    "Sở A,Sở,quangngai,,,,,An,,,,,,,thêm": "the row has 15 cells, the headings have 14",
}


def test_what_cannot_be_used_is_named_with_its_reason_and_without_its_number(tmp_path):
    for row, reason in BAD.items():
        (rejected,) = read(tmp_path, row).rejected
        assert reason in rejected.reason, row
        assert not {"345601", "345 601"} & set(rejected.reason.split())
        assert "912345" not in rejected.reason


def test_rows_that_name_no_province_are_of_the_one_that_was_given(tmp_path):
    (row,) = read(tmp_path, "Sở Y tế,Sở,", province="quangngai").rows
    assert row.province == "quangngai"


def test_a_workbook_with_a_title_and_merged_cells_is_read_sheet_by_sheet(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sở"
    for row in (
        ("DANH SÁCH CÁN BỘ ĐẦU MỐI",),
        ("Cơ quan, đơn vị", "Loại cơ quan", "Tỉnh", "Họ và tên", "Điện thoại", "Từ ngày"),
        (1, 2, 3, 4, 5, 6),
        ("Sở Y tế", "Sở", "Quảng Ngãi", "Cán bộ đầu mối 01", 912345601, date(2026, 7, 2)),
        (None, None, None, "Cán bộ đầu mối 02", "0912345602", None),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:F1")
    for column in "ABC":
        sheet.merge_cells(f"{column}4:{column}5")
    other = book.create_sheet("Xã")
    other.append(("Cơ quan", "Loại", "Tỉnh"))
    other.append(("Huyện Cũ", "Huyện", "Quảng Ngãi"))
    other.append(("Xã Ba Tơ", "Xã", "Quảng Ngãi"))
    file = tmp_path / "people.xlsx"
    book.save(file)
    reading = read_people(file, RULES)
    assert [(row.sheet, row.agency, row.name, row.phone) for row in reading.rows[:2]] == [
        ("Sở", "Sở Y tế", "Cán bộ đầu mối 01", "+84912345601"),
        ("Sở", "Sở Y tế", "Cán bộ đầu mối 02", "+84912345602"),
    ]
    assert reading.rows[0].since == date(2026, 7, 2)
    assert [(each.sheet, each.line) for each in reading.rejected] == [("Xã", 2)]
    assert reading.rows[2].kind is None
    assert reading.unused == ("Loại",)


def test_a_file_without_a_heading_for_the_agency_is_none(tmp_path):
    with pytest.raises(TracuuError, match="names the agency"):
        read(tmp_path, "An,0912345601", header="name,phone")


def test_numbers_and_e_mails_are_never_shown_whole():
    assert mask_phone("+84912345678") == "091•••••78"
    assert mask_email("dau-moi-01@example.gov.vn") == "d•••@example.gov.vn"
    assert (mask_phone(""), mask_email("")) == ("", "")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[kinds]\nhuyen = ['Huyện']\n", "kinds.huyen"),
        ("[kinds]\ncommune = ['Xã']\nward = ['xã']\n", "kinds.ward"),
        ("[words]\n", "words"),
        ("[kinds]\n[roles]\n[undetermined]\nwords = []\n[ended]\nkinds = ['']\nnames = []\n", "ended.kinds"),
    ],
)
def test_a_wrong_list_of_words_is_refused_with_its_place(tmp_path, text, place):
    (tmp_path / "words.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_people_words(tmp_path)
    assert place in str(refused.value)
