"""Which words of a question name rows of a table, in which column, and how sure that is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from bot.core.findings import ColumnKind, ColumnRole
from bot.core.text import contradicts, fold, tokens
from bot.search.headings import Headings
from bot.search.lexicon import Cue, Lexicon, Phrase
from bot.search.partial import LONGEST, PARTIAL, Named, PartialNames
from bot.search.places import Level, Places
from bot.search.sequences import Word
from bot.search.spans import LIGHT
from bot.search.spelling import Known
from bot.search.table import Part, TableIndex

OTHER_SORT = 0.9
"""Trust in a name whose sort was typed differently ("phường Tịnh Khê" for "xã Tịnh Khê")."""
OTHER_UNIT = 0.5
_ASIDE = 0.95
"""Factor for names found in a text that neither names the row nor says where it lies."""
_CONTRADICTED = 0.75
"""Factor for a name whose diacritics are not the typed ones."""
_OF_ANYTHING = frozenset({"ten", "don", "vi", "khu", "vuc"})
"""Words of headings over any names, those of units as well."""
_SHORT_VALUE = 3
_SAMPLE = 50
_SHORTEST_CODE = 4
_PRINTED = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Names:
    """Everything needed to find names of one table in questions."""

    table: TableIndex
    headings: Headings
    lexicon: Lexicon
    places: Places
    known: Known

    def find(self, words: Sequence[Word], cues: frozenset[Cue], fixed: frozenset[int]) -> list[Named]:
        """The names in ``words``, which may overlap each other; none begins in a word of ``fixed``."""
        texts = tuple(word.text for word in words)
        found: list[Named] = []
        for start in range(len(texts)):
            ends = [] if start in fixed else self._ends(texts, start)
            for end in reversed(ends):
                found.extend(self._exact(texts, start, end))
        found.extend(self._aliases(texts))
        closed = {position for name in found for position in range(name.start, name.end) if name.end - name.start > 1}
        partial = PartialNames(self.table, self.headings, self.places, self.known)
        rare = partial.rare(texts, {*closed, *fixed})
        found.extend(rare)
        closed |= {name.start for name in rare} | fixed
        light = {n for n, word in enumerate(words) if word.weight <= LIGHT and not word.text.isdigit()}
        for start, length in product(range(len(texts)), (1, 2)):
            if texts[start : start + length] in self.places.sorts:
                closed.update(range(start, start + length))
        found.extend(partial.find(texts, closed, light))
        return [self._as_typed(name, words) for name in self._by_column(found, cues)]

    def _ends(self, texts: Phrase, start: int) -> list[int]:
        """Where a name that begins at ``start`` may end: behind words that the table has."""
        ends: list[int] = []
        for end in range(start, min(start + LONGEST, len(texts))):
            if texts[end] not in self.table.vocabulary:
                break
            ends.append(end + 1)
        return ends

    def _exact(self, texts: Phrase, start: int, end: int) -> list[Named]:
        if start and texts[start - 1 : start + 1] in self.places.sorts:
            return []  # "phố Quảng" is no name in "thành phố Quảng Ngãi"
        keys = self.table.named.keys(texts[start:end])
        if not len(keys):
            return []
        typed = self.places.sort_before(texts, start)
        columns: dict[int, list[int]] = {}
        trust: dict[int, float] = {}
        naming = [self._may_name(column, texts, start, end, typed) for column in range(len(self.headings.columns))]
        for key, column in zip(keys.tolist(), self.table.parts.columns(keys).tolist(), strict=True):
            if not naming[column]:
                continue
            part = self.table.parts[key]
            left_out = part.words[: len(part.words) - (end - start)]
            if left_out and not self._is_sort(left_out):
                continue
            if end - start == 1 and self._is_scrap(part, texts, start):
                continue
            columns.setdefault(column, []).append(key)
            sure = self._sure_of_sort(typed, left_out, part, texts)
            trust[column] = max(trust.get(column, 0.0), sure)
        return [
            Named(start=start, end=end, column=column, parts=self._fitting(keys, typed), trust=trust[column])
            for column, keys in columns.items()
        ]

    def _is_sort(self, words: Phrase) -> bool:
        """Whether ``words`` are a sort of unit, or short for one ("TP.")."""
        meant = (words, *self.lexicon.abbreviations.readings(words, ""))
        return not self.places.sorts.keys().isdisjoint(meant)

    def _role(self, part: Part) -> ColumnRole:
        return self.headings.columns[part.column].role

    def _sure_of_sort(self, typed: Phrase, left_out: Phrase, part: Part, texts: Phrase) -> float:
        """Trust in a name typed behind the sort ``typed`` and printed behind ``left_out``, or behind none at all."""
        if not typed:
            return 1.0
        if left_out:
            meant = next(
                m for m in (left_out, *self.lexicon.abbreviations.readings(left_out, "")) if m in self.places.sorts
            )
            return 1.0 if meant == typed else self._likeness(typed, meant)
        printed = self._sort_beside(part)
        if not printed:
            return OTHER_UNIT if self._is_other_thing(typed, part, texts) else 1.0
        return 1.0 if printed == typed else self._likeness(typed, printed)

    def _is_other_thing(self, typed: Phrase, part: Part, texts: Phrase) -> bool:
        """Whether a unit of the sort ``typed`` cannot be what ``part`` names in a table that prints no sorts.

        "Thị xã Phú Thọ" is no row of provinces, and "thành phố Phú Quốc" none of national parks.
        """
        if self._is_no_city(typed, part.words):
            return True
        if self._role(part) not in (ColumnRole.NAME, ColumnRole.MERGED):
            return False
        if part.words in self.places.spellings:
            return self.places.sorts[typed] is not Level.PROVINCE and self._lists_provinces()
        return self._lists_no_units() and not self._says_heading(texts)

    def _lists_provinces(self) -> bool:
        """Whether most rows are provinces, and not communes that are called like one."""
        names = [tokens(row[self.headings.name]) for row in self.table.rows[:_SAMPLE]]
        return 2 * sum(name in self.places.spellings for name in names) > len(names)

    def _lists_no_units(self) -> bool:
        """Whether the heading over the names says that they are things, not units of any sort."""
        words = {word for phrase in self.headings.own[self.headings.name] for word in phrase}
        return bool(words) and words.isdisjoint(_OF_ANYTHING.union(*self.places.sorts))

    def _says_heading(self, texts: Phrase) -> bool:
        """Whether the question says what the table's things are ("chợ xã Tịnh Khê")."""
        phrases = self.headings.own[self.headings.name]
        return any(texts[at : at + len(phrase)] == phrase for phrase in phrases for at in range(len(texts)))

    def _is_no_city(self, typed: Phrase, words: Phrase) -> bool:
        """Whether the city of a name was typed that is printed as that of a province."""
        if typed in self.places.anyway or self.places.sorts[typed] is not Level.PROVINCE:
            return False
        return words in self.places.spellings and words not in self.lexicon.operators.cities

    def _sort_beside(self, part: Part) -> Phrase:
        """The sort that another column of the row gives to what ``part`` names; empty when none does."""
        sorts = self.headings.with_role(ColumnRole.SORT)
        if not sorts or not len(part.rows):
            return ()
        row = self.table.rows[int(part.rows[0])]
        if self._role(part) is not ColumnRole.NAME and tokens(row[self.headings.name]) != part.words:
            return ()
        printed = tokens(row[sorts[0]])
        return printed if printed in self.places.sorts and part.words[: len(printed)] != printed else ()

    def _likeness(self, typed: Phrase, printed: Phrase) -> float:
        """Trust in a name typed with another sort: xã became phường, but a thị xã or thành phố is no xã or tỉnh."""
        if typed in self.places.anyway and self.places.sorts[printed] is self.places.sorts[typed]:
            return 1.0
        alike = self.places.sorts[typed] is self.places.sorts[printed] and printed not in self.places.anyway
        return OTHER_SORT if alike else OTHER_UNIT

    def _fitting(self, keys: Sequence[int], typed: Phrase) -> tuple[int, ...]:
        """The parts whose own sort is the one typed, if there are any; else all."""
        fitting = tuple(key for key in keys if typed and self.table.parts[key].words[: len(typed)] == typed)
        return fitting or tuple(keys)

    def _may_name(self, number: int, texts: Phrase, start: int, end: int, typed: Phrase) -> bool:
        """Whether words ``start`` … ``end`` may name something in column ``number``, if it stands there.

        One word names rows only as a code or year, behind its sort or its column's word, or as a place's name.
        """
        column = self.headings.columns[number]
        if column.role is ColumnRole.SORT or end - start > 1:
            return column.role is not ColumnRole.SORT
        if column.kind in (ColumnKind.CODE, ColumnKind.YEAR):
            short = len(texts[start]) < _SHORTEST_CODE and not self._follows_heading(texts, start, number)
            return texts[start].isdigit() and not short
        if texts[start : start + 1] in self.places.sorts:
            return False
        return bool(typed) or self._stands_alone(texts, start, number)

    def _stands_alone(self, texts: Phrase, start: int, number: int) -> bool:
        """Whether one word is the name of a place or follows the heading of column ``number``."""
        return texts[start : start + 1] in self.places.spellings or self._follows_heading(texts, start, number)

    def _is_scrap(self, part: Part, texts: Phrase, start: int) -> bool:
        """Whether ``part`` is one word beside others: "thành" of an address is no unit of "tỉnh thành"."""
        column = self.headings.columns[part.column]
        if column.role is not ColumnRole.PLAIN or column.kind in (ColumnKind.CODE, ColumnKind.YEAR):
            return False
        return len(part.words) == 1 and not self._stands_alone(texts, start, part.column)

    def _follows_heading(self, texts: Phrase, start: int, number: int) -> bool:
        own = self.headings.own[number]
        return any(texts[max(0, start - len(phrase)) : start] == phrase for phrase in own)

    def _aliases(self, texts: Phrase) -> list[Named]:
        """Provinces under another spelling than the table's ("thua thien hue" where it prints "Huế")."""
        found: list[Named] = []
        for mention in self.places.find(texts):
            for spelling in mention.place.spellings:
                if spelling != texts[mention.start : mention.end]:
                    named = self._exact(spelling, 0, len(spelling))
                    typed = self.places.sort_before(texts, mention.start)
                    sure = OTHER_UNIT if typed and self._is_no_city(typed, spelling) else 1.0
                    found.extend(
                        replace(name, start=mention.start, end=mention.end, trust=sure * name.trust) for name in named
                    )
        return found

    def _by_column(self, found: Sequence[Named], cues: frozenset[Cue]) -> Iterator[Named]:
        """For words that name rows in several columns the column that is meant."""
        spans: dict[tuple[int, int], list[Named]] = {}
        for name in found:
            spans.setdefault((name.start, name.end), []).append(name)
        order = [ColumnRole.NAME, ColumnRole.PLACE, ColumnRole.PLAIN, ColumnRole.SORT, ColumnRole.SOURCE]
        order.insert(0 if Cue.CURRENT in cues else len(order), ColumnRole.MERGED)
        columns = self.headings.columns
        for names in spans.values():
            fitting = [name for name in names if not self._is_lower_unit(name)] or names
            fitting = self._of_province(fitting)
            best = min(fitting, key=lambda n: (-n.trust >= -PARTIAL, order.index(columns[n.column].role)))
            trust = best.trust * (OTHER_SORT if self._is_lower_unit(best) else 1.0)
            yield replace(best, trust=trust * (_ASIDE if self._is_aside(best) else 1.0))

    def _of_province(self, names: list[Named]) -> list[Named]:
        """Of the columns in which a province's bare name was found the one that says where rows lie, if it did."""
        words = self.table.parts[names[0].parts[0]].words
        bare = words[len(words) - (names[0].end - names[0].start) :]
        places = [name for name in names if self.headings.columns[name.column].role is ColumnRole.PLACE]
        return places if places and bare in self.places.spellings else names

    def _is_aside(self, name: Named) -> bool:
        """Whether the words stand in a text beside the name that is no short value of its own ("Trẻ em")."""
        column = self.headings.columns[name.column]
        if column.role is not ColumnRole.PLAIN or column.kind is not ColumnKind.TEXT:
            return False
        return any(len(self.table.parts[key].words) > _SHORT_VALUE for key in name.parts[:_SAMPLE])

    def _is_lower_unit(self, name: Named) -> bool:
        """Whether a province's name, typed without a sort, was found as the name of a commune or district."""
        words = [self.table.parts[key].words for key in name.parts]
        bare = words[0][len(words[0]) - (name.end - name.start) :]
        if bare not in self.places.spellings:
            return False
        return all(self.places.sorts.get(w[: len(w) - len(bare)], Level.PROVINCE) is not Level.PROVINCE for w in words)

    def _as_typed(self, name: Named, words: Sequence[Word]) -> Named:
        """``name`` without the parts that the typed diacritics contradict; with less trust when they contradict all."""
        typed = [word for each in words[name.start : name.end] for word in _PRINTED.findall(each.typed)]
        typed = [word for word in typed if not word.isascii()]
        if not typed:
            return name
        agreeing = tuple(key for key in name.parts if not self._contradicted(self.table.parts[key], typed))
        if agreeing:
            return replace(name, parts=agreeing)
        return replace(name, trust=name.trust * _CONTRADICTED)

    def _contradicted(self, part: Part, typed: Sequence[str]) -> bool:
        if part.text.isascii():
            return False  # a table without diacritics contradicts nobody
        printed = [(fold(word), word) for word in _PRINTED.findall(part.text)]
        for word in typed:
            same = [other for folded, other in printed if folded == fold(word)]
            if same and all(contradicts(word, other) for other in same):
                return True
        return False
