"""The double counts parts by itself: it agrees with a library and with the service, which it shares nothing with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smsutil import is_valid_gsm, split

from bot.core import sms
from simulator.kannel.segments import ALPHABET, cut

LETTERS = st.sampled_from("aZ 0é€{|\n@ăệ–😀✓Đ")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=400),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.text(st.sampled_from("ab{€"), min_size=140, max_size=330),
)


@given(TEXTS)
def test_parts_units_and_alphabet_are_those_that_the_service_bills(text: str):
    parts, billed = cut(text), sms.count(text)
    assert (parts.encoding, parts.segments, parts.units) == (billed.encoding, billed.segments, billed.units)
    assert parts.texts == sms.split(text)
    assert "".join(parts.texts) == text


@given(TEXTS.filter(bool))
def test_a_library_counts_as_many_parts(text: str):
    assert cut(text).segments == len(split(text).parts)


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "gsm7", 1),
        ("a" * 160, "gsm7", 1),
        ("a" * 161, "gsm7", 2),
        ("{" * 80, "gsm7", 1),
        ("{" * 81, "gsm7", 2),
        ("a" * 152 + "{" * 5, "gsm7", 2),
        ("ă" * 70, "ucs2", 1),
        ("ă" * 71, "ucs2", 2),
        ("😀" * 35, "ucs2", 1),
        ("ă" * 66 + "😀" * 3, "ucs2", 2),
    ],
)
def test_the_measured_boundaries_hold(text: str, encoding: str, segments: int):
    parts = cut(text)
    assert (parts.encoding, parts.segments) == (encoding, segments)


def test_an_escape_pair_and_an_emoji_are_never_divided():
    assert cut("a" * 152 + "{" + "a" * 10).texts[0] == "a" * 152
    assert cut("ă" * 66 + "😀" + "ă" * 10).texts[0] == "ă" * 66


def test_the_alphabet_is_the_one_of_a_library_but_for_the_escape_itself():
    assert {char for char in map(chr, range(0x10000)) if is_valid_gsm(char)} - {"\x1b"} == ALPHABET
