"""How a question without an answer may be counted."""

import pytest

from bot.search.demand import MOST_WORDS, countable
from bot.search.lookup import Lookup

COUNTED = (
    ("giá vàng", "gia vang"),
    ("Cho tôi hỏi GIÁ VÀNG với ạ", "gia vang"),
    ("gia vang 2024", "gia vang"),
    ("giá vàng năm 2025?", "gia vang"),
    ("gias vangf", "gia vang"),
    ("giá vàng ở Quảng Ngãi", "gia vang quang ngai"),
    ("quyết định 59", "quyet dinh"),
    ("quyết định 35912", "quyet dinh #"),
)
NOT_COUNTED = (
    "",
    "2024",
    "123 456",
    "cccd cua toi ***",
    "gui cho an.nguyen@example.vn",
    "x" * 40,
    "zu qo " * MOST_WORDS,
)


@pytest.mark.parametrize(("text", "counted"), COUNTED, ids=[row[0] for row in COUNTED])
def test_who_asks_for_the_same_is_counted_together(lookup: Lookup, text: str, counted: str):
    words = countable(lookup.understand(text)).split()
    assert [word for word in words if word in counted.split()] == counted.split()
    assert not any(sign.isdigit() for word in words for sign in word)


def test_politeness_and_years_make_no_difference(lookup: Lookup):
    ways = {countable(lookup.understand(text)) for text, counted in COUNTED if counted == "gia vang"}
    assert ways == {"gia vang"}


@pytest.mark.parametrize("text", NOT_COUNTED, ids=lambda text: text[:20] or "nothing")
def test_what_nobody_else_would_write_or_may_read_has_no_words(lookup: Lookup, text: str):
    assert countable(lookup.understand(text)) == ""
