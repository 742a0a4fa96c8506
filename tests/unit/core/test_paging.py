"""Where pages end."""

import pytest

from bot.core.paging import paginate, within_length, within_segments
from bot.core.sms import utf16_length


@pytest.mark.parametrize(
    ("text", "limit", "pages"),
    [
        pytest.param("", 10, (), id="nothing"),
        pytest.param("  \n ", 10, (), id="space only"),
        pytest.param("một hai", 7, ("một hai",), id="fits exactly"),
        pytest.param("một hai ba", 8, ("một hai", "ba"), id="between words"),
        pytest.param("một hai ba", 7, ("một hai", "ba"), id="a word ends on the limit"),
        pytest.param("một hai   ba", 8, ("một hai", "ba"), id="space between pages is dropped"),
        pytest.param("một hai ba\nbốn năm sáu", 18, ("một hai ba", "bốn năm sáu"), id="a line break is preferred"),
        pytest.param("a\nmột hai ba bốn", 11, ("a\nmột hai", "ba bốn"), id="not for a page less than half full"),
        pytest.param("abcdefghij", 4, ("abcd", "efgh", "ij"), id="a word longer than a page"),
        pytest.param("ab cdefghij kl", 4, ("ab", "cdef", "ghij", "kl"), id="a long word begins its own page"),
        pytest.param("2.161.755\u00a0người", 12, ("2.161.755\u00a0ng", "ười"), id="a no-break space is no break"),
        pytest.param("abce\u0323\u0302f", 5, ("abc", "e\u0323\u0302f"), id="a letter keeps its marks"),
        pytest.param("ab👍🏽c", 3, ("ab", "👍🏽c"), id="a thumb keeps its skin tone"),
        pytest.param("ab👨\u200d👩c", 4, ("ab", "👨\u200d👩c"), id="a family stays together"),
        pytest.param("a🇻🇳🇱🇦", 4, ("a🇻🇳", "🇱🇦"), id="a flag stays whole"),
        pytest.param("🇻🇳🇱🇦🇰🇭", 4, ("🇻🇳🇱🇦", "🇰🇭"), id="a row of flags ends between two"),
        pytest.param("e\u0323\u0302\u0301", 2, ("e\u0323", "\u0302\u0301"), id="a letter larger than a page"),
    ],
)
def test_a_page_ends_where_a_reader_expects(text: str, limit: int, pages: tuple[str, ...]) -> None:
    assert paginate(text, within_length(limit)) == pages


def test_characters_count_as_the_channel_counts() -> None:
    assert paginate("😀😀😀 😀", within_length(6, measure=utf16_length)) == ("😀😀😀", "😀")


def test_room_is_kept_for_a_marker() -> None:
    assert paginate("một hai ba bốn", within_length(14, marker=" (1/2)")) == ("một hai", "ba bốn")


@pytest.mark.parametrize(
    ("text", "limit", "lengths"),
    [
        pytest.param("a" * 152 + " " + "b" * 153, 2, [306], id="306 septets are two parts"),
        pytest.param("a" * 153 + " " + "b" * 153, 2, [153, 153], id="307 septets are not"),
        pytest.param("[" + "a" * 151 + "{" + "b" * 100 + " " + "c" * 51, 2, [253, 51], id="pairs count double"),
        pytest.param("ệ" * 67 + " " + "ê" * 67, 2, [67, 67], id="UCS-2 has 134 units"),
        pytest.param("a" * 100 + " " + "b" * 50 + " ệ", 2, [151, 1], id="a letter outside GSM-7 shrinks its page only"),
    ],
)
def test_sms_pages_are_measured_in_segments(text: str, limit: int, lengths: list[int]) -> None:
    assert [len(page) for page in paginate(text, within_segments(limit))] == lengths


def test_a_marker_may_make_the_page_ucs2() -> None:
    text = "a" * 60 + " " + "b" * 60
    assert paginate(text, within_segments(1)) == (text,)
    assert paginate(text, within_segments(1, marker=" (1⁄2)")) == ("a" * 60, "b" * 60)


def test_a_page_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        paginate("a", within_length(0))
