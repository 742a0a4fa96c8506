"""Read a question against one table: which of its words name rows, which name columns, which years are meant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from bot.core.findings import Column, ColumnKind, ColumnRole
from bot.search.columns import heading_of, without_year
from bot.search.lexicon import Cue, Lexicon, Phrase
from bot.search.places import Level, Places
from bot.search.query import Word
from bot.search.spans import LIGHT
from bot.search.spelling import Known, untyped
from bot.search.table import Part, TableIndex

_LONGEST = 9
_LEAST_PARTIAL = 2
_OTHER_SORT = 0.9
"""Trust in a name whose sort was typed differently ("phường Tịnh Khê" for "xã Tịnh Khê")."""
_OTHER_UNIT, _PARTIAL, _REPAIRED = 0.5, 0.7, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Words ``start`` … ``end`` of the question name rows by ``parts`` of one ``column``; ``trust`` is 0…1."""

    start: int
    end: int
    column: int
    parts: tuple[int, ...]
    trust: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Words ``start`` … ``end`` of the question ask for ``columns``."""

    start: int
    end: int
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One table read for one way to understand the question.

    ``sorts`` are positions of words that are sorts of rows ("xã", "đặc khu"), ``which`` the position of the word in
    front of "nào", which asks for a column or for the names themselves.
    """

    words: tuple[Word, ...]
    names: tuple[Named, ...]
    asked: tuple[Asked, ...]
    sorts: tuple[int, ...]
    years: tuple[int, ...]
    which: int | None
    cues: frozenset[Cue]


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything needed to read questions against one table."""

    table: TableIndex
    columns: tuple[Column, ...]
    lexicon: Lexicon
    places: Places
    known: Known

    def read(self, words: tuple[Word, ...], cues: frozenset[Cue]) -> Reading:
        """What the words of a question select here."""
        words = tuple(self._repaired(word) for word in words)
        texts = tuple(word.text for word in words)
        names = self._names(words, texts, cues)
        asked = [each for each in self._asked(texts) if not _is_only_era(words[each.start : each.end])]
        kept_names, kept_asked = _without_overlap(names, asked)
        named = {position for name in kept_names for position in range(name.start, name.end)}
        taken = named | {position for each in kept_asked for position in range(each.start, each.end)}
        return Reading(
            words=words,
            names=kept_names,
            asked=kept_asked,
            sorts=self._sorts(texts, taken),
            years=tuple(int(text) for text in texts if len(text) == 4 and text.isdigit() and text[:2] in {"19", "20"}),
            which=self._which(texts),
            cues=frozenset(w.cue for position, w in enumerate(words) if w.cue and position not in named),
        )

    def _repaired(self, word: Word) -> Word:
        if word.text in self.table.vocabulary or self.known(word.text) or word.text.isdigit():
            return word
        plain = untyped(word.text, self.table.vocabulary.__contains__)
        if plain is None:
            near = self.table.vocabulary.near(word.text) if len(word.text) > 3 else ()
            plain = near[0] if len(near) == 1 else None
        return word if plain is None else replace(word, text=plain, weight=word.weight * _REPAIRED)

    def _names(self, words: Sequence[Word], texts: Phrase, cues: frozenset[Cue]) -> list[Named]:
        found: list[Named] = []
        for start in range(len(texts)):
            if texts[start] not in self.table.vocabulary:
                continue
            for end in range(min(start + _LONGEST, len(texts)), start, -1):
                found.extend(self._exact(texts, start, end))
        found.extend(self._aliases(texts))
        closed = {position for name in found for position in range(name.start, name.end) if name.end - name.start > 1}
        closed |= {position for position, word in enumerate(words) if word.weight <= LIGHT}
        for start, length in product(range(len(texts)), (1, 2)):
            if texts[start : start + length] in self.places.sorts:
                closed.update(range(start, start + length))
        found.extend(self._partial(texts, closed))
        return self._by_column(found, cues)

    def _exact(self, texts: Phrase, start: int, end: int) -> list[Named]:
        if texts[max(0, start - 1) : start + 1] in self.places.sorts and start:
            return []  # "phố Quảng" is no name in "thành phố Quảng Ngãi"
        keys = self.table.named.get(texts[start:end], ())
        typed = self._sort_before(texts, start)
        columns: dict[int, list[int]] = {}
        trust: dict[int, float] = {}
        for key in keys:
            part = self.table.parts[key]
            left_out = part.words[: len(part.words) - (end - start)]
            if (left_out and left_out not in self.places.sorts) or self.columns[part.column].role is ColumnRole.SORT:
                continue
            if end - start == 1 and not self._may_stand_alone(texts, start, part, typed):
                continue
            fits = not typed or not left_out or left_out == typed
            columns.setdefault(part.column, []).append(key)
            trust[part.column] = max(trust.get(part.column, 0.0), 1.0 if fits else self._likeness(typed, left_out))
        return [
            Named(start=start, end=end, column=column, parts=self._fitting(keys, typed), trust=trust[column])
            for column, keys in columns.items()
        ]

    def _likeness(self, typed: Phrase, printed: Phrase) -> float:
        """Trust in a name typed with another sort: xã became phường, but a thị xã or thành phố is no xã or tỉnh."""
        alike = self.places.sorts[typed] is self.places.sorts[printed] and printed not in self.places.anyway
        return _OTHER_SORT if alike else _OTHER_UNIT

    def _fitting(self, keys: Sequence[int], typed: Phrase) -> tuple[int, ...]:
        """The parts whose own sort is the one typed, if there are any; else all."""
        fitting = tuple(key for key in keys if typed and self.table.parts[key].words[: len(typed)] == typed)
        return fitting or tuple(keys)

    def _may_stand_alone(self, texts: Phrase, start: int, part: Part, typed: Phrase) -> bool:
        """One word names rows only as a code or year, behind its sort or its column's word, or as a place's name."""
        column = self.columns[part.column]
        if column.kind in (ColumnKind.CODE, ColumnKind.YEAR):
            return texts[start].isdigit() and len(texts[start]) >= 4
        if texts[start : start + 1] in self.places.sorts:
            return False
        if typed or texts[start : start + 1] in self.places.spellings:
            return True
        phrases = heading_of(column.name, self.lexicon).phrases
        return any(texts[max(0, start - len(phrase)) : start] == phrase for phrase in phrases)

    def _aliases(self, texts: Phrase) -> list[Named]:
        """Provinces under another spelling than the table's ("thua thien hue" where it prints "Huế")."""
        found: list[Named] = []
        for mention in self.places.find(texts):
            for spelling in mention.place.spellings:
                if spelling != texts[mention.start : mention.end]:
                    named = self._exact(spelling, 0, len(spelling))
                    found.extend(replace(name, start=mention.start, end=mention.end) for name in named)
        return found

    def _partial(self, texts: Phrase, closed: set[int]) -> list[Named]:
        """Names of which only some neighbouring words were typed; the longest such run at every place."""
        found: list[Named] = []
        start = 0
        while start < len(texts):
            run = self._longest_run(texts, start, closed)
            if run is None:
                start += 1
                continue
            found.extend(run)
            start = run[0].end
        return found

    def _longest_run(self, texts: Phrase, start: int, closed: set[int]) -> list[Named] | None:
        end = start
        while end < min(start + _LONGEST, len(texts)) and end not in closed and texts[end] in self.table.vocabulary:
            end += 1
        for stop in range(end, start + _LEAST_PARTIAL - 1, -1):
            keys = self.table.holding(texts[start:stop])
            columns: dict[int, list[int]] = {}
            for key in keys:
                part = self.table.parts[key]
                column = self.columns[part.column]
                if column.kind is ColumnKind.TEXT and column.role is not ColumnRole.SORT:
                    columns.setdefault(part.column, []).append(key)
            if columns:
                return [self._partly(start, stop, number, keys) for number, keys in columns.items()]
        return None

    def _partly(self, start: int, stop: int, column: int, keys: Sequence[int]) -> Named:
        shortest = min(len(self.places.without_sort(self.table.parts[key].words)) for key in keys)
        trust = _PARTIAL + (1 - _PARTIAL) * min(1.0, (stop - start) / shortest)
        return Named(start=start, end=stop, column=column, parts=tuple(keys), trust=trust)

    def _by_column(self, found: Sequence[Named], cues: frozenset[Cue]) -> list[Named]:
        """For words that name rows in several columns the column that is meant."""
        spans: dict[tuple[int, int], list[Named]] = {}
        for name in found:
            spans.setdefault((name.start, name.end), []).append(name)
        order = [ColumnRole.NAME, ColumnRole.PLACE, ColumnRole.PLAIN, ColumnRole.SORT, ColumnRole.SOURCE]
        order.insert(0 if Cue.CURRENT in cues else len(order), ColumnRole.MERGED)
        chosen = []
        for names in spans.values():
            fitting = [name for name in names if not self._is_lower_unit(name)] or names
            best = min(fitting, key=lambda n: (-n.trust >= -_PARTIAL, order.index(self.columns[n.column].role)))
            chosen.append(replace(best, trust=best.trust * _OTHER_SORT) if self._is_lower_unit(best) else best)
        return chosen

    def _is_lower_unit(self, name: Named) -> bool:
        """Whether a province's name, typed without a sort, was found as the name of a commune or district."""
        words = [self.table.parts[key].words for key in name.parts]
        bare = words[0][len(words[0]) - (name.end - name.start) :]
        if bare not in self.places.spellings:
            return False
        return all(self.places.sorts.get(w[: len(w) - len(bare)], Level.PROVINCE) is not Level.PROVINCE for w in words)

    def _asked(self, texts: Phrase) -> list[Asked]:
        columns: dict[Phrase, list[int]] = {}
        for number, column in enumerate(self.columns):
            if rest := without_year(column.name):
                for phrase in heading_of(rest, self.lexicon).phrases:
                    columns.setdefault(phrase, []).append(number)
        found: list[Asked] = []
        for start in range(len(texts)):
            longest = min(start + _LONGEST, len(texts))
            for end in range(longest, start, -1):
                asked = tuple(columns.get(texts[start:end], ()))
                if asked and (sort := self._sort_before(texts[start + 1 : end], end - start - 1)):
                    # "mã tỉnh" of "mã tỉnh Quảng Ngãi": the sort belongs to the name as well
                    found.append(Asked(start=start, end=end - len(sort), columns=asked))
                if asked:
                    found.append(Asked(start=start, end=end, columns=asked))
        return found

    def _sorts(self, texts: Phrase, taken: set[int]) -> tuple[int, ...]:
        """Positions of words that are values of a sort column or sorts in front of the names, and name nothing."""
        found: list[int] = []
        for start in range(len(texts)):
            for length in (2, 1):
                span = range(start, min(start + length, len(texts)))
                if not {*found, *taken} & set(span) and self._is_sort(texts[start : start + length]):
                    found.extend(span)
        return tuple(found)

    def _is_sort(self, phrase: Phrase) -> bool:
        for number, column in enumerate(self.columns):
            if column.role is ColumnRole.NAME and phrase in self.places.sorts and phrase in self.table.leading[number]:
                return True
            if column.role is ColumnRole.SORT and self.table.whole(number, phrase):
                return True
        return False

    def _sort_before(self, texts: Phrase, start: int) -> Phrase:
        for length in (2, 1):
            if start >= length and texts[start - length : start] in self.places.sorts:
                return texts[start - length : start]
        return ()

    def _which(self, texts: Phrase) -> int | None:
        for position in range(1, len(texts)):
            if texts[position] in {"nao", "gi"} and self.lexicon.cue((texts[position],), "") is Cue.WHICH:
                return position - 1
        return None


def _without_overlap(names: Sequence[Named], asked: Sequence[Asked]) -> tuple[tuple[Named, ...], tuple[Asked, ...]]:
    """The longest of what overlaps; of equal length a whole name, then a column, then a part of a name."""
    taken: set[int] = set()
    kept_names: list[Named] = []
    kept_asked: list[Asked] = []
    spans: list[Named | Asked] = [*names, *asked]
    for span in sorted(spans, key=lambda s: (s.start - s.end, _rank(s), s.start)):
        positions = set(range(span.start, span.end))
        if positions & taken:
            continue
        taken |= positions
        if isinstance(span, Named):
            kept_names.append(span)
        else:
            kept_asked.append(span)
    return tuple(kept_names), tuple(kept_asked)


def _is_only_era(words: Sequence[Word]) -> bool:
    """Whether the words only say when ("trước sáp nhập"), so that they ask for nothing."""
    return all(word.cue in (Cue.FORMER, Cue.RENEWED) for word in words)


def _rank(span: Named | Asked) -> int:
    if isinstance(span, Asked):
        return 1
    return 0 if span.trust >= _OTHER_SORT else 2
