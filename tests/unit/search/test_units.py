"""Communes and former districts: every row is found by its name, and leads to what it is today."""

import csv
import re
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.search.places import Places, load_places
from bot.search.units import Unit

DATA = Path(__file__).resolve().parents[3] / "data" / "places"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(places: Places, text: str, *, free: bool = False) -> list[tuple[Unit, ...]]:
    words = re.findall(r"\w+", text)
    mentions = places.find_units(tokens(text), words, free=lambda _start, _end: free)
    return [mention.units for mention in mentions]


COMMUNES = rows("communes.csv")
NUMBERS = {"quangngai": 96, "khanhhoa": 65, "hungyen": 104, "phutho": 148, "angiang": 102}


def test_every_commune_of_the_five_provinces_is_listed():
    counted = {province: sum(row["province"] == province for row in COMMUNES) for province in NUMBERS}
    assert counted == NUMBERS
    assert len({row["code"] for row in COMMUNES}) == len(COMMUNES)


def is_found(places: Places, row: dict[str, str], *, former: bool) -> bool:
    mentions = found(places, row["name"])
    return len(mentions) == 1 and (row["province"], former) in {(unit.province, unit.former) for unit in mentions[0]}


def is_made_of(places: Places, row: dict[str, str], text: str) -> bool:
    mentions = found(places, text.partition(" (")[0])
    here = (unit for units in mentions for unit in units if unit.province == row["province"])
    return len(mentions) == 1 and any(row["name"] in (unit.name, *unit.now) for unit in here)


@pytest.mark.parametrize("province", NUMBERS)
def test_every_commune_and_what_it_was_made_of_is_found(places: Places, province: str):
    for row in COMMUNES:
        if row["province"] == province:
            assert is_found(places, row, former=False), row["code"]
            assert [text for text in row["former"].split(" | ") if not is_made_of(places, row, text)] == [], row["code"]


def test_every_former_district_is_found(places: Places):
    missing = [row["name"] for row in rows("districts.csv") if not is_found(places, row, former=True)]
    assert missing == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("phường phú thọ", {"Phường Phú Thọ"}, id="the ward, not the province"),
        pytest.param("thị xã phú thọ", {"Thị xã Phú Thọ"}, id="the former town"),
        pytest.param("xa tinh ky", {"Xã Tịnh Kỳ"}, id="without diacritics"),
        pytest.param("phuong tinh khe", {"Xã Tịnh Khê"}, id="typed with another sort"),
        pytest.param("xã tĩnh khê", set(), id="other diacritics are another name"),
        pytest.param("xã Hà Nội", set(), id="a province is no commune"),
        pytest.param("thành phố quảng ngãi", {"Thành phố Quảng Ngãi"}, id="the town was a district"),
        pytest.param("thành phố hồ chí minh", set(), id="a city that is a province"),
        pytest.param("tịnh khê quảng ngãi", {"Xã Tịnh Khê"}, id="beside its province"),
        pytest.param("tịnh khê an giang", set(), id="beside another province"),
        pytest.param("an phú", set(), id="alone it may be anything"),
    ],
)
def test_a_name_counts_with_its_sort_or_beside_its_province(places: Places, text: str, names: set[str]):
    assert {unit.name for units in found(places, text) for unit in units} == names


def test_a_name_alone_counts_where_the_words_mean_nothing_else(places: Places):
    assert [units[0].name for units in found(places, "dân số lý sơn", free=True)] == ["Đặc khu Lý Sơn"]


def test_a_name_of_several_provinces_keeps_them_all(places: Places):
    [units] = found(places, "xã tân lập")
    assert {unit.province for unit in units} == {"quangngai", "hungyen", "phutho", "angiang"}
    [units] = found(places, "xã tân lập quảng ngãi")
    assert {unit.province for unit in units} >= {"quangngai"}


@pytest.mark.parametrize(
    ("text", "provinces"),
    [
        pytest.param("dân số phú thọ", ["phutho"], id="the province"),
        pytest.param("tỉnh phú thọ", ["phutho"], id="with its sort"),
        pytest.param("phường phú thọ", [], id="the ward"),
        pytest.param("thị xã phú thọ tỉnh phú thọ", ["phutho"], id="the town in the province"),
        pytest.param("thành phố thái bình", [], id="the town that was a district"),
        pytest.param("thành phố đà nẵng", ["danang"], id="a city that is a province"),
    ],
)
def test_a_sort_in_front_tells_the_province_from_its_namesake(places: Places, text: str, provinces: list[str]):
    assert [mention.place.province for mention in places.find(tokens(text))] == provinces


@pytest.mark.parametrize(
    ("file", "text", "key"),
    [
        ("communes.csv", "province,name\nhue,Xã A\n", "line 1"),
        ("communes.csv", "province,code,name,former\natlantis,1,Xã A,\n", "line 2"),
        ("districts.csv", "province,former_province,name\nhue,Huế,\n", "line 2"),
    ],
    ids=["other columns", "no such province", "no name"],
)
def test_a_bad_row_is_named_with_its_file_and_line(tmp_path: Path, file: str, text: str, key: str):
    for source in DATA.iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_places(tmp_path)
    assert (caught.value.file, caught.value.key) == (file, key)
