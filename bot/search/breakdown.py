"""Count rows by their sort: so many xã, so many phường."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.core.text import tokens
from bot.search.columns import accented
from bot.search.lexicon import Lexicon
from bot.search.places import Places


def count_sorts(cells: Iterable[str], lexicon: Lexicon) -> tuple[tuple[str, int], ...]:
    """The texts of a column of sorts with their number, largest first; unaccented ones get the lexicon's diacritics."""
    return _ordered(accented(tokens(text), lexicon) if text.isascii() else text for text in cells)


def count_leading_sorts(names: Iterable[str], places: Places) -> tuple[tuple[str, int], ...]:
    """How often each sort of unit leads a name ("Xã …", "Thị trấn …"), largest first; empty when a name has none."""
    return _ordered(_leading_sort(name.split(), places) for name in names)


def _leading_sort(printed: Sequence[str], places: Places) -> str:
    for length in (2, 1):
        if len(printed) > length and tokens(" ".join(printed[:length])) in places.sorts:
            return " ".join(printed[:length])
    return ""


def _ordered(labels: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(labels)
    if "" in counts:
        return ()
    return tuple(sorted(counts.items(), key=lambda count: (-count[1], count[0])))
