"""Understand a question: what is asked about, where, when, and how the answer should look."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.core.text import clean, tokens
from bot.search.lexicon import Cue, Lexicon, Phrase
from bot.search.places import Mention, Places
from bot.search.repair import Repair, Slip
from bot.search.sequences import Word, read_sequences
from bot.search.spans import Span, take_apart
from bot.search.units import UnitMention

MOST_WORDS = 40
"""Words of a question that are looked at; what stands behind is not read."""

_EDGES = re.compile(r"^\W+|\W+$")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_DECIMAL = re.compile(r"\d+[.,]\d+")


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


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question as understood. ``words`` are folded and repaired, ``typed`` the words with their diacritics.

    ``places`` are the provinces named, ``units`` the communes and former districts, ``slips`` by position in ``words``
    what else a word may have been meant to be. ``spans`` is how it was taken apart, with the words of ``lexicon``.
    """

    text: str
    words: tuple[str, ...]
    typed: tuple[str, ...]
    terms: tuple[Term, ...]
    places: tuple[Mention, ...]
    units: tuple[UnitMention, ...]
    years: tuple[int, ...]
    cues: frozenset[Cue]
    slips: Mapping[int, tuple[Slip, ...]]
    spans: tuple[Span, ...]
    lexicon: Lexicon

    @cached_property
    def sequences(self) -> tuple[tuple[Word, ...], ...]:
        """The whole question word by word, once for every way to read its abbreviations. Only rows need it."""
        return read_sequences(self.spans, self.words, self.typed, self.lexicon)


def understand(text: str, lexicon: Lexicon, places: Places, repair: Repair) -> Question:
    """What ``text`` asks; ``repair`` knows the words of the catalogue."""
    cleaned = clean(text)
    typed, words = _words(cleaned, repair)
    spans = take_apart(
        words, typed, lexicon=lexicon, places=places, joined=repair.index.joined, collocated=repair.index.collocated
    )
    return Question(
        text=cleaned,
        words=words,
        typed=typed,
        terms=tuple(_term(span, words) for span in spans if span.is_subject),
        places=tuple(span.place for span in spans if span.place),
        units=tuple(span.unit for span in spans if span.unit),
        years=tuple(span.year for span in spans if span.year is not None),
        cues=frozenset(span.cue for span in spans if span.cue and span.cue is not Cue.COMMON),
        slips=repair.slips(words),
        spans=spans,
        lexicon=lexicon,
    )


def _words(text: str, repair: Repair) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words with diacritics as typed, and beside them folded and repaired; joined words are taken apart in both."""
    typed: list[str] = []
    folded: list[str] = []
    for part in text.split():
        found = _tokens(part)
        typed += [_EDGES.sub("", part)] if len(found) == 1 else found
        folded += found
        if len(folded) >= MOST_WORDS:
            break
    typed, folded = typed[:MOST_WORDS], folded[:MOST_WORDS]
    words: list[str] = []
    printed: list[str] = []
    for part, word, pieces in zip(typed, folded, repair.repaired(folded), strict=True):
        words += pieces
        printed += (part,) if pieces == (word,) else pieces
    return tuple(printed[:MOST_WORDS]), tuple(words[:MOST_WORDS])


def _tokens(part: str) -> tuple[str, ...]:
    """The words of ``part``; a number is one word whatever stands between its digits: "50.000" is "50000"."""
    bare = part.strip("().,;:?!")
    if _GROUPED.fullmatch(bare):
        return (re.sub(r"\D", "", bare),)
    return (bare.replace(",", "."),) if _DECIMAL.fullmatch(bare) else tokens(part)


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
