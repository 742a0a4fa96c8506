"""Which columns hold personal data: every row of the lists, what must be kept, and what values alone give away."""

from functools import cache
from pathlib import Path

import pytest

from bot.core.catalogue import Dataset
from bot.core.personal import PersonalRules
from bot.core.personal_masking import mask_text
from bot.core.personal_values import MASK
from bot.core.text import fold
from bot.store.table import make_table
from gateway.masking import load_personal_rules, mask_table
from tests.support.source import ROOT

FOLDER = ROOT / "data" / "personal"
CELLS = {
    "phone": "0912 345 678",
    "email": "an@example.com",
    "identity": "051085001234",
    "date": "02/09/1985",
    "digits": "1012345678901",
    "code": "151 084 322/QNG",
    "insurance": "GD4510123456789",
    "words": "12 Lê Lợi, phường Nghĩa Lộ",
}
"""A made-up cell for each way in which a kind may look."""
PEOPLE = "Họ và tên"
BODIES = "Tên doanh nghiệp"


@cache
def rules() -> PersonalRules:
    return load_personal_rules(FOLDER, Path("/nowhere/personal.toml"))


def listed(name: str) -> list[str]:
    """The kinds that have phrases in the list ``name``."""
    return [kind.id for kind in rules().kinds.values() if getattr(kind, name).written]


def masked(columns: list[str], *rows: list[str], title: str = "") -> list[list[str]]:
    found = mask_table(make_table(columns, rows), title=title, dataset=Dataset(code="D1", title=""), rules=rules())
    return [list(row) for row in found.table.rows]


def spellings(phrase: str) -> list[str]:
    """As it is written, as ids are made of it, and as it is typed without diacritics."""
    words = [word for word in fold(phrase).replace("/", " ").replace(",", " ").replace("-", " ").split() if word]
    ids = ["_".join(words)] if len(words) > 1 else []
    camel = ["".join(map(str.capitalize, words))] if len(words) > 1 and all(len(word) > 1 for word in words) else []
    return [phrase, phrase.upper(), fold(phrase), *ids, *camel]


def hidden(first: str, name: str, phrase: str, cell: str) -> list[str]:
    """The spellings of ``phrase`` under which ``cell`` is hidden in rows about ``name``, one column for each."""
    headings = spellings(phrase)
    row = masked(["STT", first, *headings], ["1", name, *[cell] * len(headings)])[0][2:]
    return [heading for heading, shown in zip(headings, row, strict=True) if shown == MASK]


@pytest.mark.parametrize("kind", listed("always"))
def test_what_is_always_private_is_hidden_whatever_the_rows_are_about(kind):
    cell = CELLS[rules().kinds[kind].looks]
    for phrase in rules().kinds[kind].always.written:
        assert hidden(BODIES, "Công ty An Bình", phrase, cell) == spellings(phrase), phrase
        assert hidden("Thôn", "Thôn 3", phrase, cell) == spellings(phrase), phrase


@pytest.mark.parametrize("kind", listed("private"))
def test_what_may_be_private_is_hidden_of_people_and_kept_of_organisations(kind):
    cell = CELLS[rules().kinds[kind].looks]
    for phrase in rules().kinds[kind].private.written:
        assert hidden(PEOPLE, "Nguyễn Văn An", phrase, cell) == spellings(phrase), phrase
        assert kind == "identity" or hidden(BODIES, "Công ty An Bình", phrase, cell) == [], phrase


@pytest.mark.parametrize("kind", listed("public"))
def test_what_is_public_is_kept_even_of_people(kind):
    kept = {"identity": "4300123456"}.get(kind, CELLS[rules().kinds[kind].looks])
    for phrase in rules().kinds[kind].public.written:
        assert hidden(PEOPLE, "Nguyễn Văn An", phrase, kept) == [], phrase


