"""The wording of the simulator's page: both languages say everything, and the page asks for nothing else."""

import re
from pathlib import Path
from typing import get_args

import pytest

import simulator.stage
from simulator.stage.page import LANGUAGES, read_words
from simulator.stage.trouble import Receipts

STATIC = Path(simulator.stage.__file__).parent / "static"
CODE = "\n".join(
    file.read_text(encoding="utf-8") for file in sorted(STATIC.iterdir()) if file.suffix in {".js", ".html"}
)
_FIELD = re.compile(r"\{(\w+)\}")


def asked_for() -> set[str]:
    """Every key that stands in the page as it is; those that are put together are named by their beginning."""
    attributes = re.findall(r'data-(?:word|label|title|placeholder)="([\w-]+)"', CODE)
    return {*attributes, *re.findall(r'\bword\("([\w-]+)"', CODE)}


def test_both_languages_have_the_same_keys_with_the_same_fields():
    one, other = (read_words(language) for language in LANGUAGES)
    assert {key: set(_FIELD.findall(text)) for key, text in one.items()} == {
        key: set(_FIELD.findall(text)) for key, text in other.items()
    }


def test_the_page_finds_every_word_that_it_asks_for():
    assert asked_for() - set(read_words("vi")) == set()


def test_no_word_is_kept_that_nobody_asks_for():
    families = set(re.findall(r"`(\w+_)\$\{", CODE))
    unused = {key for key in read_words("vi") if f'"{key}"' not in CODE and not key.startswith(tuple(families))}
    assert unused == set()


def test_every_fate_of_a_receipt_has_a_word():
    assert {f"receipts_{fate}" for fate in get_args(Receipts)} <= set(read_words("vi"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_is_short_and_says_something(language: str):
    for key, text in read_words(language).items():
        assert 1 <= len(text.strip()) <= 110, key


def test_nothing_of_the_page_comes_from_elsewhere_or_runs_inline():
    assert re.findall(r"(?:src|href)=\"(?!/static/|#)", CODE) == []
    assert re.findall(r"<script(?![^>]*src=)|\son\w+=\"|style=\"|innerHTML|insertAdjacentHTML|eval\(", CODE) == []
