"""Several tables stand in one sheet."""

import pytest

from gateway.tables.sheet import Record, Sheet
from gateway.tables.splitting import split_sheet

FIRST = [("Xã", "Dân số"), ("Xã A", "1"), ("Xã B", "2"), ()]
ANOTHER = {
    "other headings": [("Xã", "Diện tích"), ("Xã A", "10"), ("Xã B", "20")],
    "a title and other headings": [("Diện tích",), ("Xã", "Diện tích"), ("Xã A", "10"), ("Xã B", "20")],
    "a caption": [("Bảng 2. Diện tích",), ("Xã", "Ha"), ("Xã A", "10"), ("Xã B", "20")],
}
SAME = {
    "the headings of the next page": [("Xã", "Dân số"), ("Xã C", "3"), ("Xã D", "4")],
    "a row of words": [("Xã", "chưa có"), ("khác", "không"), ("Xã D", "4")],
    "a section": [("Miền núi", ""), ("Xã C", "3"), ("Xã D", "4")],
}


def sheet(*rows: tuple[str, ...]) -> Sheet:
    """Records of ``rows`` without the blank ones, in a grid."""
    return Sheet(records=[Record(line=line, cells=cells) for line, cells in enumerate(rows, 1) if any(cells)])


def cells(part: Sheet) -> list[tuple[str, ...]]:
    return [record.cells for record in part.records]


@pytest.mark.parametrize("name", ANOTHER)
def test_a_table_set_apart_with_its_own_headings_is_another(name):
    below = ANOTHER[name]
    assert [cells(part) for part in split_sheet(sheet(*FIRST, *below))] == [FIRST[:3], below]


@pytest.mark.parametrize("name", SAME)
def test_what_goes_on_below_a_blank_line_is_the_same_table(name):
    assert len(list(split_sheet(sheet(*FIRST, *SAME[name])))) == 1


def test_tables_side_by_side_are_told_by_their_captions():
    rows = [("Bảng 1. Dân số", "", "", "Bảng 2. Diện tích"), ("Xã", "Người", "", "Xã", "Ha"), ("A", "1", "", "A", "5")]
    left, right = split_sheet(sheet(("SỞ Y TẾ",), *rows))
    assert cells(left)[:2] == [("SỞ Y TẾ",), ("Bảng 1. Dân số", "", "")]
    assert cells(right) == [("Bảng 2. Diện tích",), ("Xã", "Ha"), ("A", "5")]


def test_tables_below_each_other_are_told_by_their_captions():
    rows = [("Bảng 1. Lúa", ""), ("Xã", "Tấn"), ("Xã A", "1"), ("Bảng kê khác", ""), ("Xã B", "2"), ("",)]
    whole = sheet(*rows, *rows[:3])
    parts = list(split_sheet(Sheet(records=whole.records, above=("Sở",), below=("Nguồn: Sở",))))
    assert [(len(part.records), part.above, part.below) for part in parts] == [
        (5, ("Sở",), ()),
        (3, (), ("Nguồn: Sở",)),
    ]
