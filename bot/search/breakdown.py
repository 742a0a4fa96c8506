"""Count rows by their sort: so many xã, so many phường."""

from collections.abc import Iterable, Sequence

from bot.core.text import tokens
from bot.search.columns import accented
from bot.search.lexicon import Lexicon
from bot.search.places import Places


def count_sorts(cells: Iterable[tuple[str, int]], lexicon: Lexicon) -> tuple[tuple[str, int], ...]:
    """The texts of a column of sorts with their number, largest first; unaccented ones get the lexicon's diacritics.

    ``cells`` are the different texts, and how many rows have each.
    """
    return _ordered((accented(tokens(text), lexicon) if text.isascii() else text, n) for text, n in cells)


def count_leading_sorts(names: Iterable[tuple[str, int]], places: Places) -> tuple[tuple[str, int], ...]:
    """How often each sort of unit leads a name ("Xã …", "Thị trấn …"), largest first; empty when a name has none."""
    known: dict[str, bool] = {}  # few words lead very many names

    def leading_sort(printed: Sequence[str]) -> str:
        for length in (2, 1):
            lead = " ".join(printed[:length])
            if lead not in known:
                known[lead] = tokens(lead) in places.sorts
            if known[lead] and len(printed) > length:
                return lead
        return ""

    return _ordered((leading_sort(name.split(maxsplit=2)), number) for name, number in names)


def _ordered(labels: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for label, number in labels:
        if not label:
            return ()
        counts[label] = counts.get(label, 0) + number
    return tuple(sorted(counts.items(), key=lambda count: (-count[1], count[0])))
