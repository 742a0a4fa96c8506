"""Rows of a table that sum up other rows of it: "Tổng số", "CẢ NƯỚC", "Đồng bằng sông Hồng" above its provinces.

A count of rows and "the largest" must leave them out; a question that names one is still fairly answered by it.
"""

from collections.abc import Sequence
from enum import StrEnum

from bot.core.text import tokens

Words = tuple[str, ...]


class Level(StrEnum):
    """What a row of that name sums up: everything in the table, or a region of several provinces."""

    TOTAL = "total"
    REGION = "region"


_TOTALS = (
    "tổng", "tổng số", "tổng cộng", "cộng", "tổng chung", "toàn bộ", "tổng thể", "cộng chung", "chung", "tổng toàn bộ",
    "cả nước", "toàn quốc", "cả tỉnh", "toàn tỉnh", "toàn thành phố", "toàn huyện", "toàn xã", "toàn vùng",
    "toàn ngành", "total", "grand total", "sum", "whole country", "all provinces", "entire country",
)  # fmt: skip
_BEFORE_COLON = ("tổng số", "tổng cộng", "tổng", "cộng", "total")
_REGIONS = (
    "đồng bằng sông hồng", "trung du và miền núi phía bắc", "trung du và miền núi bắc bộ",
    "miền núi và trung du phía bắc",
    "đông bắc", "tây bắc", "đông bắc bộ", "tây bắc bộ", "bắc trung bộ", "nam trung bộ", "duyên hải nam trung bộ",
    "bắc trung bộ và duyên hải miền trung", "bắc trung bộ và duyên hải nam trung bộ", "duyên hải miền trung",
    "duyên hải nam trung bộ và tây nguyên", "nam trung bộ và tây nguyên", "tây nguyên", "đông nam bộ", "tây nam bộ",
    "đồng bằng sông cửu long", "miền bắc", "miền trung", "miền nam", "bắc bộ", "trung bộ", "nam bộ",
    "miền trung và tây nguyên", "red river delta", "northern midlands and mountain areas",
    "northern midland and mountainous areas", "north central and central coastal areas", "north central area",
    "south central coast", "central highlands", "south east", "southeast", "mekong river delta",
)  # fmt: skip
_ENDINGS = frozenset({"total", "whole", "country"})  # "TỔNG SỐ - TOTAL", "CẢ NƯỚC - WHOLE COUNTRY"


def _phrases(texts: Sequence[str]) -> frozenset[Words]:
    return frozenset(map(tokens, texts))


_TOTAL_WORDS, _REGION_WORDS = _phrases(_TOTALS), _phrases(_REGIONS)
_TOTAL_BEGINNINGS = _phrases(_BEFORE_COLON)


def level_of(name: str) -> Level | None:
    """What a row called ``name`` sums up by its name alone, None for an ordinary row.

    Numbering ("I.", "1.2"), "Vùng" in front and an English name behind do not matter: "II. Vùng Tây Nguyên",
    "CẢ NƯỚC - WHOLE COUNTRY", "Tổng số: 34".
    """
    words = _without_numbering(tokens(name))
    beginning = tokens(name.partition(":")[0])
    if words in _TOTAL_WORDS or (":" in name and beginning in _TOTAL_BEGINNINGS):
        return Level.TOTAL
    while words and words[-1] in _ENDINGS:
        words = words[:-1]
    if words in _TOTAL_WORDS:
        return Level.TOTAL
    for apart in ("/", " - ", " – ", "("):  # "Tây Nguyên/Central Highlands"
        if apart in name and _is_region(tokens(name.partition(apart)[0])):
            return Level.REGION
    return Level.REGION if _is_region(words) else None


def aggregate_rows(names: Sequence[str]) -> frozenset[int]:
    """The positions in ``names`` – the naming column of a whole table – of rows that sum up others of the table.

    A region counts only beside a total or another region, and beside more rows that are neither: a table *of regions*
    has no aggregates but its total, a shop called "Tây Nguyên" is a shop, and a table of totals alone has none.
    """
    levels = [level_of(name) for name in names]
    totals = frozenset(number for number, level in enumerate(levels) if level is Level.TOTAL)
    regions = frozenset(number for number, level in enumerate(levels) if level is Level.REGION)
    if len(totals) == len(levels):
        return frozenset()
    ordinary = len(levels) - len(totals) - len(regions)
    related = bool(totals) or len({tokens(names[number]) for number in regions}) > 1
    return totals | regions if related and ordinary > len(regions) else totals


def _is_region(words: Words) -> bool:
    words = _without_numbering(words)
    return words in _REGION_WORDS or (words[:1] == ("vung",) and words[1:] in _REGION_WORDS)


def _without_numbering(words: Words) -> Words:
    """Roman and Arabic numbers, or one letter, in front of the name."""
    start = 0
    while start < len(words) - 1 and (
        words[start].isdigit() or not set(words[start]) - set("ivx") or len(words[start]) == 1
    ):
        start += 1
    return words[start:]
