"""A table is found in a sheet as statistics offices print it."""

import pytest

from gateway.tables.grid import Grid, read_grid
from gateway.tables.sheet import Record, Sheet, SheetError

SHEETS = {
    "plain": ([("ten", "gia"), ("Gạo", "1")], ("ten", "gia"), [("Gạo", "1")]),
    "one column": ([("ten",), ("Gạo",)], ("ten",), [("Gạo",)]),
    "header only": ([("ten", "gia")], ("ten", "gia"), []),
    "title above": ([("Giá, năm 2020",), ("ten", "gia"), ("Gạo", "1")], ("ten", "gia"), [("Gạo", "1")]),
    "title with empty cells": ([("Giá", ""), ("ten", "gia"), ("Gạo", "1")], ("ten", "gia"), [("Gạo", "1")]),
    "title torn by its comma": (
        [("Giá gạo", "theo xã"), ("Xã", "Tẻ", "Nếp"), ("Xã A", "1", "2"), ("Xã B", "3", "4")],
        ("Xã", "Tẻ", "Nếp"),
        [("Xã A", "1", "2"), ("Xã B", "3", "4")],
    ),
    "stacked heading": (
        [("", "2017", "", "2018", ""), ("", "Lúa", "Ngô", "Lúa", "Ngô"), ("Cà Mau", "1", "2", "3", "4")],
        ("", "2017 Lúa", "2017 Ngô", "2018 Lúa", "2018 Ngô"),
        [("Cà Mau", "1", "2", "3", "4")],
    ),
    "a measure above its years": (
        [("Tỉnh", "Dân số (Nghìn người)", ""), ("", "2017", "2018"), ("Xã A", "1", "2")],
        ("Tỉnh", "Dân số (Nghìn người) 2017", "Dân số (Nghìn người) 2018"),
        [("Xã A", "1", "2")],
    ),
    "a single year above all": (
        [("", "2017", ""), ("", "Lúa", "Ngô"), ("Cà Mau", "1", "2")],
        ("", "2017 Lúa", "2017 Ngô"),
        [("Cà Mau", "1", "2")],
    ),
    "headings over one and two rows": (
        [("TT", "Xã", "Trường", "", "Ghi chú"), ("", "", "Tiểu học", "THCS", ""), ("1", "A", "2", "3", "x")],
        ("TT", "Xã", "Trường Tiểu học", "Trường THCS", "Ghi chú"),
        [("1", "A", "2", "3", "x")],
    ),
    "units below the headings": (
        [("Xã", "Diện tích", "Dân số"), ("", "(km2)", "(người)"), ("Xã A", "1", "2")],
        ("Xã", "Diện tích (km2)", "Dân số (người)"),
        [("Xã A", "1", "2")],
    ),
    "numbered columns": (
        [("TT", "Xã", "Số hộ"), ("(1)", "(2)", "(3)"), ("1", "A", "2")],
        ("TT", "Xã", "Số hộ"),
        [("1", "A", "2")],
    ),
    "columns numbered with letters": (
        [("TT", "Xã", "Số hộ"), ("A", "B", "1"), ("1", "Xã A", "2")],
        ("TT", "Xã", "Số hộ"),
        [("1", "Xã A", "2")],
    ),
    "headings in two languages": (
        [("", "Diện tích", "Sản lượng"), ("", "Area", "Production"), ("Cà Mau", "1", "2")],
        ("", "Diện tích Area", "Sản lượng Production"),
        [("Cà Mau", "1", "2")],
    ),
    "figures that could number columns": (
        [("a", "b", "c"), ("1", "2", "3"), ("4", "5", "6")],
        ("a", "b", "c"),
        [("1", "2", "3"), ("4", "5", "6")],
    ),
    "a row that is called A": (
        [("Lớp", "Nam", "Nữ"), ("A", "1", "2"), ("B", "3", "4")],
        ("Lớp", "Nam", "Nữ"),
        [("A", "1", "2"), ("B", "3", "4")],
    ),
    "first heading left empty": (
        [("", "2017"), ("", "5"), ("Cà Mau", "1")],
        ("", "2017"),
        [("", "5"), ("Cà Mau", "1")],
    ),
    "a blank heading above texts": (
        [("Tên", "", "Nơi"), ("Chợ A", "x", "y"), ("Chợ B", "x", "y")],
        ("Tên", "", "Nơi"),
        [("Chợ A", "x", "y"), ("Chợ B", "x", "y")],
    ),
    "notes below": ([("a", "b"), ("1", "2"), ("(*) Sơ bộ.",), ("Chưa kể…",)], ("a", "b"), [("1", "2")]),
    "a row without figures is no note": (
        [("Xã", "Hộ", "Người"), ("Xã A", "1", "2"), ("B", "", "")],
        ("Xã", "Hộ", "Người"),
        [("Xã A", "1", "2"), ("B", "", "")],
    ),
    "blanks where merged cells were are no notes": (
        [("Huyện", "Xã", "Thôn"), ("A", "B", "Thôn 1"), ("", "", "Thôn 2")],
        ("Huyện", "Xã", "Thôn"),
        [("A", "B", "Thôn 1"), ("", "", "Thôn 2")],
    ),
    "offices that are listed sign nothing": (
        [("Tên", "Chức vụ"), ("Nguyễn A", "Giám đốc"), ("Trần B", "Chủ tịch")],
        ("Tên", "Chức vụ"),
        [("Nguyễn A", "Giám đốc"), ("Trần B", "Chủ tịch")],
    ),
    "empty cells cut off": (
        [("a", "b", "c"), ("1",), ("1", "2", "3")],
        ("a", "b", "c"),
        [("1", "", ""), ("1", "2", "3")],
    ),
    "empty cells too many": ([("a", "b"), ("1", "2", "", "")], ("a", "b"), [("1", "2")]),
    "an empty column": ([("a", "", "b"), ("1", "", "2")], ("a", "b"), [("1", "2")]),
    "headings repeated on the next page": (
        [("a", "b"), ("1", "2"), ("a", "b"), ("3", "4")],
        ("a", "b"),
        [("1", "2"), ("3", "4")],
    ),
    "a missing value stays as printed": ([("a", "b"), ("1", "..")], ("a", "b"), [("1", "..")]),
    "what cannot be seen is no text": ([("a", "b"), ("\u200b1", "2\u00ad")], ("a", "b"), [("1", "2")]),
}
LETTER = [
    ("UBND XÃ A", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", ""),
    ("PHÒNG KINH TẾ", "", "", "Độc lập - Tự do - Hạnh phúc", ""),
    ("Biểu số 01", "", "", "Kèm theo Công văn số 1", ""),
    ("TỔNG HỢP SỐ HỘ", "", "", "", ""),
    ("", "", "", "", "Đơn vị tính: hộ"),
    ("TT", "Thôn", "Hộ", "Hộ nghèo", "Ghi chú"),
    ("1", "Thôn 1", "120", "3", ""),
    ("2", "Thôn 2", "80", "2", ""),
]
SIGNATURES = [
    (10, ("", "", "", "Xã A, ngày 1 tháng 2 năm 2024", "")),
    (11, ("", "NGƯỜI LẬP", "", "CHỦ TỊCH", "")),
    (14, ("", "Nguyễn A", "", "Trần B", "")),
]


def records(*rows: tuple[str, ...]) -> list[Record]:
    return [Record(line=line, cells=cells) for line, cells in enumerate(rows, start=1)]


def grid(*rows: tuple[str, ...], ragged: bool = True, **around: tuple[str, ...]) -> Grid:
    found = read_grid(Sheet(records=records(*rows), ragged=ragged, **around))
    assert found is not None
    return found


@pytest.mark.parametrize(("sheet", "columns", "rows"), SHEETS.values(), ids=SHEETS)
def test_a_sheet_becomes_a_table(sheet, columns, rows):
    found = grid(*sheet)
    assert (found.columns, list(found.rows)) == (columns, rows)


def test_a_row_that_was_torn_apart_is_refused_with_its_line():
    with pytest.raises(SheetError, match="line 3 has 3 cells, the header has 2"):
        grid(("ten", "gia"), ("Gạo", "1"), ("Ngô", "2", "5"))


def test_a_header_that_lacks_a_heading_is_no_title():
    with pytest.raises(SheetError, match="line 2 has 3 cells, the header has 2"):
        grid(("ten", "gia"), ("Gạo", "1", "2"), ("Ngô", "2", "5"), ("Mía", "3", "5"))


def test_the_head_and_the_signatures_of_a_letter_are_no_rows():
    signed = [Record(line=line, cells=cells) for line, cells in SIGNATURES]
    found = read_grid(Sheet(records=[*records(*LETTER), *signed]))
    assert found is not None
    assert (found.columns, len(found.rows), found.unit) == (("TT", "Thôn", "Hộ", "Hộ nghèo", "Ghi chú"), 2, "hộ")
    assert found.title == "Biểu số 01 Kèm theo Công văn số 1 TỔNG HỢP SỐ HỘ"
    assert found.notes == ("Xã A, ngày 1 tháng 2 năm 2024", "NGƯỜI LẬP", "CHỦ TỊCH", "Nguyễn A", "Trần B")


def test_a_frame_around_the_head_of_a_letter_is_no_table():
    assert read_grid(Sheet(records=records(*LETTER[:2]))) is None


def test_a_frame_around_recipients_and_signature_is_no_table():
    assert read_grid(Sheet(records=records(("Nơi nhận:", "CHỦ TỊCH"), ("- Lưu VT", "Trần B")))) is None


def test_the_unit_may_stand_in_the_corner():
    found = grid(("Đơn vị: Nghìn tấn", "2017"), ("Cà Mau", "1"))
    assert (found.columns, found.unit) == (("", "2017"), "Nghìn tấn")


def test_marks_of_notes_are_no_part_of_a_heading():
    assert grid(("Tỉnh", "2019 (*)", "Số xã**"), ("A", "1", "2")).columns == ("Tỉnh", "2019", "Số xã")


def test_lines_around_a_table_are_its_title_unit_and_notes():
    found = grid(("a", "b"), ("1", "2"), above=("Bảng 1. Lúa", "ĐVT: tấn"), below=("Nguồn: Sở",), ragged=False)
    assert (found.title, found.unit, found.notes) == ("Bảng 1. Lúa", "tấn", ("Nguồn: Sở",))


def test_a_yearbook_is_read_with_its_unit_at_the_side_and_its_second_language():
    found = grid(
        ("1. Diện tích rừng", "", "", ""),
        ("Area of forest", "", "", ""),
        ("", "", "", "Nghìn ha - Thous. ha"),
        ("", "Tổng số", "Chia ra - Of which", ""),
        ("", "Total", "Rừng tự nhiên", "Rừng trồng"),
        ("", "", "Natural", "Planted"),
        ("2015", "14,9", "10,5", "3,3"),
        ("2016", "14,7", "10,1", "4,6"),
    )
    assert (found.title, found.unit) == ("1. Diện tích rừng Area of forest", "Nghìn ha")
    assert found.columns[1:] == (
        "Tổng số Total",
        "Chia ra - Of which Rừng tự nhiên Natural",
        "Chia ra - Of which Rừng trồng Planted",
    )
    assert [row[0] for row in found.rows] == ["2015", "2016"]


def test_notes_and_signatures_close_a_table_though_they_stand_under_its_first_column():
    found = grid(
        ("Xã", "Dân số", "Ghi chú"),
        ("Xã A", "1", ""),
        ("Xã B", "2", ""),
        ("Nguồn: Sở Y tế", "", ""),
        ("", "", "Phú Thọ, ngày 05 tháng 01 năm 2025"),
        ("Người lập biểu", "", "GIÁM ĐỐC"),
        ("(Ký, họ tên)", "", "(Ký tên, đóng dấu)"),
    )
    assert [row[0] for row in found.rows] == ["Xã A", "Xã B"]
    assert (found.notes[0], found.notes[-1]) == ("Nguồn: Sở Y tế", "(Ký tên, đóng dấu)")


def test_an_office_in_a_row_of_a_table_is_no_signature():
    rows = (("Ông A", "Giám đốc", "Sở Y tế"), ("Ông B", "Chủ tịch", "Xã C"), ("Giám đốc Sở", "", "Sở Y tế"))
    assert grid(("Tên", "Chức vụ", "Nơi"), *rows, ragged=False).rows == rows


def test_a_list_of_offices_keeps_its_last_rows():
    rows = (("Văn phòng Sở", "0210"), ("Ban Giám đốc", ""), ("Chủ tịch", ""))
    assert grid(("Cơ quan", "Điện thoại"), *rows, ragged=False).rows == rows


def test_blank_columns_at_the_left_are_no_part_of_a_table():
    found = grid(("", "Số trường"), ("", "Xã", "Trường", "Lớp"), ("", "Xã A", "1", "2"), ragged=False)
    assert (found.title, found.columns) == ("Số trường", ("Xã", "Trường", "Lớp"))
