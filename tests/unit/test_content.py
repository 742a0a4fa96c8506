"""Wording: complete in both languages, every placeholder fed, wrong files refused with their place."""

import ast
import re
import shutil
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from bot.content import LANGUAGES, load_content
from bot.core.errors import ContentError
from tests.support.talk import DATA, content

ROOT = Path(__file__).parents[2]
KEY = re.compile(r"[a-z_]+\.[a-z_0-9]+")
WRAPPERS = {"content.py", "handler.py", "speech.py"}
"""Where ``say`` hands its key on to another ``say``."""


@cache
def spoken() -> list[tuple[str, str | None, frozenset[str]]]:
    """Every call of ``say`` in the project: where, the literal key (None when it is none) and the fields it feeds."""
    calls = []
    for file in sorted((*(ROOT / "bot").rglob("*.py"), *(ROOT / "gateway").rglob("*.py"))):
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "say(" in text else ():
            if not isinstance(node, ast.Call):
                continue
            literals = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            key = next((text for text in literals if isinstance(text, str) and KEY.fullmatch(text)), None)
            method = isinstance(node.func, ast.Attribute) and node.func.attr == "say"
            if key is None and file.name in WRAPPERS:
                continue
            if method or (isinstance(node.func, ast.Name) and node.func.id == "say" and key):
                fields = frozenset(keyword.arg or "**" for keyword in node.keywords)
                calls.append((f"{file.relative_to(ROOT)}:{node.lineno}", key, fields))
    return calls


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_exists_and_gets_exactly_its_placeholders(language):
    assert [place for place, key, _ in spoken() if key is None] == [], "say a literal key, so that this test can see it"
    for place, key, fields in spoken():
        assert key in content().wording[language], place
        text = content().wording[language][key]
        assert {field for _, field, _, _ in Formatter().parse(text) if field is not None} == fields, (place, text)
        assert content().say(language, key, **dict.fromkeys(fields, "x")) is not None


def test_nothing_is_worded_that_is_never_said():
    assert content().wording["vi"].keys() - {key for _, key, _ in spoken()} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_clean_sentences(language):
    for key, text in content().wording[language].items():
        assert "  " not in text, key
        assert text == text.strip(), key
        assert not any(" " in line[-1:] for line in text.splitlines()), key


def test_an_unknown_language_is_answered_in_vietnamese():
    assert content().say("fr", "catalogue.more") == content().say("vi", "catalogue.more")


def test_a_field_is_never_read_as_a_template():
    assert "{limit}" in content().say("vi", "menu.suggest", question="{limit}")


def test_a_province_is_printed_by_its_name_and_a_printed_name_stays():
    assert content().province("quangngai") == "Quảng Ngãi"
    assert content().province("Toàn quốc") == "Toàn quốc"


NAMES = (
    ("Xã Tịnh Khê", "Tịnh Khê"),
    ("Thị trấn An Phú", "An Phú"),
    ("Đặc khu Phú Quốc", "Phú Quốc"),
    ("Tịnh Khê", "Tịnh Khê"),
    ("Trung", "Trung"),
    ("Xã", "Xã"),
    ("", ""),
)


@pytest.mark.parametrize(("name", "proper"), NAMES, ids=[name or "nothing" for name, _ in NAMES])
def test_a_unit_is_known_by_its_name_without_its_sort(name, proper):
    assert content().without_sort(name) == proper


BROKEN = (
    ("vi.toml", "[start]\ntext = \n", "vi.toml", "at line 2"),
    ("vi.toml", "[start]\ntext = 5\n", "start.text", "must be a text"),
    ("vi.toml", '[start]\ntext = "Chào {ten"\n', "start.text", "braces"),
    ("vi.toml", '[start]\ntext = "Chào {ten.ho}"\n', "start.text", "unknown placeholder {ten.ho}"),
    ("en.toml", '[start]\ntext = "Hello"\n', "accents.free", "is missing"),
    ("commands.toml", "tails = []\n[topics]\n[commands.help]\nforms = 'HD'\n", "commands.help.forms", "wrong kind"),
    ("commands.toml", "tails = []\n[topics]\n[commands.help]\nform = ['HD']\n", "commands.help.form", "unknown key"),
    ("commands.toml", "tails = []\n[topics]\n[commands.help]\nforms = []\n", "commands.help", "no forms"),
    ("commands.toml", "tails = []\n[topics]\n[commands]\n[command.help]\nforms = ['HD']\n", "command", "unknown key"),
    ("commands.toml", "tails = []\n[commands]\n[topics.x]\nnames = ['X']\nvi = 'x'\n", "topics.x.en", "is missing"),
    ("commands.toml", "[topics]\n[commands]\n", "tails", "is missing"),
    (
        "commands.toml",
        "tails = []\n[numbers]\nmot = ['một']\n[topics]\n[commands]\n",
        "numbers.mot",
        "must be a number",
    ),
    (
        "commands.toml",
        "tails = []\n[topics]\n[commands.x]\nchooses = '{n}'\nforms = ['XEM']\n",
        "commands.x.forms",
        "must hold {n}",
    ),
    ("phrases.toml", "[emergency]\nanywhere = 'cháy'\n", "emergency.anywhere", "must be a list"),
)


@pytest.mark.parametrize(("file", "text", "key", "reason"), BROKEN, ids=[f"{row[2]}: {row[3]}" for row in BROKEN])
def test_a_wrong_file_stops_the_start_with_its_name_its_place_and_the_reason(file, text, key, reason, tmp_path):
    shutil.copytree(DATA / "replies", tmp_path / "replies")
    shutil.copytree(DATA / "places", tmp_path / "places")
    (tmp_path / "replies" / file).write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        load_content(tmp_path)
    assert raised.value.file == file
    assert key in str(raised.value)
    assert reason in str(raised.value)


def test_placeholders_must_agree_between_the_languages(tmp_path):
    shutil.copytree(DATA / "replies", tmp_path / "replies")
    shutil.copytree(DATA / "places", tmp_path / "places")
    english = tmp_path / "replies" / "en.toml"
    english.write_text(english.read_text(encoding="utf-8").replace("{question}", "{query}"), encoding="utf-8")
    with pytest.raises(ContentError, match=r"en\.toml: menu\.\w+: placeholders differ .*query"):
        load_content(tmp_path)


def test_a_missing_or_unreadable_file_is_named(tmp_path):
    with pytest.raises(ContentError, match=r"commands\.toml: file: cannot be read"):
        load_content(tmp_path)
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "commands.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ContentError, match=r"commands\.toml: byte 0: is not UTF-8"):
        load_content(tmp_path)
