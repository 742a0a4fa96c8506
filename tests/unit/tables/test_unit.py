"""The unit of a whole table is read from its own line, and an agency is no unit."""

import pytest

from gateway.tables.unit import read_measure, read_unit, unit_in

LINES = {
    "Đơn vị tính: Nghìn người": "Nghìn người",
    "ĐVT: tỷ đồng": "tỷ đồng",
    "(Đơn vị tính: triệu đồng)": "triệu đồng",
    "Đơn vị: %": "%",
    "Đơn vị: nghìn tấn.": "nghìn tấn",
    "Đơn vị tính: Người/km2 - Unit: Person/km2": "Người/km2",
    "Unit: Thousand ha": "Thousand ha",
    "Đơn vị: Sở Y tế": "",
    "Đơn vị: Cơ quan nhà nước": "",
    "Đơn vị tính: km2, người": "",
    "Đơn vị báo cáo: Sở Giáo dục": "",
    "Số đơn vị: 12": "",
    "Đơn vị": "",
    "": "",
}


@pytest.mark.parametrize(("line", "unit"), LINES.items(), ids=LINES)
def test_a_line_gives_its_unit(line, unit):
    assert read_unit(line) == unit


def test_the_first_unit_counts():
    assert unit_in(["Bảng 1", "ĐVT: ha", "ĐVT: tấn"]) == "ha"


@pytest.mark.parametrize(
    ("text", "unit"),
    [("Nghìn ha - Thous. ha", "Nghìn ha"), ("(Tỷ đồng)", "Tỷ đồng"), ("%", "%"), ("Sở Y tế", ""), ("", "")],
)
def test_what_stands_alone_at_the_side_may_be_a_unit(text, unit):
    assert read_measure(text) == unit
