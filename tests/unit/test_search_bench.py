"""The made-up catalogue of the search bench, and its questions."""

import pytest

from bench.search.catalogue import make_catalogue
from bench.search.questions import KINDS, folded, make_questions, telex

TITLES = make_catalogue(400)
ASKED = make_questions(TITLES, each=3)


def test_titles_are_unique_and_the_same_every_time():
    assert len({title.text for title in TITLES}) == len(TITLES)
    assert make_catalogue(50) == TITLES[:50]


def test_every_kind_is_asked_as_often():
    assert [asked.kind for asked in ASKED] == list(KINDS) * 3


def test_the_title_that_was_meant_answers_its_question():
    for asked in ASKED:
        text = f" {folded(TITLES[asked.target].text)} "
        assert all(f" {phrase} " in text for phrase in asked.phrases)
        assert bool(asked.phrases) == (asked.kind not in {"exact", "nodia", "typo1", "typo2", "swap"})


@pytest.mark.parametrize(("word", "keys"), [("nước", "nuwowcs"), ("đường", "dduwowngf"), ("số", "soos"), ("ba", "ba")])
def test_words_are_typed_by_the_keys_of_telex(word: str, keys: str):
    assert telex(word) == keys
