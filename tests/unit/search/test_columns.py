"""Columns are read as what they hold."""

import pytest

from bot.core.findings import ColumnKind, ColumnRole
from bot.search.columns import accented, describe, heading_of, kind_of, with_unit_of, without_year, year_of
from bot.search.lexicon import Lexicon


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        pytest.param("dan_so", ["2161755", "10", ""], ColumnKind.NUMBER, id="whole numbers"),
        pytest.param("dien_tich", ["3359.84", "-1,5"], ColumnKind.NUMBER, id="decimals"),
        pytest.param("total", ["559000", "NA", ".."], ColumnKind.NUMBER, id="missing values"),
        pytest.param("total", ["1.5", "…", "—", "#N/A", "n/a"], ColumnKind.NUMBER, id="more missing values"),
        pytest.param("nam_thanh_lap", ["1966", "2002"], ColumnKind.YEAR, id="years"),
        pytest.param("dan_so", ["1966", "2002"], ColumnKind.NUMBER, id="numbers that look like years"),
        pytest.param("ma_xa", ["21211"], ColumnKind.CODE, id="code by heading"),
        pytest.param("so", ["001", "002"], ColumnKind.CODE, id="code by leading zeros"),
        pytest.param("ngay", ["2026-01-01", "2/9/2026"], ColumnKind.DATE, id="dates"),
        pytest.param("ten", ["Cúc Phương", "12"], ColumnKind.TEXT, id="names"),
        pytest.param("x", ["", " "], ColumnKind.TEXT, id="nothing"),
    ],
)
def test_the_kind_of_a_column_is_seen_in_its_values(heading: str, values: list[str], kind: ColumnKind):
    assert kind_of(heading, values) is kind


@pytest.mark.parametrize(
    ("heading", "year", "rest"),
    [
        ("2015", 2015, ""),
        ("Năm 2019 (*)", 2019, ""),
        ("dan_so_2019", 2019, "dan_so"),
        ("Dân số", None, "Dân số"),
        ("tinh", None, "tinh"),
        ("2015-2016", None, "2015-2016"),
        ("2017 (Nghìn người)", 2017, ""),
        ("2018 Diện tích (km2)", 2018, "Diện tích (km2)"),
    ],
)
def test_a_heading_may_be_a_year(heading: str, year: int | None, rest: str):
    assert (year_of(heading), without_year(heading)) == (year, rest)


@pytest.mark.parametrize(
    ("heading", "label", "unit"),
    [
        ("dien_tich_km2", "Diện tích", "km²"),
        ("san_luong_tan", "Sản lượng", "tấn"),
        ("Mật độ dân số (Người/km2)", "Mật độ dân số", "Người/km2"),
        ("ten_truong", "Tên trường", ""),
        ("Tổng số", "Tổng số", ""),
        ("xyz", "Xyz", ""),
    ],
)
def test_a_heading_is_read_out_with_its_unit(lexicon: Lexicon, heading: str, label: str, unit: str):
    found = heading_of(heading, lexicon)
    assert (found.label, found.unit) == (label, unit)


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("2017 (Nghìn người)", "nghìn người"), ("2017 (con)", "con"), ("2017 (sơ bộ)", ""), ("2017", "")],
)
def test_a_year_may_carry_the_unit_of_its_figures(lexicon: Lexicon, heading: str, unit: str):
    (column,) = describe((heading,), (ColumnKind.NUMBER,), lexicon)
    assert (column.label, column.unit) == ("2017", unit)


def test_the_first_text_names_a_row_where_no_heading_says_it(lexicon: Lexicon):
    columns = describe(("ma", "co_so", "so_luong"), (ColumnKind.CODE, ColumnKind.TEXT, ColumnKind.NUMBER), lexicon)
    assert [column.role for column in columns] == [ColumnRole.PLAIN, ColumnRole.NAME, ColumnRole.PLAIN]


def test_the_lowest_unit_names_a_row_where_all_texts_are_places(lexicon: Lexicon):
    columns = describe(("tinh", "huyen"), (ColumnKind.TEXT, ColumnKind.TEXT), lexicon)
    assert [column.role for column in columns] == [ColumnRole.PLACE, ColumnRole.NAME]


def test_a_unit_in_front_of_the_description_never_replaces_a_columns_own(lexicon: Lexicon):
    columns = describe(("ratio", "total.rev"), (ColumnKind.NUMBER, ColumnKind.NUMBER), lexicon)
    assert [column.unit for column in with_unit_of("Triệu đồng; tổng thu", columns, lexicon)] == ["%", "triệu đồng"]


def test_unknown_words_stay_as_printed(lexicon: Lexicon):
    assert accented(("thi", "xa", "abc"), lexicon) == "Thị xã abc"
