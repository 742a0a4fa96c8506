"""Headings of catalogue files: every row of the content file, and how a header is read."""

import tomllib
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.core.text import fold
from gateway.heading import COLUMNS, load_headings

FILE = Path(__file__).parents[2] / "data" / "catalogue" / "headings.toml"
PRINTED = [(heading, column) for column, list_ in tomllib.loads(FILE.read_text()).items() for heading in list_]
HEADINGS = load_headings(FILE)
HEADERS = {
    "any order": (["title", "province"], {"title": 0, "province": 1}, ()),
    "any case": (["TITLE", "Source_URL"], {"title": 0, "url": 1}, ()),
    "an annex": (
        ["TT", "Tên tập dữ liệu", "Cơ quan, đơn vị chủ trì", "Tần suất cập nhật dữ liệu"],
        {"number": 0, "title": 1, "publisher": 2, "update_frequency": 3},
        (),
    ),
    "what means nothing is named": (["title", "Ghi chú", "colour"], {"title": 0}, ("Ghi chú", "colour")),
    "the left of two": (["Tên dữ liệu", "Tên danh mục"], {"title": 0}, ("Tên danh mục",)),
    "a whole heading before a beginning": (["Cơ quan phối hợp", "publisher"], {"publisher": 1}, ("Cơ quan phối hợp",)),
    "an empty heading is passed over": (["", "title"], {"title": 1}, ()),
    "a longer heading is another": (["title", "Tên tập dữ liệu gốc"], {"title": 0}, ("Tên tập dữ liệu gốc",)),
    "a unit is no agency": (["title", "Đơn vị tính"], {"title": 0}, ("Đơn vị tính",)),
}
BROKEN = {
    "unknown column": ('colour = ["Màu"]', "colour"),
    "not a list": ('title = "Tên"', "title"),
    "two meanings": ('title = ["Tên"]\ncode = ["TÊN"]', "code"),
    "no words": ('title = ["…"]', "title"),
    "not TOML": ("title = [", "TOML"),
}


@pytest.mark.parametrize(("heading", "column"), PRINTED, ids=[heading for heading, _ in PRINTED])
def test_a_printed_heading_is_understood_with_and_without_diacritics(heading, column):
    printed = heading.removesuffix(" …")
    for way in (printed, fold(printed), printed.upper()):
        assert HEADINGS.lay_out([way]).positions == {column: 0}


@pytest.mark.parametrize("column", COLUMNS)
def test_the_name_of_a_column_is_understood(column):
    assert HEADINGS.lay_out([column]).positions == {column: 0}


@pytest.mark.parametrize(("header", "positions", "unused"), HEADERS.values(), ids=HEADERS)
def test_a_header_is_laid_out(header, positions, unused):
    layout = HEADINGS.lay_out(header)
    assert (layout.positions, layout.unused) == (positions, unused)


def test_a_missing_cell_is_empty():
    layout = HEADINGS.lay_out(["title", "theme"])
    assert (layout.pick(["Lúa"], "theme"), layout.pick(["Lúa"], "url")) == ("", "")


@pytest.mark.parametrize(("content", "key"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_its_key(tmp_path, content, key):
    file = tmp_path / "headings.toml"
    file.write_text(content)
    with pytest.raises(ContentError) as refused:
        load_headings(file)
    assert refused.value.key == key