KEPT = {
    "school": (
        ["Tên trường", "Địa chỉ", "Điện thoại", "Email"],
        ["Trường THPT A", "1 Lê Lợi", "0912345678", "a@gmail.com"],
    ),
    "hotel by its rows": (["Tên", "Địa chỉ", "SĐT"], ["Khách sạn Biển Xanh", "1 Lê Lợi", "0912345678"]),
    "hotel left of its director": (
        ["Tên khách sạn", "Điện thoại", "Người đại diện"],
        ["Khách sạn A", "0912345678", "Trần An"],
    ),
    "managed by an agency": (
        ["Tên bến xe", "Đơn vị quản lý", "Điện thoại"],
        ["Bến xe A", "Công ty B", "0912345678"],
    ),
    "landline of an unknown": (["Tên", "Điện thoại"], ["Điểm A", "0255 3822 333"]),
    "hotline of people": (["Họ và tên", "Điện thoại"], ["Nguyễn Văn An", "1900 1234"]),
    "office mail of people": (["Họ và tên", "Email"], ["Nguyễn Văn An", "an.nv@quangngai.gov.vn; mot.cua@hue.gov.vn"]),
    "subscribers": (["Huyện", "Thuê bao điện thoại di động", "Điện thoại cố định"], ["A", "912.345.678", "123456"]),
    "counted cards": (["Xã", "Số thẻ BHYT đã cấp", "Số căn cước đã cấp"], ["A", "12345", "98765"]),
    "male pupils": (["Lớp", "Nam sinh", "Nữ sinh"], ["1A", "15", "17"]),
    "male pupils beside a head": (["Trường", "Hiệu trưởng", "Nam sinh"], ["Trường A", "Nguyễn Văn An", "150"]),
    "area called DT": (["Xã", "DT", "DS"], ["A", "12.5", "9000"]),
    "years as dimension": (["Năm sinh", "Số người"], ["1985", "120"]),
    "ethnic groups": (["Dân tộc", "Số hộ"], ["Kinh", "120"]),
    "addresses of places": (["ten", "diachi", "kinhdo"], ["Lăng Tự Đức", "Thủy Xuân", "107.5"]),
    "tax numbers": (["Tên công ty", "Mã số thuế"], ["Công ty A", "0312345678"]),
    "codes of twelve digits": (["Mã hồ sơ", "Ngày"], ["980912345678", "2025-01-02"]),
    "amounts": (["Dự án", "Kinh phí"], ["A", "912345678"]),
    "sorts that begin like a surname": (["Tên", "Loại", "Địa chỉ"], ["Hội Gióng", "Lễ Hội", "Sóc Sơn"]),
    "treasury accounts": (["Tên đơn vị", "Số tài khoản"], ["Sở Y tế", "9527.1.1234567"]),
}
HIDDEN = {
    "a representative's number": (["Tên doanh nghiệp", "SĐT người đại diện"], ["Công ty A", "0912345678"], {1}),
    "a mobile beside a person": (
        ["Tên cơ sở", "Chủ cơ sở", "Điện thoại"],
        ["Cơ sở A", "Nguyễn Văn An", "0912345678"],
        {2},
    ),
    "people by title": (
        ["Tên", "Số máy", "Địa chỉ"],
        ["An", "0255 3822 333", "1 Lê Lợi"],
        {1, 2},
        "Danh sách hộ nghèo",
    ),
    "people by their names": (["Tên", "Điện thoại"], ["Nguyễn Văn An", "0255 3822 333"], {1}),
    "a guide": (["Họ tên", "Số thẻ", "Loại thẻ", "ĐT"], ["Trần An", "151084322", "Quốc tế", "0912345678"], {1, 3}),
    "citizen numbers under any heading": (["Tên trường", "Mã"], ["Trường A", "051085001234"], {1}),
    "people and an environment": (
        ["Tên", "Môi trường", "Điện thoại"],
        ["Nguyễn Văn An", "tốt", "0912345678"],
        {2},
    ),
    "citizen numbers where somebody works": (
        ["Họ và tên", "Nơi làm việc"],
        ["Trần An", "051085001234"],
        {1},
    ),
    "no heading at all": (["", ""], ["Nguyễn Văn An", "0912.345.678"], {1}),
    "an unknown with a mobile": (["ten", "dienthoai"], ["A", "(+84) 912 345 678"], {1}),
    "Excel ate the zero": (["Họ và tên", "Di động"], ["Trần An", "912345678"], {1}),
    "an account of an unknown": (["Nội dung", "Số tài khoản"], ["Ủng hộ", "0711000123456"], {1}),
    "private mail of an official": (["Họ và tên", "Email"], ["Trần An", "tran.an@gmail.com"], {1}),
    "the birth of a head": (["Tên trường", "Hiệu trưởng", "Năm sinh"], ["Trường A", "Trần An", "1975"], {2}),
}


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT)
def test_what_is_no_personal_data_is_kept(case):
    columns, row = case
    assert masked(columns, row) == [row]


