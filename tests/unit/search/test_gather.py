"""The few hundred candidates hold what a question asks for, whatever the size of the catalogue."""

import numpy as np
import pytest

from bot.core.catalogue import Dataset
from bot.search.lexicon import Lexicon
from bot.search.lookup import Lookup
from bot.search.places import Places

THEMES = ("trường tiểu học", "trạm y tế", "chợ truyền thống", "cầu đường bộ")
PLACES = ("Hà Giang", "Quảng Ngãi", "Bến Cát", "Gò Vấp", "Tân An")
TITLES = [
    f"{head} {theme} {place} năm {year} theo quyết định số {number}"
    for number in range(5)
    for head in ("Danh sách", "Số liệu")
    for theme in THEMES
    for place in PLACES
    for year in range(2010, 2025)
]


@pytest.fixture(scope="module")
def many(lexicon: Lexicon, places: Places) -> Lookup:
    titles = [*TITLES, "Chợ", "Số liệu chợ"]
    datasets = [Dataset(code=title, title=title) for title in titles]
    return Lookup.build(datasets, lexicon=lexicon, places=places, version=1)


@pytest.mark.parametrize(
    ("question", "has"),
    [
        pytest.param("tram y te ben cat 2017", ("trạm y tế", "Bến Cát", "2017"), id="all parts"),
        pytest.param("so lieu cau duong bo go vap 2012", ("Số liệu cầu đường bộ", "Gò Vấp", "2012"), id="common words"),
        pytest.param("trạm y té tan an 2011", ("trạm y tế", "Tân An", "2011"), id="a slip"),
        pytest.param("truong tieu hoc tan an theo quyet dinh so 3", ("tiểu học Tân An", "số 3"), id="a number"),
    ],
)
def test_of_many_like_titles_the_one_with_everything_comes_first(many: Lookup, question: str, has: tuple[str, ...]):
    assert all(part in many.titles(question).hits[0].dataset.title for part in has)


def test_of_titles_with_as_much_of_the_question_the_shortest_comes_first(many: Lookup):
    assert many.titles("chợ").hits[0].dataset.title == "Chợ"
    assert many.titles("số liệu chợ").hits[0].dataset.title == "Số liệu chợ"


def test_only_what_is_allowed_is_gathered(many: Lookup):
    allowed = np.array(["Hà Giang" in dataset.title for dataset in many.datasets])
    hits = many.rank_among(many.understand("tram y te ben cat 2017"), allowed, 50)
    assert hits
    assert all("Hà Giang" in hit.dataset.title for hit in hits)


def test_a_title_of_another_province_is_not_as_good_as_one_that_names_none(lexicon: Lexicon, places: Places):
    titles = ("Trạm y tế tỉnh Sơn La", "Trạm y tế phân theo địa phương", "Trạm y tế tỉnh Quảng Ngãi")
    datasets = [Dataset(code=title, title=title, province="Toàn quốc") for title in titles]
    lookup = Lookup.build(datasets, lexicon=lexicon, places=places, version=1)
    found = [hit.dataset.title for hit in lookup.rank(lookup.understand("tram y te quang ngai"), (), 3)]
    assert found == [titles[2], titles[1], titles[0]]
