"""Laws of text that hold for any input."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.core.sms import GSM7
from bot.core.text import _clean_thoroughly, clean, contradicts, fold, normalise, tokens, unaccent

VIETNAMESE = "aáàảãạăắằẳẵặâấầẩẫậbcdđeéèẻẽẹêếềểễệghiíìỉĩịklmnoóòỏõọôốồổỗộơớờởỡợpqrstuúùủũụưứừửữựvxyýỳỷỹỵ"
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
SYLLABLES = st.text(VIETNAMESE, min_size=1, max_size=7)
LINES = st.lists(SYLLABLES, max_size=8).map(" ".join)
HEAPS = st.lists(st.sampled_from(["a", "ế", " ", "\u0301", "\u0323", "\u0338" * 9, "…" * 9]), max_size=8).map("".join)
ASSIGNED_PLANES = range(0x20000)


@given(ANYTHING)
def test_cleaning_and_folding_twice_change_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)
    assert unaccent(unaccent(text)) == unaccent(text)


def test_every_character_folds_once_and_for_all_and_every_character_fits_gsm7_unaccented() -> None:
    assert [hex(point) for point in ASSIGNED_PLANES if fold(fold(chr(point))) != fold(chr(point))] == []
    assert [hex(point) for point in ASSIGNED_PLANES if not GSM7.issuperset(unaccent(chr(point)))] == []


@given(ANYTHING | LINES | HEAPS)
def test_a_plain_text_is_cleaned_as_thoroughly_as_any_other(text: str) -> None:
    assert clean(text) == _clean_thoroughly(text)


@given(ANYTHING)
def test_what_was_cleaned_can_be_stored_anywhere(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert "\x00" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)


@given(LINES)
def test_vietnamese_folds_to_ascii_position_by_position_in_either_form(line: str) -> None:
    assert fold(line).isascii()
    assert len(fold(line)) == len(line)
    assert fold(unicodedata.normalize("NFD", line).upper()) == fold(line) == unaccent(line)
    assert tokens(line) == tuple(fold(line).split())


@given(LINES)
def test_normalising_moves_tones_and_changes_no_letter(line: str) -> None:
    assert normalise(normalise(line)) == normalise(line)
    assert normalise(unicodedata.normalize("NFD", line).upper()) == normalise(line)
    assert fold(normalise(line)) == fold(line)
    assert not contradicts(normalise(line), line)


@given(LINES)
def test_leaving_diacritics_out_contradicts_nothing(line: str) -> None:
    assert not contradicts(line, line)
    assert not contradicts(fold(line), line)
    assert not contradicts(unicodedata.normalize("NFD", line).upper(), line)
    assert contradicts(line, fold(line)) == (line != fold(line))
