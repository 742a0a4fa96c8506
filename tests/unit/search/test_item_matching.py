"""Proposals of datasets for items: the judged pairs, and what is never proposed."""

import csv
from functools import cache
from pathlib import Path

import pytest

from bot.core.catalogue import Dataset
from bot.core.errors import ContentError
from bot.core.items import CatalogueItem
from bot.search.item_matching import LEAST, load_matching
from bot.search.places import load_places

ROOT = Path(__file__).parents[3]
MATCHING = load_matching(ROOT / "data" / "catalogue", load_places(ROOT / "data" / "places"))


def rows_of(file):
    with (ROOT / file).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


PAIRS = rows_of("tests/data/items/judged-pairs.csv")
SAMPLE = [
    Dataset(code=str(number), title=row["title"], province=row["province"], publisher=row["publisher"])
    for number, row in enumerate(rows_of("data/sample/catalogue.csv"))
]
BY_TITLE = {(dataset.title, dataset.province): dataset for dataset in SAMPLE}


def item_of(pair):
    province = "Toàn quốc" if pair["item_province"] == "toanquoc" else pair["item_province"]
    return CatalogueItem(code=pair["item_title"], title=pair["item_title"], owner=pair["item_owner"], province=province)


@cache
def scores():
    """The score of every pair of an item and a dataset of the sample, whatever else each of them would fit."""
    items = list(dict.fromkeys(map(item_of, PAIRS)))
    scored = MATCHING.score(items, SAMPLE, least=0.0)
    return {(one.item, one.dataset.code): one.score for one in scored}


def quality(part):
    judged = []
    for pair in (pair for pair in PAIRS if pair["part"] == part):
        dataset = BY_TITLE[pair["dataset_title"], pair["dataset_province"]]
        score = scores().get((item_of(pair), dataset.code), 0.0)
        judged.append((pair["match"] == "yes", score >= LEAST))
    right = sum(yes and proposed for yes, proposed in judged)
    return right / sum(proposed for _, proposed in judged), right / sum(yes for yes, _ in judged)


@pytest.mark.parametrize(("part", "precision", "recall"), [("a", 17 / 20, 1.0), ("b", 1.0, 15 / 16)])
def test_proposals_are_as_right_and_as_complete_as_the_docs_say(part, precision, recall):
    assert quality(part) == (pytest.approx(precision), pytest.approx(recall))


def propose(item, *datasets):
    return {one.dataset.code: one for one in MATCHING.propose([item], datasets, least=0.0)}


SCHOOLS = CatalogueItem(
    code="i", title="Danh sách trường tiểu học", owner="Sở Giáo dục và Đào tạo", province="vinhphuc"
)
PLACES = {
    "phutho": True,
    "Vĩnh Phúc": True,
    "Phú Thọ": True,
    "": True,
    "An Giang": False,
    "Toàn quốc (NSO)": False,
    "nowhere": False,
}


@pytest.mark.parametrize(("province", "proposed"), PLACES.items())
def test_only_datasets_of_the_same_place_are_proposed(province, proposed):
    dataset = Dataset(code="d", title="Trường tiểu học", province=province)
    assert ("d" in propose(SCHOOLS, dataset)) == proposed


LOWERED = {
    "another year": ("Trường tiểu học năm 2024", "Trường tiểu học năm 2026", "another year"),
    "another breakdown": ("Trường tiểu học", "Trường tiểu học theo cấp quản lý", "another breakdown"),
    "an opposite": ("Trường tiểu học", "Trường trung học cơ sở", "an opposite"),
}


@pytest.mark.parametrize(("title", "other", "why"), LOWERED.values(), ids=LOWERED)
def test_what_tells_two_lists_apart_lowers_the_score(title, other, why):
    item = CatalogueItem(code="i", title=title, province="vinhphuc")
    (proposed,) = propose(item, Dataset(code="d", title=other, province="phutho")).values()
    assert why in proposed.why
    assert proposed.score < LEAST


def test_the_agency_raises_or_lowers_the_score():
    of = {
        agency: propose(
            SCHOOLS, Dataset(code="d", title="Trường tiểu học công lập", province="phutho", publisher=agency)
        )["d"]
        for agency in ("", "Sở Giáo dục và Đào tạo tỉnh Phú Thọ", "Sở Y tế")
    }
    none, same, other = of.values()
    assert same.score > none.score > other.score


def test_a_year_of_a_renewed_item_is_proposed():
    years = [Dataset(code=str(y), title=f"Danh sách trường tiểu học năm {y}", province="phutho") for y in (2024, 2025)]
    assert all(one.score == 1.0 for one in propose(SCHOOLS, *years).values())


def test_a_weaker_pair_is_left_out_where_a_side_fits_another_one_better():
    exact = Dataset(code="exact", title="Trường tiểu học", province="phutho")
    near = Dataset(code="near", title="Trường tiểu học và điểm trường", province="phutho")
    assert set(propose(SCHOOLS, near)) == {"near"}
    assert set(propose(SCHOOLS, exact, near)) == {"exact"}


def test_a_renamed_item_is_told_once():
    old = [CatalogueItem(code="o", title="Quan trắc không khí", owner="Sở A", province="p")]
    new = [
        CatalogueItem(code="n", title="Quan trắc không khí và nước", owner="Sở A", province="p"),
        CatalogueItem(code="m", title="Danh sách chợ", owner="Sở B", province="p"),
    ]
    assert [(one.code, other.code) for one, other, _ in MATCHING.pair_titles(old, new)] == [("o", "n")]


def test_broken_lists_are_refused(tmp_path):
    (tmp_path / "matching.toml").write_text("generic = 1\n")
    with pytest.raises(ContentError):
        load_matching(tmp_path, MATCHING.places)
