"""What is a Vietnamese syllable, and what only looks like residue of typing one."""

import csv
import re
from pathlib import Path

import pytest

from bot.core.text import fold
from bot.search.syllables import SYLLABLES

CATALOGUE = Path(__file__).resolve().parents[3] / "data/sample/catalogue.csv"
MARKED = re.compile(r"[^\W\d_]+")


@pytest.mark.parametrize(
    "syllable",
    ["nghiêng", "quốc", "giếng", "khuya", "yêu", "oách", "xoong", "gì", "quỳnh", "thuở", "ý", "huơ", "chuyện", "ngoẹo"],
)
def test_syllables_are_known(syllable: str):
    assert fold(syllable) in SYLLABLES


@pytest.mark.parametrize(
    "word", ["soos", "tichs", "nuwowcs", "vieejt", "dd", "quangngai", "xyz", "tphcm", "2019", "gh"]
)
def test_what_is_no_syllable_is_not(word: str):
    assert word not in SYLLABLES


def test_every_marked_word_of_the_sample_catalogue_is_a_syllable_but_two_that_are_none():
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        words = {word.lower() for row in csv.DictReader(file) for word in MARKED.findall(row["title"])}
    strange = {word for word in words if not word.isascii() and fold(word) not in SYLLABLES}
    assert strange == {"hécta", "tscđ"}
