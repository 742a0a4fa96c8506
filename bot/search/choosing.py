"""Choose the rows that a reading means: by its names, by sorts of rows, by bounds on figures, by years."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise

import numpy as np

from bot.core.findings import Column, ColumnKind, ColumnRole
from bot.core.text import tokens
from bot.search.demands import Wish
from bot.search.evidence import Surroundings
from bot.search.headings import Headings, say_measures
from bot.search.lexicon import Cue
from bot.search.names import OTHER_SORT
from bot.search.partial import Named
from bot.search.selection import Reading
from bot.search.table import Rows, TableIndex, both

NEARBY = 0.75
"""Trust in a name that selects other rows, but in the same place as the ones that are kept."""

_JOINING = frozenset({"va", "hay", "hoac", "voi", "so", "hon", "cung", "roi"})
_ALL_OF_THEM = frozenset({"cac", "nhung"})
_SHORT_TABLE = 50
_COMPUTED_OF_ALL = {Wish.EXTREME, Wish.TOTAL, Wish.MEAN}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows, and how far each name of the reading is believed to have selected them.

    ``united`` when several things were named on purpose ("A và B"), so that several rows are no ambiguity. ``held`` are
    words of a province in which the rows lie by its name of today.
    """

    rows: Rows
    trust: dict[int, float]
    united: bool = False
    held: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One reading of one table, and the rows that it means.

    ``title`` are the folded words of its dataset's title, ``columns`` those of the headings with units that only the
    dataset's description says.
    """

    table: TableIndex
    title: tuple[str, ...]
    around: Surroundings
    headings: Headings
    columns: tuple[Column, ...]
    reading: Reading

    def choose(self) -> Chosen | None:
        """The rows that every name selects, narrowed by sorts; all rows when something of all is asked for."""
        chosen = self._chosen()
        return self._within_provinces(chosen) if chosen is not None and len(chosen.rows) else chosen

    def _within_provinces(self, chosen: Chosen) -> Chosen:
        """Of the chosen rows those in a province that the question names as the table does not: by a former name."""
        places = self.headings.with_role(ColumnRole.PLACE)
        named = {position for name in self.reading.names for position in range(name.start, name.end)}
        rows, held = chosen.rows, set[int]()
        for mention in self.around.places.find(self.reading.text(0, len(self.reading.words))):
            span = range(mention.start, mention.end)
            if not places or not named.isdisjoint(span) or not named:
                continue
            inside = self._lying_in(rows, places, mention.place.province)
            if len(inside):
                rows = inside
                held.update(span)
        return replace(chosen, rows=rows, held=frozenset(held))

    def _lying_in(self, rows: Rows, places: Sequence[int], province: str) -> Rows:
        """Those of ``rows`` that some column of ``places`` puts into ``province``."""
        found = [np.empty(0, np.int32)]
        for place in places:
            here = [text for text, _ in self.table.counts(place, rows) if self.around.places.locate(text) == province]
            keys = [key for text in here for key in self.table.whole(place, tokens(text))]
            found.append(both(rows, self.table.union(keys)) if keys else found[0])
        return np.unique(np.concatenate(found))

    def _chosen(self) -> Chosen | None:
        names, sorts = self.reading.names, self.of_sorts()
        if not names and not sorts:
            return Chosen(self._all(), {}) if self._may_be_all() else None
        trust = {number: name.trust for number, name in enumerate(names)}
        found = {number: self.table.union(name.parts) for number, name in enumerate(names)}
        groups, united = self._groups(found)
        rows = reduce(both, [*sorts, *groups])
        if len(rows):
            return Chosen(rows, self._with_towns(trust), united)
        return self._by_main_name(list(found.values()), trust) or self._without_title(found, trust, sorts)

    def _with_towns(self, trust: dict[int, float]) -> dict[int, float]:
        """Beside a former unit "huyện Vũ Thư" says where it lay: a unit of another sort of this name tells it, too."""
        names = self.reading.names
        former = [number for number, name in enumerate(names) if self._role(name) is ColumnRole.MERGED]
        if not former:
            return trust
        main = min(former, key=lambda number: names[number].start)
        return {n: sure if n == main else max(sure, OTHER_SORT) for n, sure in trust.items()}

    def _without_title(self, found: dict[int, Rows], trust: dict[int, float], sorts: list[Rows]) -> Chosen | None:
        """The rows that remain when parts of names that are words of the title are taken for the title."""
        names = self.reading.names
        weak = {n for n in found if names[n].trust < OTHER_SORT}
        weak = {n for n in weak if set(self.title).issuperset(self.reading.text(names[n].start, names[n].end))}
        if not weak or len(weak) == len(found):
            return None
        groups, united = self._groups({n: rows for n, rows in found.items() if n not in weak})
        told = {n: 1.0 if n in weak else sure for n, sure in trust.items()}
        return Chosen(reduce(both, [*sorts, *groups]), told, united)

    def _all(self) -> Rows:
        return np.arange(len(self.table.rows), dtype=np.int32)

    def _may_be_all(self) -> bool:
        demands = self.reading.demands
        wanted: object = Cue.COUNT in self.reading.cues or demands.bounds or demands.wishes & _COMPUTED_OF_ALL
        wanted = wanted or self.reading.cues & {Cue.LARGEST, Cue.SMALLEST} or demands.latest or self.is_whole_list()
        return bool(wanted or self._equals()) and self.is_of_title()

    def is_whole_list(self) -> bool:
        """Whether everything in a short table is asked for by what its rows are: "các ngày lễ"."""
        listed = Cue.LIST in self.reading.cues or any(word.text in _ALL_OF_THEM for word in self.reading.words)
        things = any(self.headings.name in each.columns for each in self.reading.asked)
        return listed and things and len(self.table.rows) <= _SHORT_TABLE

    def _equals(self) -> bool:
        return bool(self.reading.demands.numbers and self.reading.which is not None and self.reading.asked)

    def _groups(self, found: dict[int, Rows]) -> tuple[list[Rows], bool]:
        """One set of rows for every column that names were found in: what all its names select, else any of them."""
        columns: dict[int, list[int]] = {}
        for number in found:
            columns.setdefault(self.reading.names[number].column, []).append(number)
        groups, united = [], False
        for column, numbers in columns.items():
            rows = reduce(both, [found[number] for number in numbers])
            if not len(rows) and self._are_joined(column, numbers):
                rows = np.unique(np.concatenate([found[number] for number in numbers]))
                united = True
            groups.append(rows)
        return groups, united

    def _are_joined(self, column: int, numbers: Sequence[int]) -> bool:
        """Whether names of one column stand side by side: years, or things joined by "và" or compared."""
        described = self.headings.columns[column]
        if described.role is ColumnRole.MERGED:
            return False
        if described.kind is ColumnKind.YEAR or self.reading.demands.wishes & {Wish.COMPARE, Wish.DIFFERENCE}:
            return True
        names = sorted((self.reading.names[number] for number in numbers), key=lambda name: name.start)
        gaps = [self.reading.text(one.end, other.start) for one, other in pairwise(names)]
        return all(_JOINING.intersection(gap) or len(gap) <= 1 for gap in gaps) and any(
            _JOINING.intersection(gap) for gap in gaps
        )

    def _by_main_name(self, found: Sequence[Rows], trust: dict[int, float]) -> Chosen | None:
        """When a former unit was named together with the place it lay in: its rows, where that place is theirs, too."""
        places = self.headings.with_role(ColumnRole.PLACE)
        names = self.reading.names
        merged = [n for n, name in enumerate(names) if self._role(name) is ColumnRole.MERGED]
        if not merged or not places:
            return None
        main = min(merged, key=lambda number: names[number].start)
        rows, told = found[main], dict(trust)
        beside = self._said_beside(rows, main)
        if beside is not None:
            return Chosen(beside, {number: max(sure, OTHER_SORT) for number, sure in told.items()})
        for number, others in enumerate(found):
            if number == main:
                continue
            rows = self.table.alike(places[0], rows, self._so_called(names[number], others))
            told[number] = OTHER_SORT if names[number].trust >= OTHER_SORT else NEARBY
        return Chosen(rows, told) if len(rows) else None

    def _so_called(self, name: Named, rows: Rows) -> Rows:
        """``rows`` and all others whose unit has the name, too: most districts live on as a commune of their name."""
        keys = self.table.named.get(self.reading.text(name.start, name.end), ())
        return np.union1d(rows, self.table.union(keys)) if keys else rows

    def _said_beside(self, rows: Rows, main: int) -> Rows | None:
        """Of ``rows`` those whose former unit is printed with the place that was named: "Xã Tân Hòa (huyện Vũ Thư)";
        None when there are none.
        """
        name = self.reading.names[main]
        others = [other for number, other in enumerate(self.reading.names) if number != main]
        kept = [
            key
            for key in name.parts
            if any(_follows(self.reading.text(o.start, o.end), tokens(self.table.parts[key].text)) for o in others)
        ]
        return both(rows, self.table.union(kept)) if kept else None

    def _role(self, name: Named) -> ColumnRole:
        return self.headings.columns[name.column].role

    def is_of_title(self) -> bool:
        """Whether the question speaks of what the table lists: a word of its title, a sort of its rows, a figure."""
        ordering = self.reading.demands.ordering
        if self.reading.sorts or (ordering and say_measures(ordering.measures, self.headings)):
            return True
        return any(w.weight >= 1.0 and w.text in self.title for w in self.reading.words)

    def of_sorts(self) -> list[Rows]:
        """Rows of the sorts that were named, unless things are counted or the sort only stands before a name."""
        columns = self.headings.with_role(ColumnRole.SORT)
        starts = [name.start for name in self.reading.names]
        before = {at - 1 for at in starts if self.around.places.sort_before(self.reading.text(0, at), at)}
        before |= {p - 1 for p in before if p in self.reading.sorts and p - 1 in self.reading.sorts}
        sorts = [position for position in self.reading.sorts if position not in {*before, self.reading.which}]
        if Cue.COUNT in self.reading.cues or not sorts or not columns:
            return []
        keys = list[int]()
        for position in sorts:
            for end in (position + 2, position + 1):
                phrase = self.reading.text(position, end)
                if phrase not in self.around.places.anyway:
                    keys.extend(key for column in columns for key in self.table.whole(column, phrase))
        return [self.table.union(keys)] if keys else []


def _follows(phrase: Sequence[str], words: Sequence[str]) -> bool:
    length = len(phrase)
    return any(tuple(words[at : at + length]) == tuple(phrase) for at in range(1, len(words) - length + 1))
