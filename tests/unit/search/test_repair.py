"""Only what is no word anywhere is re-spelled, and neighbours decide how."""

import pytest

from bot.core.catalogue import Dataset
from bot.search.index import TitleIndex
from bot.search.lexicon import Lexicon
from bot.search.places import Places
from bot.search.repair import Repair

TITLES = (
    "Dân số Quảng Ngãi",
    "Hộ nghèo Tịnh Khê",
    "Trạm y tế xã Điện Biên",
    "Nhà ở xã hội Bình Thuận",
    "Trẻ em có hoàn cảnh đặc biệt",
    "Mực nước sông Bình Minh",
    "Cầu Thủ Thiêm",
)


@pytest.fixture(scope="module")
def repair(lexicon: Lexicon, places: Places) -> Repair:
    index = TitleIndex.build([Dataset(code=str(n), title=title) for n, title in enumerate(TITLES)])
    return Repair.of(index, lexicon, places)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("tram y tees", "tram y te", id="Telex"),
        pytest.param("trajm y te", "tram y te", id="Telex inside a syllable"),
        pytest.param("tra5m y te", "tram y te", id="VNI"),
        pytest.param("danso ngheotinhkhe", "dan so ngheo tinh khe", id="spaces left out"),
        pytest.param("tramyte", "tram y te", id="a word of one letter"),
        pytest.param("tre emco", "tre em co", id="spaces left out between phrases"),
        pytest.param("quang ngai2019", "quang ngai 2019", id="a year written to the word"),
        pytest.param("ho ngheeo tinh khe", "ho ngheo tinh khe", id="a doubled letter"),
        pytest.param("ho nghoe", "ho ngheo", id="swapped letters"),
        pytest.param("binh thuaan", "binh thuan", id="the neighbour decides"),
        pytest.param("dan so 2018", "dan so 2018", id="digits are never changed"),
        pytest.param("ma 50719", "ma 50719", id="a code stays"),
        pytest.param("binh thu", "binh thu", id="a known word stays"),
        pytest.param("hoa phuong", "hoa phuong", id="a syllable stays even where no title has it"),
        pytest.param("sars19", "sars19", id="what is no Vietnamese word stays"),
        pytest.param("xyzzyq", "xyzzyq", id="nonsense stays"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_words_are_repaired(repair: Repair, typed: str, meant: str):
    assert [word for pieces in repair.repaired(typed.split()) for word in pieces] == meant.split()


@pytest.mark.parametrize(
    ("typed", "slips"),
    [
        pytest.param("binh thun", {"thuan"}, id="an unknown syllable"),
        pytest.param("muc nuoc son", {"song"}, id="a known word that its neighbour demands"),
        pytest.param("dan so", set(), id="words that follow each other"),
        pytest.param("dan quang", set(), id="nothing near would fit better"),
        pytest.param("2018", set(), id="a number"),
    ],
)
def test_a_word_is_doubted_only_where_its_neighbours_demand_it(repair: Repair, typed: str, slips: set[str]):
    found = repair.slips(typed.split())
    doubted = {word for near in found.values() for word, trust in near if trust > 0.5}
    assert slips <= doubted
    assert bool(slips) == bool(doubted)
