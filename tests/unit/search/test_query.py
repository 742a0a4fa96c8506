"""What a question asks, word by word."""

import pytest

from bot.search.lexicon import Cue
from bot.search.lookup import Lookup


@pytest.mark.parametrize(
    ("text", "years", "provinces", "cues"),
    [
        pytest.param("xin hỏi dân số tỉnh Quảng Ngãi năm 2019 ạ", (2019,), ["quangngai"], set(), id="polite"),
        pytest.param("an giang co bao nhieu xa", (), ["angiang"], {Cue.COUNT}, id="count"),
        pytest.param("ds cac vqg", (), [], set(), id="abbreviations are not a request for a list"),
        pytest.param("danh sách vườn quốc gia", (), [], {Cue.LIST}, id="list"),
        pytest.param("gia vang hom nay", (), [], {Cue.LIVE}, id="today"),
        pytest.param("dien tichs phus tho", (), ["phutho"], set(), id="Telex residue in a place"),
        pytest.param("dansoquangngai", (), ["quangngai"], set(), id="written together"),
        pytest.param("số máy 1234", (), [], set(), id="a number that is no year"),
    ],
)
def test_a_question_is_understood(
    lookup: Lookup, text: str, years: tuple[int, ...], provinces: list[str], cues: set[Cue]
):
    question = lookup.understand(text)
    assert question.years == years
    assert [mention.place.province for mention in question.places] == provinces
    assert set(question.cues) - {Cue.LIGHT, Cue.FILLER} == cues


def test_an_abbreviation_with_two_readings_gives_two_sequences(lookup: Lookup):
    sequences = lookup.understand("ds quang ngai").sequences
    assert [[word.text for word in sequence] for sequence in sequences] == [
        ["danh", "sach", "quang", "ngai"],
        ["dan", "so", "quang", "ngai"],
    ]


@pytest.mark.parametrize("text", ["", "   ", "😀😀😀", "?!…", "\x00\ud800", "a" * 10_000, "dan so " * 2_000])
def test_any_text_is_survived(lookup: Lookup, text: str):
    assert len(lookup.understand(text).words) <= 40


def test_signs_at_a_word_hide_neither_its_unit_nor_its_phrase(lookup: Lookup):
    asked = lookup.understand("Xã Tịnh Khê, tỉnh Quảng Ngãi: có mấy bệnh viện?")
    assert asked.typed[2] == "Khê"
    assert [mention.units[0].name for mention in asked.units] == ["Xã Tịnh Khê"]
    assert any(term.broader for term in asked.terms)
