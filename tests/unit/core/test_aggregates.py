"""Rows that sum up others are told by their names, in the table they stand in."""

import pytest

from bot.core.aggregates import _REGIONS, _TOTALS, Level, aggregate_rows, level_of
from bot.core.text import fold

PRINTED = {
    "TỔNG SỐ": Level.TOTAL,
    "CẢ NƯỚC": Level.TOTAL,
    "CẢ NƯỚC - WHOLE COUNTRY": Level.TOTAL,
    "Tổng số/Total": Level.TOTAL,
    "Tổng cộng:": Level.TOTAL,
    "Tổng số: 34 đơn vị": Level.TOTAL,
    "I. Tổng số": Level.TOTAL,
    "* Toàn tỉnh": Level.TOTAL,
    "II. Vùng Tây Nguyên": Level.REGION,
    "Đồng bằng sông Hồng (11 tỉnh)": Level.REGION,
    "Tây Nguyên/Central Highlands": Level.REGION,
    "Bắc Trung Bộ và Duyên hải miền Trung": Level.REGION,
    "Hà Nội": None,
    "Tổng cục Thống kê": None,
    "Tổng số hộ nghèo": None,
    "Tổng Công ty Điện lực Miền Nam": None,
    "Cộng Hòa": None,
    "Chung cư Miền Trung": None,
    "Đông Bắc Ga": None,
    "Vùng": None,
    "2015": None,
    "": None,
}
PROVINCES = ["CẢ NƯỚC", "Đồng bằng sông Hồng", "Hà Nội", "Vĩnh Phúc", "Bắc Ninh", "Tây Nguyên", "Kon Tum", "Gia Lai"]


@pytest.mark.parametrize("printed", [*_TOTALS, *_REGIONS])
def test_every_listed_name_is_known_in_any_case_and_without_diacritics(printed):
    level = Level.TOTAL if printed in _TOTALS else Level.REGION
    assert {level_of(way) for way in (printed, printed.upper(), printed.title(), fold(printed))} == {level}


@pytest.mark.parametrize(("printed", "level"), PRINTED.items(), ids=PRINTED)
def test_a_name_tells_what_its_row_sums_up(printed, level):
    assert level_of(printed) is level


def test_totals_and_regions_among_provinces_are_aggregates():
    assert aggregate_rows(PROVINCES) == {0, 1, 5}


def test_in_a_table_of_regions_only_the_total_is_one():
    assert aggregate_rows(["Cả nước", "Miền Bắc", "Miền Trung", "Miền Nam"]) == {0}


def test_a_table_of_sorts_has_its_total():
    assert aggregate_rows(["TỔNG SỐ", "Bệnh viện", "Nhà hộ sinh"]) == {0}


def test_a_shop_that_is_called_like_a_region_is_a_shop():
    assert aggregate_rows(["Bún Mệ Kéo", "Tây Nguyên", "Chợ Đông Ba", "Tây Nguyên"]) == frozenset()


@pytest.mark.parametrize("names", [[], ["Tổng số"], ["Tổng số", "Tổng cộng"], ["Hà Nội", "Huế"]])
def test_what_sums_up_nothing_is_no_aggregate(names):
    assert aggregate_rows(names) == frozenset()
