"""Provinces under every name, today's and former."""

from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.search.places import Places, load_places

DATA = Path(__file__).resolve().parents[3] / "data/places"


def test_there_are_34_provinces_made_of_63(places: Places):
    assert len(places.provinces) == 34
    assert sum(1 + len(province.former) for province in places.provinces.values()) == 63
    assert len({province.code for province in places.provinces.values()}) == 34


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("dân số tỉnh Quảng Ngãi", [("quangngai", False)], id="today's province"),
        pytest.param("dan so vinh phuc", [("phutho", True)], id="former province"),
        pytest.param("tu sai gon ra thua thien hue", [("hochiminh", False), ("hue", False)], id="two other names"),
        pytest.param("dansoquangngai quangngai", [("quangngai", False)], id="written together"),
        pytest.param("quang canh", [], id="only the first word"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_places_are_found_in_a_text(places: Places, text: str, found: list[tuple[str, bool]]):
    assert [(m.place.province, m.place.former) for m in places.find(tokens(text))] == found


@pytest.mark.parametrize(
    ("printed", "province"),
    [
        ("quangngai", "quangngai"),
        ("Toàn quốc (NSO)", ""),
        ("", ""),
        ("Huế (Thừa Thiên Huế)", "hue"),
        ("Yên Bái (nay thuộc Lào Cai)", "laocai"),
        ("TP. Hồ Chí Minh", "hochiminh"),
        ("Sao Hỏa", None),
    ],
)
def test_the_scope_of_a_catalogue_is_understood_as_printed(places: Places, printed: str, province: str | None):
    assert places.locate(printed) == province


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("dân số thị xã Phú Thọ", "thi xa"),
        ("xã Hòa Bình", "xa"),
        ("số hợp tác xã Hòa Bình", ""),
        ("giá trị địa phương An Giang", ""),
        ("các huyện Kiên Giang", ""),
        ("danh sách xã An Giang", ""),
        ("dân số An Giang", ""),
    ],
)
def test_a_sort_stands_before_a_name_unless_the_word_is_longer_or_units_are_listed(
    places: Places, text: str, sort: str
):
    words = tokens(text)
    assert places.sort_before(words, len(words) - 2) == tokens(sort)


@pytest.mark.parametrize(
    ("name", "bare"),
    [("xã Tịnh Khê", "tinh khe"), ("thị trấn La Hà", "la ha"), ("Cà Đam", "ca dam"), ("xã", "xa")],
)
def test_the_sort_in_front_of_a_name_can_be_left_out(places: Places, name: str, bare: str):
    assert places.without_sort(tokens(name)) == tokens(bare)


@pytest.mark.parametrize(
    ("file", "text", "key"),
    [
        pytest.param("provinces.toml", '[a]\ncode = "1"', "a", id="no name"),
        pytest.param("provinces.toml", '[a]\nname = "A"\ncode = "1"\nx = 1', "a", id="unknown entry"),
        pytest.param("provinces.toml", '[a]\nname="A"\ncode="1"\n[b]\nname="A"\ncode="2"', "b", id="name used twice"),
        pytest.param("provinces.toml", '[a]\nname = "A"\ncode = "1"\naliases = "x"', "a", id="aliases no list"),
        pytest.param("units.toml", '[sorts]\n"xã" = "village"', "xã", id="unknown level"),
        pytest.param("units.toml", '[sorts]\n"xã" = "commune"\n[any]\nsorts = ["x"]', "any", id="unknown sort"),
        pytest.param("units.toml", "", "sorts", id="no sorts"),
    ],
)
def test_a_bad_row_is_named_with_its_file_and_key(tmp_path: Path, file: str, text: str, key: str):
    for name in ("provinces.toml", "units.toml"):
        (tmp_path / name).write_text((DATA / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_places(tmp_path)
    assert (caught.value.file, caught.value.key) == (file, key)
