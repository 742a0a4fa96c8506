"""Segmentation against the smsutil package, on thousands of texts.

smsutil differs from the standard in two points, left out here and settled in the unit table: it takes U+001B, the
escape itself, for a GSM-7 character, and an empty text for UCS-2.
"""

import smsutil
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.sms import GSM7, count, split

SEPTETS = st.sampled_from(sorted(GSM7))
LETTERS = st.one_of(
    SEPTETS, st.sampled_from("ệđẫưỳ–…\u00a0`"), st.characters(min_codepoint=0x1F300, max_codepoint=0x1F6FF)
)


def runs(letters: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts long enough to reach the borders of several parts."""
    run = st.tuples(st.text(letters, min_size=1, max_size=3), st.integers(1, 90)).map(lambda pair: pair[0] * pair[1])
    return st.lists(run, min_size=1, max_size=6).map("".join)


def assert_agreement(text: str) -> None:
    theirs = smsutil.split(text)
    assert split(text) == tuple(part.content for part in theirs.parts)
    octets = 1 if theirs.encoding == "gsm0338" else 2
    counted = count(text)
    assert counted.encoding == {1: "gsm7", 2: "ucs2"}[octets]
    assert counted.segments == len(theirs.parts)
    assert counted.units * octets == theirs.total_bytes


@settings(max_examples=1_500)
@given(runs(SEPTETS))
def test_gsm7_texts_are_cut_as_smsutil_cuts_them(text: str) -> None:
    assert_agreement(text)


@settings(max_examples=1_500)
@given(runs(LETTERS))
def test_mixed_texts_are_cut_as_smsutil_cuts_them(text: str) -> None:
    assert_agreement(text)


@given(runs(LETTERS))
def test_parts_lose_nothing_and_each_could_be_sent_alone(text: str) -> None:
    assert "".join(split(text)) == text
    assert all(count(part).segments == 1 for part in split(text))


@given(runs(LETTERS), runs(LETTERS))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert count(text).segments <= count(text + more).segments