@pytest.mark.parametrize("case", HIDDEN.values(), ids=HIDDEN)
def test_personal_data_are_hidden_cell_by_cell_and_their_column_stays(case):
    columns, row, hidden, *title = case
    expected = [MASK if at in hidden else cell for at, cell in enumerate(row)]
    assert masked(columns, row, title="".join(title)) == [expected]


TEXTS = {
    "ông Trần An, CCCD số: 051085001234, ở Nghĩa Lộ": f"ông Trần An, CCCD số: {MASK}, ở Nghĩa Lộ",
    "CMND 212345678 cấp 2010": f"CMND {MASK} cấp 2010",
    "hộ chiếu: C1234567": f"hộ chiếu: {MASK}",
    "Liên hệ 0912 345 678 hoặc 0255 3822 333": f"Liên hệ {MASK} hoặc 0255 3822 333",
    "Trần An (0912345678), an@gmail.com": f"Trần An ({MASK}), {MASK}",
    "Quyết định 0510/QĐ-UBND ngày 02/09/2025": "Quyết định 0510/QĐ-UBND ngày 02/09/2025",
}


@pytest.mark.parametrize(("text", "shown"), TEXTS.items(), ids=TEXTS)
def test_a_note_loses_only_the_numbers_in_it(text, shown):
    assert masked(["Nội dung", "Ghi chú"], ["Trình báo", text])[0][1] == shown
    assert mask_text(text, rules()) == shown


def test_a_number_beside_a_name_is_taken_out_of_its_cell():
    rows = masked(["Tên trường", "Hiệu trưởng"], ["Trường A", "Trần An - 0912345678"])
    assert rows == [["Trường A", f"Trần An - {MASK}"]]


def test_a_service_may_name_its_mobile_in_a_note():
    text = "Đường dây nóng của Sở: 0912 345 678"
    assert mask_text(text, rules()) == text


def test_headings_that_are_data_are_hidden_too():
    table = make_table(["Trần An", "051085001234", "0912345678"], [["Lê Bình", "051085001235", "0912345679"]])
    found = mask_table(table, title="", dataset=Dataset(code="D1", title=""), rules=rules())
    assert found.table.columns == ("Trần An", MASK, MASK)
    assert found.table.rows == (("Lê Bình", MASK, MASK),)
    assert [(column.heading, column.cells) for column in found.columns] == [(MASK, 1), (MASK, 1)]


def test_the_report_says_which_column_why_and_how_many_cells():
    rows = [["Trần An", "0912345678", ""], ["Lê Bình", "", "x"], ["Võ Cường", "0912345670", ""]]
    table = make_table(["Họ và tên", "SoDienThoai", "Ghi chú"], rows)
    (column,) = mask_table(table, title="", dataset=Dataset(code="D1", title=""), rules=rules()).columns
    assert (column.position, column.heading, column.kind, column.reason, column.detail, column.cells) == (
        1, "SoDienThoai", "phone", "heading", "số điện thoại", 2,
    )  # fmt: skip


def test_a_table_without_personal_data_stays_the_same_table():
    table = make_table(["Xã", "Số hộ"], [["A", "12"], ["B", "13"]])
    found = mask_table(table, title="", dataset=Dataset(code="D1", title=""), rules=rules())
    assert found.table is table
    assert found.columns == ()
