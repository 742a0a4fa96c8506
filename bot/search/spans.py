"""Take a question apart into what it names: places, cues, phrases of the lexicon, years – and single words between."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.search.lexicon import Cue, Lexicon, Phrase, marks_of
from bot.search.places import Free, Mention, Places
from bot.search.units import UnitMention

Joined = Callable[[str, str], bool]

LIGHT = 0.12
"""Weight of a word that says little by itself, relative to a word of the subject."""

COMMON = 0.3
"""Weight of a word of everyday talk, relative to a word of the subject."""

_WEIGHTS = {Cue.LIGHT: LIGHT, Cue.COMMON: COMMON}
_SHORTEST_CODE = 4
_NAMED = 3.0  # a name is never taken apart for a phrase that shares a word with it
_CUE = 0.1  # of two ways to read the same number of words, the one that tells how to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words ``start`` … ``end`` (exclusive) read in one way; ``weight`` 0.0 when they only carry a cue or politeness.

    ``readings`` mean the same, ``broader`` contain it; ``abbreviated`` are those that the words only stand for.
    """

    start: int
    end: int
    weight: float = 1.0
    readings: tuple[Phrase, ...] = ()
    broader: tuple[Phrase, ...] = ()
    abbreviated: tuple[Phrase, ...] = ()
    cue: Cue | None = None
    place: Mention | None = None
    unit: UnitMention | None = None
    year: int | None = None

    @property
    def is_subject(self) -> bool:
        """Whether it says what is asked about, rather than where or when."""
        return bool(self.weight) and self.place is None and self.unit is None and self.year is None

    @property
    def merit(self) -> float:
        """How much is won by reading these words so: long phrases tell more than their parts."""
        length = self.end - self.start
        if self.place or self.unit:
            return _NAMED * length
        return length**2 + (_CUE if self.cue else 0.0)


def take_apart(
    words: Phrase, typed: Sequence[str], *, lexicon: Lexicon, places: Places, joined: Joined, collocated: Joined
) -> tuple[Span, ...]:
    """The best reading of folded ``words``: spans that follow each other without a gap, left to right.

    ``typed`` are the words with their diacritics, ``joined`` tells which words follow each other in the catalogue,
    ``collocated`` which of them belong together: such words are a subject, however common each is alone.
    """
    reader = _Reader(words, tuple(typed), tuple("" if word.isascii() else marks_of(word) for word in typed), lexicon)
    named = [Span(start=m.start, end=m.end, place=m) for m in places.find(words)]
    named += [Span(start=u.start, end=u.end, unit=u) for u in places.find_units(words, typed, free=reader.free(joined))]
    best: list[tuple[float, tuple[Span, ...]]] = [(0.0, ())] * (len(words) + 1)
    for start in reversed(range(len(words))):
        here = [span for span in named if span.start == start]
        options = [(span.merit + best[span.end][0], span) for span in (*here, *reader.options(start))]
        merit, span = max(options, key=lambda option: (option[0], option[1].end))
        best[start] = merit, (span, *best[span.end][1])
    return _with_collocations(best[0][1], words, collocated)


def _with_collocations(spans: tuple[Span, ...], words: Phrase, collocated: Joined) -> tuple[Span, ...]:
    found = list(spans)
    for at, (left, right) in enumerate(pairwise(spans)):
        common = left.end - left.start == right.end - right.start == 1 and Cue.COMMON in (left.cue, right.cue)
        if common and left.is_subject and right.is_subject and collocated(words[left.start], words[right.start]):
            found[at : at + 2] = [replace(left, weight=1.0, cue=None), replace(right, weight=1.0, cue=None)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The words of a question with what was typed, and the lexicon that they are read with."""

    words: Phrase
    typed: tuple[str, ...]
    marks: tuple[str, ...]
    lexicon: Lexicon

    def options(self, start: int) -> Iterator[Span]:
        """Every way to read the words from ``start`` on; the last is the single word itself."""
        reaches = self.lexicon.reach
        reach = reaches.get(self.words[start : start + 2]) or reaches.get(self.words[start : start + 1], 0)
        for end in range(start + 1, min(start + reach, len(self.words)) + 1):
            span = self._phrase(start, end)
            if span:
                yield span
        yield self._word(start)

    def free(self, joined: Joined) -> Free:
        """Words are free for a name where no title has them side by side and the lexicon does not know them."""

        def is_free(start: int, end: int) -> bool:
            phrase = self.words[start:end]
            known = self._phrase(start, end) or any(joined(left, right) for left, right in pairwise(phrase))
            return not known

        return is_free

    def _phrase(self, start: int, end: int) -> Span | None:
        phrase, lexicon = self.words[start:end], self.lexicon
        if not lexicon.knows(phrase):  # nearly all phrases; and what follows is asked for every one of them
            return None
        typed = " ".join(self.typed[start:end])
        cue = lexicon.cue(phrase, self._marks(start, end))
        readings, broader = lexicon.readings(phrase, typed), lexicon.broader.readings(phrase, typed)
        if readings or broader:
            told = {lexicon.cue(reading, "") for reading in readings}
            if len(told) == 1 and None not in told:  # "largest population" is "đông dân nhất", which asks for "dân số"
                cue = told.pop()
                further = tuple(over for reading in readings for over in lexicon.readings(reading))
                readings += further
                told = {None} if further else {cue}
            weight = min((_WEIGHTS.get(each, 0.0) if each else 1.0 for each in told), default=1.0)
            short = lexicon.abbreviations.readings(phrase, typed)
            return Span(
                start=start, end=end, weight=weight, readings=readings, broader=broader, abbreviated=short, cue=cue
            )
        if cue:
            alone = LIGHT if len(phrase) == 1 and cue is not Cue.FILLER else 0.0
            return Span(start=start, end=end, weight=_WEIGHTS.get(cue, alone), cue=cue)
        return None

    def _word(self, start: int) -> Span:
        word = self.words[start]
        if len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}:
            return Span(start=start, end=start + 1, year=int(word))
        short_number = word.isdigit() and len(word) < _SHORTEST_CODE
        return Span(start=start, end=start + 1, weight=LIGHT if short_number else 1.0)

    def _marks(self, start: int, end: int) -> str:
        marks = self.marks[start:end]
        return "/".join(marks) if any(marks) else ""
