"""An index of titles: what it holds, and that it is the same out of a file."""

from pathlib import Path

import pytest

from bot.core.catalogue import Dataset, Resource
from bot.search.index import TitleIndex
from bot.search.packed import open_packed, write_packed

DATASETS = (
    Dataset(code="a", title="Dân số, mật độ dân số năm 2019", publisher="Cục Thống kê", description="Theo xã"),
    Dataset(code="b", title="Số hộ nghèo giai đoạn 2021-2025", fields=("Xã", "Số hộ")),
    Dataset(code="c", title=""),
    Dataset(
        code="d", title="Cầu đường bộ", theme="Giao thông", resources=(Resource(position=0, fields=("Tải trọng",)),)
    ),
)


@pytest.fixture(params=["built", "opened from a file"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> TitleIndex:
    built = TitleIndex.build(iter(DATASETS))
    if request.param == "built":
        return built
    write_packed(tmp_path / "titles.index", built.arrays(), {"other": 1, **built.facts()})
    return TitleIndex.opened(open_packed(tmp_path / "titles.index"))


def test_titles_are_there_in_folded_form(index: TitleIndex):
    assert [index.title(number) for number in range(index.size)] == [
        "dan so mat do dan so nam 2019",
        "so ho ngheo giai doan 2021 2025",
        "",
        "cau duong bo",
    ]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        pytest.param("so", [0, 1], id="a word"),
        pytest.param("dan so", [0], id="two words"),
        pytest.param("so ho ngheo", [1], id="three words"),
        pytest.param("so dan", [], id="the other way round"),
        pytest.param("xa", [], id="a word of another field"),
        pytest.param("khong co", [], id="unknown words"),
    ],
)
def test_titles_with_a_phrase_are_found(index: TitleIndex, phrase: str, found: list[int]):
    assert index.having(phrase.split()).tolist() == found


@pytest.mark.parametrize(("word", "found"), [("xa", [0, 1]), ("thong", [0, 3]), ("ke", [0]), ("tai", [3]), ("nam", [])])
def test_other_fields_are_found_by_their_words(index: TitleIndex, word: str, found: list[int]):
    assert index.others.of(index.vocabulary.ids[word]).tolist() == found


def test_neighbours_are_known(index: TitleIndex):
    assert index.joined("mat", "do")
    assert not index.joined("do", "mat")
    assert not index.joined("mat", "nowhere")


def test_years_and_lengths_of_titles_are_known(index: TitleIndex):
    assert index.first_years.tolist() == [2019, 2021, 0, 0]
    assert index.last_years.tolist() == [2019, 2025, 0, 0]
    assert index.letters.tolist() == [len(index.title(n)) + 1 if index.title(n) else 0 for n in range(4)]


def test_slips_are_found_in_the_vocabulary(index: TitleIndex):
    assert "ngheo" in index.vocabulary.near("nghoe")


def test_a_paragraph_as_title_is_indexed_from_its_beginning():
    index = TitleIndex.build([Dataset(code="long", title=" ".join(f"chữ{number}" for number in range(500)))])
    assert len(index.title(0).split()) == 64


def test_without_datasets_nothing_is_found():
    index = TitleIndex.build(())
    assert index.size == 0
    assert index.having(["dan"]).tolist() == []
    assert not index.joined("dan", "so")
