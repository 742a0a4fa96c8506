"""Nearest words, segmentation and residue, whatever the words are."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.search.spelling import Vocabulary, residue, segmentations
from bot.search.syllables import SYLLABLES

LETTERS = "aeghint"
WORDS = st.text(alphabet=LETTERS, min_size=1, max_size=6)
SYLLABLE = st.sampled_from(sorted(SYLLABLES))


@given(st.lists(WORDS, unique=True, max_size=60), WORDS)
def test_all_words_one_slip_away_are_near_and_no_others(words: list[str], typed: str):
    vocabulary = Vocabulary({word: number for number, word in enumerate(words)})
    expected = {word for word in words if OSA.distance(typed, word) == 1} if len(typed) > 1 else set()
    assert set(vocabulary.near(typed, len(words) + 1)) == expected


@given(st.lists(SYLLABLE, min_size=2, max_size=4))
def test_what_was_written_together_is_among_the_ways_to_take_it_apart(words: list[str]):
    follows = set(pairwise(words))
    found = segmentations("".join(words), set(words).__contains__, lambda left, right: (left, right) in follows)
    assert all("".join(pieces) == "".join(words) for pieces in found)
    assert found


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", max_size=12))
def test_residue_only_takes_letters_and_digits_away(word: str):
    for plain in residue(word):
        rest = iter(word)
        assert all(letter in rest for letter in plain)
        assert len(plain) < len(word)
