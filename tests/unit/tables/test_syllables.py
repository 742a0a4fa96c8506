"""Which words can be Vietnamese."""

import csv

import pytest

from gateway.tables.syllables import is_syllable, marked_words, share_of_syllables
from tests.support.source import ROOT

VIETNAMESE = "người nghiêng khuỷu thuế quyết giếng gì gìn quốc quỳnh xoong yếu mỹ lý đường ruộng tuần huỳnh hoà hòa quý uỷ ủy ỷ ấm"
FOREIGN = "café tæng sè×x hãt naõm thaønh tôûi ñoäc céng xaõ việtnam aề các̀ đăk über tách̃ bâ hộp̉ tất̀"


@pytest.mark.parametrize("word", VIETNAMESE.split())
def test_a_vietnamese_syllable_is_one(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", FOREIGN.split())
def test_what_no_vietnamese_word_is_built_like_is_none(word):
    assert not is_syllable(word)


def test_nearly_all_words_of_a_real_catalogue_are_syllables():
    with (ROOT / "data" / "sample" / "catalogue.csv").open(encoding="utf-8") as stream:
        words = marked_words(row["title"] for row in csv.DictReader(stream))
    assert len(words) > 400
    assert share_of_syllables(words) > 0.97


def test_without_words_there_is_no_share():
    assert share_of_syllables([]) == 0
