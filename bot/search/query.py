"""Understand a question: what is asked about, where, when, and how the answer should look."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product

from bot.core.text import clean, tokens
from bot.search.lexicon import Cue, Lexicon, Phrase
from bot.search.places import Mention, Places
from bot.search.spans import Span, take_apart
from bot.search.spelling import Joined, Known, segment, untyped
from bot.search.units import UnitMention

MOST_WORDS = 40
"""Words of a question that are looked at; what stands behind is not read."""

_MOST_SEQUENCES = 4
_SHORTEST_JOINED = 6


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


def understand(text: str, lexicon: Lexicon, places: Places, known: Known, joined: Joined) -> Question:
    """What ``text`` asks; ``known`` and ``joined`` say which words, and which pairs of words, the catalogue uses."""
    cleaned = clean(text)
    typed, words = _words(cleaned, known, joined)
    spans = take_apart(words, typed, lexicon=lexicon, places=places, joined=joined)
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


def _term(span: Span, words: Phrase) -> Term:
    typed = words[span.start : span.end]
    return Term(
        readings=(typed, *(reading for reading in span.readings if reading != typed)),
        start=span.start,
        length=span.end - span.start,
        weight=span.weight,
        exact=not (span.readings or span.broader),
        broader=span.broader,
    )


def _sequences(spans: Sequence[Span], words: Phrase) -> tuple[tuple[Word, ...], ...]:
    """The question word by word, with every abbreviation in each of its readings."""
    choices = [span.abbreviated or (words[span.start : span.end],) for span in spans]
    found = []
    for chosen in islice(product(*choices), _MOST_SEQUENCES):
        pairs = zip(spans, chosen, strict=True)
        found.append(tuple(Word(text=w, weight=span.weight, cue=span.cue) for span, phrase in pairs for w in phrase))
    return tuple(found)
