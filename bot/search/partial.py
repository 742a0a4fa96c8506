"""Names of which only some words were typed: "Phong Nha" for "Phong Nha – Kẻ Bàng", "lăng Tự Đức" for "Lăng vua …"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from bot.core.findings import ColumnKind, ColumnRole
from bot.search.headings import Headings
from bot.search.lexicon import Phrase
from bot.search.places import Places
from bot.search.spelling import Known
from bot.search.table import TableIndex, both

LONGEST = 9
"""Words of a name that are looked at."""
PARTIAL = 0.7
"""Least trust in a name of which only some words were typed."""

_LEAST_PARTIAL = 2
_TELLING = 4
_MANY_WORDS = 0.85
"""Least trust in a name of which as many words were typed as chance does not bring together."""
_MOST_RARE = 3
_SHORTEST_RARE = 4
_MOST_GAPPED = 400
_MOST_BETWEEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Words ``start`` … ``end`` of the question name rows by ``parts`` of one ``column``; ``trust`` is 0…1."""

    start: int
    end: int
    column: int
    parts: tuple[int, ...]
    trust: float


@dataclass(frozen=True, slots=True)
class PartialNames:
    """Everything needed to find parts of names of one table in questions."""

    table: TableIndex
    headings: Headings
    places: Places
    known: Known

    def rare(self, texts: Phrase, closed: set[int]) -> list[Named]:
        """Words that nothing else in the catalogue uses and few names of this table hold ("Bidoup")."""
        found: list[Named] = []
        naming = [*self.headings.with_role(ColumnRole.NAME), *self.headings.with_role(ColumnRole.MERGED)]
        for start, text in enumerate(texts):
            if start in closed or len(text) < _SHORTEST_RARE or text.isdigit() or self.known(text):
                continue
            holding = self.table.containing.keys(text)
            keys = holding[np.isin(self.table.parts.columns(holding), naming)].tolist() if len(holding) else []
            if 0 < len(keys) <= _MOST_RARE:
                found.append(self._partly(start, start + 1, self.table.parts.column(keys[0]), keys))
        return found

    def find(self, texts: Phrase, closed: set[int], light: set[int]) -> list[Named]:
        """Names of which only some words were typed; the longest such run at every place."""
        found: list[Named] = []
        start = 0
        while start < len(texts):
            run = self._longest_run(texts, start, closed, light)
            if run is None:
                start += 1
                continue
            found.extend(run)
            start = run[0].end
        return found

    def _longest_run(self, texts: Phrase, start: int, closed: set[int], light: set[int]) -> list[Named] | None:
        if start in light:
            return None
        end = start
        while end < min(start + LONGEST, len(texts)) and end not in closed and texts[end] in self.table.vocabulary:
            end += 1
        for stop in range(end, start + _LEAST_PARTIAL - 1, -1):
            run = texts[start:stop]
            if stop - 1 in light:
                continue  # words between may stand within a name, but not at its ends
            keys = self.table.holding(run) or (self._gapped(run) if len(run) > _LEAST_PARTIAL else ())
            columns: dict[int, list[int]] = {}
            for key in keys:
                number = self.table.parts.column(key)
                column = self.headings.columns[number]
                if column.kind is ColumnKind.TEXT and column.role is not ColumnRole.SORT:
                    columns.setdefault(number, []).append(key)
            if columns:
                return [
                    self._partly(start, stop, number, self._beginning(keys, run)) for number, keys in columns.items()
                ]
        return None

    def _gapped(self, run: Phrase) -> tuple[int, ...]:
        """The parts that hold the words of ``run`` in order, with at most two other words between two of them."""
        lists = sorted((self.table.containing.keys(word) for word in set(run)), key=len)
        if not 0 < len(lists[0]) <= _MOST_GAPPED:
            return ()
        keys = reduce(both, lists).tolist()
        return tuple(key for key in keys if _in_order(self.table.parts.words(key), run))

    def _beginning(self, keys: Sequence[int], run: Phrase) -> list[int]:
        """Of the parts that hold ``run`` those that begin with it, if there are any: "Đại Nội", not a tour with it."""

        def begins(words: Phrase) -> bool:
            return words[: len(run)] == run or self.places.without_sort(words)[: len(run)] == run

        return [key for key in keys if begins(self.table.parts[key].words)] or list(keys)

    def _partly(self, start: int, stop: int, column: int, keys: Sequence[int]) -> Named:
        shortest = min(len(self.places.without_sort(self.table.parts[key].words)) for key in keys)
        least = PARTIAL if stop - start < _TELLING else _MANY_WORDS
        trust = least + (1 - least) * min(1.0, (stop - start) / shortest)
        return Named(start=start, end=stop, column=column, parts=tuple(keys), trust=trust)


def _in_order(words: Phrase, run: Phrase) -> bool:
    """Whether the words of ``run`` stand in ``words`` in order, each at most three places behind the one before."""
    for start in range(len(words) - len(run) + 1):
        at = start
        for word in run:
            follows = [
                at + gap for gap in range(_MOST_BETWEEN + 1) if at + gap < len(words) and words[at + gap] == word
            ]
            if not follows:
                break
            at = follows[0] + 1
        else:
            return True
    return False
