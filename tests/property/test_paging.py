"""Pages fit, lose nothing and keep words and letters whole, for any text and any limit."""

import re
import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.core.paging import Fits, paginate, within_length, within_segments

WORDS = st.one_of(
    st.sampled_from(["dân", "số", "2.161.755\u00a0người", "[a|b]", "{x}", "–", "Xã", "1"]),
    st.text("abcệđ😀{€", min_size=1, max_size=30),
    st.sampled_from(["e\u0323\u0302", "👍🏽", "👨\u200d👩\u200d👧", "🇻🇳", "x"]).map(lambda letter: letter * 12),
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "  ", "\n", "\n\n", "\t", " \n "])), max_size=60).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)
MEASURES = st.one_of(
    st.integers(5, 90).map(within_length),
    st.integers(1, 3).map(within_segments),
    st.integers(1, 2).map(lambda limit: within_segments(limit, marker=" (1/9)")),
)


def words(text: str) -> list[str]:
    return [word for word in re.split(r"[ \t\n]+", text) if word]


@given(TEXTS, MEASURES)
def test_every_page_fits_and_nothing_is_lost(text: str, fits: Fits) -> None:
    pages = paginate(text, fits)
    assert all(fits(page) and page == page.strip(" \t\n") != "" for page in pages)
    assert "".join("".join(words(page)) for page in pages) == "".join(words(text))


@given(TEXTS, MEASURES)
def test_a_word_that_fits_a_page_is_never_divided(text: str, fits: Fits) -> None:
    whole = [word for word in words(text) if fits(word)]
    paged = iter(word for page in paginate(text, fits) for word in words(page))
    assert all(word in paged for word in whole)  # in order: `in` consumes the iterator


@given(TEXTS, st.integers(5, 40))
def test_no_page_begins_inside_a_letter(text: str, limit: int) -> None:
    for page in paginate(text, within_length(limit)):
        assert not unicodedata.combining(page[0])
        assert page[0] not in "\u200d🏽"
        assert not page.endswith("\u200d")
        assert page.count("🇻") == page.count("🇳")


@given(TEXTS, st.integers(30, 90))
def test_a_page_of_one_line_takes_every_word_that_still_fits(text: str, limit: int) -> None:
    pages = paginate(" ".join(word for word in words(text) if len(word) <= limit), within_length(limit))
    assert all(len(page) + 1 + len(words(following)[0]) > limit for page, following in pairwise(pages))
