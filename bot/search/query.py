"""Understand a question: what is asked about, where, when, and how the answer should look."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product

from bot.core.text import clean, tokens
from bot.search.lexicon import Cue, Lexicon, Phrase, marks_of
from bot.search.places import Free, Mention, Places
from bot.search.spelling import Joined, Known, segment, untyped
from bot.search.units import UnitMention

MOST_WORDS = 40
"""Words of a question that are looked at; what stands behind is not read."""

LIGHT = 0.12
"""Weight of a word that says little by itself, relative to a word of the subject."""

_MOST_SEQUENCES = 4
_SHORTEST_JOINED = 6
_SHORTEST_CODE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One idea of the question: ``readings`` are the ways a title may put it, the typed words first.

    ``broader`` are readings that only contain what was asked for.
    ``start`` is the position of its first word, ``weight`` 1.0 for the subject and :data:`LIGHT` for words between.
    ``exact`` marks words that stand for themselves and must touch their neighbours to mean much.
    """

    readings: tuple[Phrase, ...]
    start: int
    length: int
    weight: float
    exact: bool
    broader: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a question read in one way; ``weight`` 0.0 when it is politeness or a cue that is already understood.

    ``cue`` is what the word, or the phrase it stands in, tells – unless it turns out to be part of a name.
    """

    text: str
    weight: float
    cue: Cue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as understood. ``words`` are folded and repaired, ``typed`` the words with their diacritics.

    ``places`` are the provinces named, ``units`` the communes and former districts. ``sequences`` are the whole
    question word by word, once for every way to read its abbreviations.
    """

    text: str
    words: tuple[str, ...]
    typed: tuple[str, ...]
    terms: tuple[Term, ...]
    places: tuple[Mention, ...]
    units: tuple[UnitMention, ...]
    years: tuple[int, ...]
    cues: frozenset[Cue]
    sequences: tuple[tuple[Word, ...], ...]


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    weight: float
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


def understand(text: str, lexicon: Lexicon, places: Places, known: Known, joined: Joined) -> Question:
    """What ``text`` asks; ``known`` and ``joined`` say which words, and which pairs of words, the catalogue uses."""
    cleaned = clean(text)
    typed, words = _words(cleaned, known, joined)
    marks = tuple(marks_of(word) for word in typed)
    mentions = {mention.start: mention for mention in places.find(words)}
    units = {unit.start: unit for unit in places.find_units(words, typed, free=_free(words, lexicon, joined))}
    spans: list[_Span] = []
    start = 0
    while start < len(words):
        unit = units.get(start)
        span = (
            _Span(unit.start, unit.end, 1.0, unit=unit)
            if unit
            else _span_at(words, marks, start, mentions.get(start), lexicon)
        )
        spans.append(span)
        start = span.end
    return Question(
        text=cleaned,
        words=words,
        typed=typed,
        terms=tuple(_term(span, words) for span in spans if span.is_subject),
        places=tuple(span.place for span in spans if span.place),
        units=tuple(span.unit for span in spans if span.unit),
        years=tuple(span.year for span in spans if span.year is not None),
        cues=frozenset(span.cue for span in spans if span.cue),
        sequences=_sequences(spans, words),
    )


def _free(words: Phrase, lexicon: Lexicon, joined: Joined) -> Free:
    """Words are free for a name where no title has them side by side and the lexicon does not know them."""

    def is_free(start: int, end: int) -> bool:
        phrase = words[start:end]
        known = lexicon.readings(phrase) or lexicon.broader.get(phrase) or lexicon.cues.get(phrase)
        return not known and not any(joined(left, right) for left, right in pairwise(phrase))

    return is_free


def _words(text: str, known: Known, joined: Joined) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words with diacritics as typed, and beside them folded and repaired; joined words are taken apart in both."""
    typed: list[str] = []
    words: list[str] = []
    for part in text.split():
        for word in tokens(part):
            if len(words) >= MOST_WORDS:
                return tuple(typed), tuple(words)
            pieces = _repaired(word, known, joined)
            words.extend(pieces)
            whole = len(pieces) == 1 and pieces[0] == word and len(tokens(part)) == 1
            typed.extend((part,) if whole else pieces)
    return tuple(typed), tuple(words)


def _repaired(word: str, known: Known, joined: Joined) -> tuple[str, ...]:
    if known(word) or word.isdigit():
        return (word,)
    plain = untyped(word, known)
    if plain:
        return (plain,)
    return segment(word, known, joined) if len(word) >= _SHORTEST_JOINED else (word,)


def _span_at(words: Phrase, marks: Phrase, start: int, mention: Mention | None, lexicon: Lexicon) -> _Span:
    """The longest thing that begins at ``start``: a place, a cue, a phrase of the lexicon, a year, or just a word."""
    longest = min(start + lexicon.longest, len(words))
    for end in range(longest, start, -1):
        phrase = words[start:end]
        if mention and mention.end >= end:
            return _Span(mention.start, mention.end, 1.0, place=mention)
        cue = lexicon.cue(phrase, _joined_marks(marks[start:end]))
        readings, broader = lexicon.readings(phrase), lexicon.broader.get(phrase, ())
        if cue and not readings:
            weight = LIGHT if len(phrase) == 1 and cue is not Cue.FILLER else 0.0
            return _Span(start, end, LIGHT if cue is Cue.LIGHT else weight, cue=cue)
        if readings or broader:
            abbreviated = lexicon.abbreviations.get(phrase, ())
            told = {lexicon.cue(reading, "") for reading in readings}
            cue = told.pop() if len(told) == 1 else None
            weight = 1.0 if cue is None else LIGHT if cue is Cue.LIGHT else 0.0
            return _Span(start, end, weight, readings, broader, abbreviated, cue)
    word = words[start]
    if len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}:
        return _Span(start, start + 1, 1.0, year=int(word))
    return _Span(start, start + 1, LIGHT if word.isdigit() and len(word) < _SHORTEST_CODE else 1.0)


def _joined_marks(marks: Phrase) -> str:
    return "/".join(marks) if any(marks) else ""


def _term(span: _Span, words: Phrase) -> Term:
    typed = words[span.start : span.end]
    return Term(
        readings=(typed, *(reading for reading in span.readings if reading != typed)),
        start=span.start,
        length=span.end - span.start,
        weight=span.weight,
        exact=not (span.readings or span.broader),
        broader=span.broader,
    )


def _sequences(spans: Sequence[_Span], words: Phrase) -> tuple[tuple[Word, ...], ...]:
    """The question word by word, with every abbreviation in each of its readings."""
    choices = [span.abbreviated or (words[span.start : span.end],) for span in spans]
    found = []
    for chosen in islice(product(*choices), _MOST_SEQUENCES):
        pairs = zip(spans, chosen, strict=True)
        found.append(tuple(Word(text=w, weight=span.weight, cue=span.cue) for span, phrase in pairs for w in phrase))
    return tuple(found)
