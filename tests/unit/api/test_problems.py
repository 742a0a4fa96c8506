"""Problem documents: every kind in both languages, and a mistake in the file stops the start."""

import json
from pathlib import Path

import pytest

from bot.content import LANGUAGES
from bot.core.errors import ContentError
from gateway.api.atom import load_words
from gateway.api.problems import ProblemError, language_of, load_wordings
from tests.support.source import ROOT

FIELDS = {"parameter": "q", "least": 1, "most": 2, "known": "a, b", "province": "X", "article": "Điều 1", "seconds": 3}
GOOD = 'status = 400\nvi = ["a", "b {most}"]\nen = ["a", "b {most}"]\n'


@pytest.mark.parametrize("kind", load_wordings())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_a_whole_sentence_in_every_language(kind, language):
    document = json.loads(ProblemError(kind, **FIELDS).document(language, "/api/"))
    assert document["type"] == f"/api/#{kind}"
    assert document["status"] == load_wordings()[kind].status
    assert document["title"]
    assert document["detail"].endswith(".")
    assert "{" not in document["detail"]


def test_every_problem_that_is_raised_is_worded_and_no_other():
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "gateway" / "api").glob("*.py"))
    assert {kind for kind in load_wordings() if f'"{kind}"' in code} == load_wordings().keys()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("fr,en;q=0.5", "en"),
        ("fr", "vi"),
        ("en;q=0", "vi"),
        ("en;q=x", "vi"),
        ("*", "vi"),
        (",;;=,", "vi"),
    ],
)
def test_a_problem_is_told_in_the_language_that_is_liked_best(header, language):
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[x]\nstatus = 200\n" + GOOD[13:], "x.status"),
        ("[x]\n" + GOOD + 'fr = ["a", "b"]\n', "x"),
        ("[x]\n" + GOOD.replace('en = ["a", "b {most}"]', 'en = ["a", "b"]'), "x.en"),
        ("[x]\n" + GOOD.replace('vi = ["a", "b {most}"]', 'vi = "a"'), "x.vi"),
        ("x = 1", "x"),
        ("x", "TOML"),
    ],
)
def test_a_mistake_in_the_wording_is_named(tmp_path: Path, text, reason):
    file = tmp_path / "problems.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_wordings(file)
    assert refused.value.key == reason


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [('added = "New dataset"\n', "", "en.added"), ("[en]\n", '[en]\nmore = "x"\n', "en.more"), ("[en]", "[fr]", "en")],
)
def test_a_mistake_in_the_words_of_the_feed_is_named(tmp_path: Path, old, new, key):
    text = (ROOT / "data" / "api" / "feed.toml").read_text(encoding="utf-8")
    file = tmp_path / "feed.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_words(file)
    assert refused.value.key == key
