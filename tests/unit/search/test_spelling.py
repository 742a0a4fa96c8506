"""Only unknown words are repaired."""

import pytest

from bot.search.spelling import Vocabulary, segmentations, untyped

KNOWN = {"dan", "so", "tich", "nuoc", "thu", "vien", "phu", "quang", "ngai", "hoi", "luong", "nghèo", "ngheo", "ho"}
FOLLOW = {("dan", "so"), ("quang", "ngai")}


@pytest.mark.parametrize(
    ("typed", "repaired"),
    [
        pytest.param("soos", "so", id="Telex circumflex and tone"),
        pytest.param("tichs", "tich", id="Telex tone"),
        pytest.param("nuwowcs", "nuoc", id="Telex horns"),
        pytest.param("hooij", "hoi", id="Telex doubled vowel"),
        pytest.param("luwowngj", "luong", id="Telex tone behind a consonant"),
        pytest.param("thu7", "thu", id="VNI horn"),
        pytest.param("vie65n", "vien", id="VNI circumflex and tone"),
        pytest.param("xyzs", None, id="nothing known comes out"),
        pytest.param("2019", None, id="a number is not residue"),
        pytest.param("nuoc2019", None, id="a year behind a word is not residue"),
        pytest.param("so12", None, id="two tones are not residue"),
        pytest.param("thux", "thu", id="Telex tone that no syllable ends with"),
    ],
)
def test_input_method_residue_is_taken_off_when_a_known_word_comes_out(typed: str, repaired: str | None):
    assert untyped(typed, KNOWN.__contains__) == repaired


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param("danso", ("dan", "so"), id="two words"),
        pytest.param("dansoquangngai", ("dan", "so", "quang", "ngai"), id="four words with one strange joint"),
        pytest.param("danso2019", ("dan", "so", "2019"), id="a number behind"),
    ],
)
def test_words_written_together_are_taken_apart(typed: str, words: tuple[str, ...]):
    assert segmentations(typed, KNOWN.__contains__, lambda left, right: (left, right) in FOLLOW)[0] == words


def test_what_no_known_words_make_up_stays_together():
    assert segmentations("shopee", KNOWN.__contains__, lambda _left, _right: True) == []


@pytest.mark.parametrize(
    ("typed", "near"),
    [("nheo", ("ngheo",)), ("nghoe", ("ngheo",)), ("2018", ()), ("a", ()), ("zzzz", ())],
)
def test_a_slip_of_one_letter_finds_the_known_word(typed: str, near: tuple[str, ...]):
    vocabulary = Vocabulary({word: number for number, word in enumerate(("ngheo", "so", "2019", "dan"))})
    assert vocabulary.near(typed) == near


def test_an_empty_vocabulary_finds_nothing():
    assert Vocabulary({}).near("dan") == ()
