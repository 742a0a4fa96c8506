"""An operator's own file of words: a row goes in whole or not at all, and everything else stays."""

from pathlib import Path

import pytest

from bot.core.errors import ContentError, TracuuError
from bot.search.lexicon import load_lexicon
from gateway.own_words import add_row

SHIPPED = Path(__file__).parents[2] / "data" / "synonyms"


def add(
    file: Path, typed: str = "zuqo vexa", official: tuple[str, ...] = ("bệnh viện",), section: str = "words"
) -> str:
    return add_row(file, shipped=SHIPPED, section=section, typed=typed, official=official)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lexicon.toml"


def test_the_first_row_makes_the_file_and_the_loader_reads_it(file: Path):
    assert add(file) == '"zuqo vexa" = ["bệnh viện"]'
    assert load_lexicon(SHIPPED, file).readings(("zuqo", "vexa")) == (("benh", "vien"),)
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_row_joins_its_section_and_remarks_stay(file: Path):
    text = '# ours\n[words] # same\n"a1" = ["b1"] # why\n\n# about the next\n[short]\n"c1" = ["d1"]\n'
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    add(file)
    add(file, "zuqo", ("x1", "y1"), "short")
    add(file, "mixo", ("z1",), "broader")
    assert file.read_text(encoding="utf-8") == (
        '# ours\n[words] # same\n"a1" = ["b1"] # why\n"zuqo vexa" = ["bệnh viện"]\n\n# about the next\n'
        '[short]\n"c1" = ["d1"]\n"zuqo" = ["x1", "y1"]\n\n[broader]\n"mixo" = ["z1"]\n'
    )
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_section_whose_name_stands_in_quotes_is_that_section(file: Path):
    file.write_text('["words"]\n"a1" = ["b1"]\n', encoding="utf-8")
    add(file)
    assert file.read_text(encoding="utf-8") == '["words"]\n"a1" = ["b1"]\n"zuqo vexa" = ["bệnh viện"]\n'


def test_a_phrase_that_has_a_row_is_left_to_the_operator(file: Path):
    add(file)
    before = file.read_bytes()
    with pytest.raises(TracuuError, match=r"has a row in \[words\].*change it there"):
        add(file, "Zúqo VEXA")
    assert file.read_bytes() == before


WRONG = (
    ({"section": "word"}, "--section"),
    ({"typed": "…"}, "typed"),
    ({"official": ("bệnh viện", " ")}, "official"),
    ({"official": ("nhà thương", "Zúqo vexa")}, "official"),
    ({"typed": "từ " * 13}, "typed"),
)


@pytest.mark.parametrize(("given", "key"), WRONG, ids=[row[1] for row in WRONG])
def test_what_is_no_row_is_refused_by_its_name(file: Path, given: dict[str, str], key: str):
    with pytest.raises(ContentError) as refused:
        add(file, **given)
    assert refused.value.key == key
    assert not file.exists()


def test_quotes_and_line_ends_cannot_break_out_of_a_row(file: Path):
    add(file, 'a"b\n[short]\nc', ('x\\"y',))
    (reading,) = load_lexicon(SHIPPED, file).readings(("a", "b", "short", "c"))
    assert reading == ("x", "y")


@pytest.mark.parametrize("text", ["[words", '[word]\n"a" = ["b"]\n', '[words]\n"a" = []\n', "words = 5\n"])
def test_a_file_that_is_not_sound_is_named_and_stays_as_it_is(file: Path, text: str):
    file.write_text(text, encoding="utf-8")
    for section in ("short", "words"):
        with pytest.raises(ContentError) as refused:
            add(file, section=section)
        assert refused.value.file == str(file)
    assert file.read_text(encoding="utf-8") == text
    assert [entry.name for entry in file.parent.iterdir()] == [file.name], "no draft is left"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "no folder").touch()
    with pytest.raises(TracuuError, match=r"lexicon\.toml cannot be written"):
        add(tmp_path / "no folder" / "lexicon.toml")
