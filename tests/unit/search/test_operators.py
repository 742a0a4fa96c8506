"""How a question about rows is put: every row of rows.toml is understood, a bad one is named."""

import tomllib
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.search.operators import FILE, Operator, load_operators

FOLDER = Path(__file__).resolve().parents[3] / "data" / "synonyms"
CONTENT = tomllib.loads((FOLDER / FILE).read_text(encoding="utf-8"))
OPERATORS = load_operators(FOLDER)
SAID = [(name, phrase) for name, phrases in CONTENT["operators"].items() for phrase in phrases]
ADJECTIVES = [(section, word) for section in ("large", "small", "late", "early") for word in CONTENT[section]]


@pytest.mark.parametrize(("operator", "phrase"), SAID)
def test_every_phrase_says_its_operator(operator: str, phrase: str):
    assert Operator(operator) in OPERATORS.phrases[tokens(phrase)]


@pytest.mark.parametrize(("section", "word"), ADJECTIVES)
def test_every_adjective_has_a_direction(section: str, word: str):
    adjective = OPERATORS.adjectives[tokens(word)]
    assert adjective.sign == (1 if section in ("large", "late") else -1)
    assert adjective.of_years == (section in ("late", "early"))


@pytest.mark.parametrize("typed", CONTENT["same"])
def test_what_names_the_same_figure_is_another_phrase(typed: str):
    assert OPERATORS.same[tokens(typed)] == tokens(CONTENT["same"][typed]) != tokens(typed)


@pytest.mark.parametrize("word", ["đông", "ít dân", "đắt"])
def test_an_adjective_of_one_measure_speaks_of_no_other_figure(word: str):
    assert not OPERATORS.adjectives[tokens(word)].any_figure


@pytest.mark.parametrize("word", ["nhiều", "lớn"])
def test_a_general_adjective_may_speak_of_any_figure(word: str):
    assert OPERATORS.adjectives[tokens(word)].any_figure


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        pytest.param("[scales]", "[scale]", "scale", id="unknown section"),
        pytest.param('top = ["top", "tốp"]', "tip = []", "operators.tip", id="unknown operator"),
        pytest.param('top = ["top", "tốp"]', 'top = ["…"]', "operators.top", id="no word"),
        pytest.param('top = ["top", "tốp"]', 'top = "top"', "operators.top", id="no list"),
        pytest.param('"chục" = 10', '"một chục" = 10', "scales.một chục", id="a scale of two words"),
        pytest.param('"chục" = 10', '"chục" = "10"', "scales.chục", id="a scale that is no number"),
    ],
)
def test_a_bad_row_is_named_with_its_key(tmp_path: Path, old: str, new: str, key: str):
    text = (FOLDER / FILE).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_operators(tmp_path)
    assert (caught.value.file, caught.value.key) == (FILE, key)
