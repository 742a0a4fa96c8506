"""The words of the project are well formed, and a bad row is named."""

import csv
import tomllib
from pathlib import Path

import pytest

from bot.core.errors import ContentError
from bot.core.text import fold, tokens
from bot.search.columns import heading_of
from bot.search.lexicon import Cue, Lexicon, heading_key, load_lexicon, marks_of

DATA = Path(__file__).resolve().parents[3] / "data"
FILES = sorted(file.name for file in (DATA / "synonyms").glob("*.toml"))
SAMPLE_HEADINGS = sorted(
    {
        heading
        for file in (DATA / "sample/tables").glob("*.csv")
        for heading in next(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    }
)


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        pytest.param("bn", "bao nhieu", id="how many"),
        pytest.param("ds", "dan so", id="one reading of two"),
        pytest.param("ds", "danh sach", id="the other reading"),
        pytest.param("dt", "dien tich", id="area"),
        pytest.param("tt", "thi tran", id="township"),
        pytest.param("vqg", "vuon quoc gia", id="national park"),
        pytest.param("htx", "hop tac xa", id="cooperative"),
        pytest.param("ubnd", "uy ban nhan dan", id="people's committee"),
        pytest.param("gdp", "tong san pham trong nuoc", id="national product"),
        pytest.param("heo", "lon", id="southern word for pig"),
        pytest.param("population", "dan so", id="English"),
    ],
)
def test_shorthand_is_read_as_the_official_words(lexicon: Lexicon, typed: str, reading: str):
    assert tokens(reading) in lexicon.readings((typed,))


def test_a_reading_never_repeats_what_was_typed(lexicon: Lexicon):
    lists = (lexicon.abbreviations, lexicon.synonyms, lexicon.broader)
    rows = [row for each in lists for row in each.written()]
    assert [written for written, readings in rows if readings == (tokens(written),)] == []


@pytest.mark.parametrize(
    ("typed", "cue"),
    [
        pytest.param("bao nhiêu", Cue.COUNT, id="accented"),
        pytest.param("bao nhieu", Cue.COUNT, id="unaccented"),
        pytest.param("hom nay", Cue.LIVE, id="today"),
        pytest.param("giờ thuộc", Cue.CURRENT, id="belongs now"),
        pytest.param("mấy", Cue.COUNT, id="how many, one word"),
        pytest.param("máy", None, id="machine is not how many"),
    ],
)
def test_typed_diacritics_decide_what_a_cue_is(lexicon: Lexicon, typed: str, cue: Cue | None):
    assert lexicon.cue(tokens(typed), marks_of(typed)) is cue


@pytest.mark.parametrize("heading", SAMPLE_HEADINGS)
def test_every_heading_of_the_sample_has_a_label_a_person_can_read(lexicon: Lexicon, heading: str):
    label = heading_of(heading, lexicon).label
    plain = {"STT", "Huyện", "Năm"}
    readable = label != fold(label) and not set("_.") & set(label)
    assert heading.isdigit() or label in plain or readable


@pytest.mark.parametrize(
    ("file", "text", "key"),
    [
        pytest.param("abbreviations.toml", '[short]\n"bn" = []', "bn", id="no reading"),
        pytest.param("abbreviations.toml", '[short]\n"!" = ["a"]', "!", id="no word typed"),
        pytest.param("colloquial.toml", '[words]\n"heo" = ["…"]', "heo", id="no word in the reading"),
        pytest.param("english.toml", '[word]\n"rice" = ["lúa"]', "word", id="unknown section"),
        pytest.param("english.toml", "[words", "TOML", id="not TOML"),
        pytest.param("questions.toml", "", "common", id="section missing"),
        pytest.param("columns.toml", "[units]\n[phrases]\n[headings.Ten]\nlabel='Tên'", "Ten", id="key not folded"),
        pytest.param("columns.toml", "[units]\n[phrases]\n[headings.ten]\nunit='m'", "ten", id="no label"),
        pytest.param("columns.toml", "[units]\n[phrases]\n[headings.a]\nlabel='A'\nrole='x'", "a", id="unknown role"),
        pytest.param("columns.toml", "[units]\n[phrases]\n[headings.a]\nlabel='A'\nlable='B'", "a", id="unknown entry"),
        pytest.param("columns.toml", "[units]\nkm2=1\n[phrases]\n[headings]", "units.km2", id="unit is no text"),
    ],
)
def test_a_bad_row_is_named_with_its_file_and_key(tmp_path: Path, file: str, text: str, key: str):
    for name in FILES:
        (tmp_path / name).write_text((DATA / "synonyms" / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_lexicon(tmp_path)
    assert (caught.value.file, caught.value.key) == (file, key)


@pytest.mark.parametrize(
    ("heading", "key"),
    [("total.rev", "total_rev"), ("Dân số ", "dan_so"), ("item_VN", "item_vn"), ("Diện tích (km2)", "dien_tich_km2")],
)
def test_a_heading_is_found_however_it_is_written(heading: str, key: str):
    assert heading_key(heading) == key


def test_an_operators_file_adds_to_what_is_delivered_and_may_be_missing(tmp_path: Path, lexicon: Lexicon):
    own = tmp_path / "lexicon.toml"
    assert load_lexicon(DATA / "synonyms", own) == lexicon
    own.write_text('[short]\n"ds" = ["đàn sếu"]\n[words]\n"zuqo" = ["dân số"]\n', encoding="utf-8")
    both = load_lexicon(DATA / "synonyms", own)
    assert both.readings(("ds",)) == (*lexicon.readings(("ds",)), ("dan", "seu"))
    assert both.readings(("zuqo",)) == (("dan", "so"),)


@pytest.mark.parametrize(
    ("text", "key"), [('[word]\n"a" = ["b"]', "word"), ('[words]\n"a" = []', "a"), ("words = 5", "words")]
)
def test_a_bad_row_of_an_operators_file_is_named(tmp_path: Path, text: str, key: str):
    (tmp_path / "lexicon.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_lexicon(DATA / "synonyms", tmp_path / "lexicon.toml")
    assert (caught.value.file, caught.value.key) == ("lexicon.toml", key)


THEMES = sorted(set(FILES) - {"questions.toml", "columns.toml", "rows.toml"})


@pytest.mark.parametrize("file", THEMES)
def test_every_row_of_a_theme_is_reached_as_it_is_written_and_without_diacritics(lexicon: Lexicon, file: str):
    content = tomllib.loads((DATA / "synonyms" / file).read_text(encoding="utf-8"))
    lists = {"short": lexicon.abbreviations, "words": lexicon.synonyms, "broader": lexicon.broader}
    missed = [
        (typed, reading)
        for section, rows in content.items()
        for typed, readings in rows.items()
        for reading in readings
        for way in (typed, fold(typed))
        if tokens(reading) not in lists[section].readings(tokens(way), way)
    ]
    assert missed == []


def test_other_diacritics_than_a_rows_rule_it_out(lexicon: Lexicon):
    assert tokens("sắn") in lexicon.readings(("khoai", "mi"), "khoai mì")
    assert lexicon.readings(("khoai", "mi"), "khoái mí") == ()


def test_signs_around_a_word_rule_nothing_out(lexicon: Lexicon):
    assert tokens("sắn") in lexicon.readings(("khoai", "mi"), "khoai mì,")
