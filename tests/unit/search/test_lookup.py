"""Which titles answer a question, and the honest "không có"."""

import pytest

from bot.core.findings import Decision
from bot.search.lexicon import Lexicon
from bot.search.lookup import Lookup
from bot.search.places import Places


@pytest.mark.parametrize(
    ("question", "first"),
    [
        pytest.param("sản lượng lúa cả năm", "rice", id="words of the title"),
        pytest.param("san luong lua", "rice", id="without diacritics"),
        pytest.param("ho ngheo quang ngai", "poverty", id="a province in a table of all"),
        pytest.param("hoj ngheof", "poverty", id="Telex residue"),
        pytest.param("ho nheo", "poverty", id="a slip"),
        pytest.param("hongheo", "poverty", id="no spaces"),
        pytest.param("bệnh viện", "health", id="everyday word"),
        pytest.param("hospitals", "health", id="English"),
        pytest.param("vqg viet nam", "parkscover", id="abbreviation"),
        pytest.param("dn quang ngai", "firms", id="abbreviation and province"),
        pytest.param("mang luoi duong", "roads", id="roads"),
    ],
)
def test_the_dataset_that_was_meant_comes_first(lookup: Lookup, question: str, first: str):
    findings = lookup.titles(question)
    assert findings.decision is Decision.MENU
    assert findings.hits[0].dataset.code == first


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("gia vang hom nay", id="today's state"),
        pytest.param("gia dat nong nghiep", id="other price"),
        pytest.param("xin chao", id="greeting"),
        pytest.param("bai hat moi nhat", id="song"),
        pytest.param("danh sach benh vien", id="a list where there are only counts"),
        pytest.param("1", id="a bare digit"),
        pytest.param("", id="nothing"),
        pytest.param("😀", id="no word"),
        pytest.param("'; DROP TABLE datasets; --", id="SQL"),
    ],
)
def test_what_the_catalogue_cannot_answer_is_not_answered(lookup: Lookup, question: str):
    assert not lookup.titles(question).answered


def test_something_near_is_suggested_without_being_an_answer(lookup: Lookup):
    findings = lookup.titles("gia vang hom nay")
    assert findings.decision is Decision.SUGGEST
    assert findings.hits[0].dataset.code == "gold"


def test_typed_diacritics_raise_the_title_that_has_them(lookup: Lookup):
    assert lookup.titles("đường").hits[0].dataset.code == "roads"
    assert lookup.titles("dương").hits[0].dataset.code == "goats"


@pytest.mark.parametrize(
    ("provinces", "codes"),
    [
        pytest.param((), {"roads", "oldroads"}, id="everywhere"),
        pytest.param(("quangngai",), {"roads", "oldroads"}, id="the province and what was merged into it"),
        pytest.param(("phutho",), set(), id="another province"),
        pytest.param(("nowhere",), set(), id="an unknown province"),
    ],
)
def test_an_account_answers_for_its_provinces_only(lookup: Lookup, provinces: tuple[str, ...], codes: set[str]):
    hits = lookup.titles("mang luoi cau duong", provinces=provinces).hits
    assert {hit.dataset.code for hit in hits} & {"roads", "oldroads"} == codes


def test_datasets_of_the_whole_country_answer_on_every_account(lookup: Lookup):
    assert lookup.titles("san luong lua", provinces=("phutho",)).hits[0].dataset.code == "rice"


def test_every_hit_says_why(lookup: Lookup):
    for hit in lookup.titles("dan so").hits:
        assert 0 < hit.score <= 1
        assert {"coverage", "words", "marks", "year"} <= set(hit.why)


def test_no_more_hits_come_than_were_asked_for(lookup: Lookup):
    assert len(lookup.titles("phan theo dia phuong", limit=2).hits) <= 2


def test_themes_are_counted_largest_first(lookup: Lookup):
    themes = lookup.themes()
    assert themes[:2] == (("Dân số", 2), ("Giao thông", 2))
    assert ("", 4) not in themes


def test_a_dataset_is_found_by_its_code_only(lookup: Lookup):
    rice = lookup.dataset("rice")
    assert rice is not None
    assert rice.title.startswith("Sản lượng")
    assert lookup.dataset("nothing") is None


async def test_what_belongs_to_another_province_is_neither_opened_nor_counted_there(lookup: Lookup, ask):
    assert lookup.dataset("schools", provinces=("phutho",)) is None
    assert lookup.dataset("rice", provinces=("phutho",)) is not None
    assert ("Giao thông", 2) not in lookup.themes(provinces=("phutho",))
    assert (await ask("", dataset="roads", provinces=("phutho",))).decision is Decision.NONE
    assert (await ask("", dataset="roads", provinces=("quangngai",))).decision is Decision.MENU


async def test_of_titles_that_fit_alike_those_with_figures_come_first(ask):
    hits = (await ask("vuon quoc gia")).hits
    assert [hit.dataset.code for hit in hits[:2]] == ["parks", "parkscover"]


def test_an_empty_catalogue_answers_nothing(lexicon: Lexicon, places: Places):
    empty = Lookup.build((), lexicon=lexicon, places=places, version=0)
    assert empty.titles("dan so quang ngai").decision is Decision.NONE
    assert empty.themes() == ()
