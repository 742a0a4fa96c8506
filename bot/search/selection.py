"""Read a question against one table: which of its words name rows, which name columns, what is to be computed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.findings import ColumnKind, ColumnRole
from bot.search.demands import Demands, find_demands
from bot.search.headings import Headings
from bot.search.lexicon import Cue, Lexicon, Phrase
from bot.search.limits import Years
from bot.search.names import OTHER_SORT, Names
from bot.search.partial import LONGEST, Named
from bot.search.places import Places
from bot.search.sequences import Word
from bot.search.spelling import Known, untyped
from bot.search.table import TableIndex

_REPAIRED = 0.9
_SAMPLE = 50


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
    front of "nào", which asks for a column or for the names themselves. ``demands`` are what is to be computed,
    ``unmet`` the words of wishes that can be none because a name took some of their words, and numbers of units that
    are not here.
    """

    words: tuple[Word, ...]
    names: tuple[Named, ...]
    asked: tuple[Asked, ...]
    sorts: tuple[int, ...]
    demands: Demands
    unmet: frozenset[int]
    which: int | None
    cues: frozenset[Cue]

    @property
    def years(self) -> tuple[Years, ...]:
        """The years that were named."""
        return self.demands.years

    def text(self, start: int, end: int) -> Phrase:
        """The folded words ``start`` … ``end``."""
        return tuple(word.text for word in self.words[start:end])


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything needed to read questions against one table. ``home`` is what people call the place of all its rows."""

    table: TableIndex
    headings: Headings
    lexicon: Lexicon
    places: Places
    known: Known
    home: frozenset[Phrase]

    def read(self, words: tuple[Word, ...], cues: frozenset[Cue]) -> Reading:
        """What the words of a question select here."""
        words = tuple(self._repaired(word) for word in words)
        cues |= {word.cue for word in words if word.cue is not None}
        texts = tuple(word.text for word in words)
        demands = find_demands(texts, self.lexicon.operators, tuple(word.typed or word.text for word in words))
        finder = Names(self.table, self.headings, self.lexicon, self.places, self.known)
        names = finder.find(words, cues, demands.fixed)
        asked = [each for each in self._asked(texts) if not _is_only_era(words[each.start : each.end])]
        kept_names, kept_asked = _without_overlap([name for name in names if not self._is_home(name)], asked)
        kept_names = (*kept_names, *self._named_years(demands.years, kept_names))
        named = {position for name in kept_names for position in range(name.start, name.end)}
        kept_demands = self._demands(demands, texts, kept_names, kept_asked)
        in_headings = {position for each in kept_asked for position in range(each.start, each.end)}
        return Reading(
            words=words,
            names=kept_names,
            asked=kept_asked,
            sorts=self._sorts(texts, named | in_headings | demands.fixed),
            demands=kept_demands,
            unmet=(demands.unmet(kept_demands) - named - in_headings) | self._nameless(texts, named, demands.years),
            which=self._which(texts),
            cues=frozenset(w.cue for position, w in enumerate(words) if w.cue and position not in named),
        )

    def _demands(self, demands: Demands, texts: Phrase, names: Sequence[Named], asked: Sequence[Asked]) -> Demands:
        """``demands`` but for those whose words are part of a name, or of a heading that says them itself."""
        taken = {position for name in names for position in range(name.start, name.end)}
        computing = {"tong", "trung", "binh"}
        for each in asked:
            whole = range(each.start, each.end)
            taken.update(p for p in whole if len(whole) > 1 and (texts[p] in computing or demands.is_said_by(whole)))
        return demands.without(taken)

    def _nameless(self, texts: Phrase, named: set[int], years: Sequence[Years]) -> frozenset[int]:
        """Numbers by which units are called ("quận 20") and which name nothing here."""
        dated = {position for span in years for position in range(span.start, span.end)}
        numbers = [at for at, text in enumerate(texts) if text.isdigit() and at not in named | dated]
        return frozenset(at for at in numbers if self.places.sort_before(texts, at))

    def _is_home(self, name: Named) -> bool:
        """Whether a name is only the place in which everything in the table lies, found somewhere in a text."""
        if not self.home or self.headings.columns[name.column].role is ColumnRole.NAME:
            return False
        length = name.end - name.start
        last = {self.table.parts[key].words[-length:] for key in name.parts[:_SAMPLE]}
        return not last.isdisjoint(self.home)

    def _repaired(self, word: Word) -> Word:
        if word.text in self.table.vocabulary or self.known(word.text) or word.text[0].isdigit():
            return word
        plain = untyped(word.text, self.table.vocabulary.__contains__)
        if plain is None and len(word.text) > 3:
            near = self.headings.near(word.text) or self.table.vocabulary.near(word.text)
            plain = near[0] if len(near) == 1 else None
        return word if plain is None else replace(word, text=plain, weight=word.weight * _REPAIRED, typed="")

    def _named_years(self, years: Sequence[Years], names: Sequence[Named]) -> list[Named]:
        """Years that name rows: each by itself where it is no name yet, a span by all years in it."""
        columns = self.headings.of_kind(ColumnKind.YEAR)
        found: list[Named] = []
        for span in years if columns else ():
            positions = set(range(span.start, span.end))
            if any(positions & set(range(name.start, name.end)) for name in names):
                continue
            keys = [
                key for year in range(span.first, span.last + 1) for key in self.table.whole(columns[0], (str(year),))
            ]
            if keys:
                found.append(Named(start=span.start, end=span.end, column=columns[0], parts=tuple(keys), trust=1.0))
        return found

    def _asked(self, texts: Phrase) -> list[Asked]:
        found: list[Asked] = []
        for start in range(len(texts)):
            longest = min(start + LONGEST, len(texts))
            for end in range(longest, start, -1):
                asked = self.headings.asking.get(texts[start:end], ())
                if asked and (sort := self.places.sort_before(texts[start + 1 : end], end - start - 1)):
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
        if phrase in self.places.sorts:
            leading = self.headings.with_role(ColumnRole.NAME)
            if any(phrase in self.table.leading[number] for number in leading):
                return True
        return any(self.table.whole(number, phrase) for number in self.headings.with_role(ColumnRole.SORT))

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
    return 0 if span.trust >= OTHER_SORT else 2
