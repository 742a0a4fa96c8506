"""Understand a question: what is asked about, where, when, and how the answer should look."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from bot.core.text import clean, tokens
from bot.search.lexicon import Cue, Lexicon, Phrase, marks_of
from bot.search.places import Mention, Places
from bot.search.repair import Repair, Slip
from bot.search.spans import LIGHT, Span, take_apart
from bot.search.units import UnitMention

MOST_WORDS = 40
"""Words of a question that are looked at; what stands behind is not read."""

_MOST_SEQUENCES = 4
_SHORTEST_NAME = 3
_LONGEST_CUE = 4
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a question read in one way; ``weight`` 0.0 when it is politeness or a cue that is already understood.

    ``cue`` is what the word, or the phrase it stands in, tells – unless it turns out to be part of a name.
    ``typed`` is the word with the diacritics that were typed, empty where another word stands for it.
    """

    text: str
    weight: float
    cue: Cue | None = None
    typed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as understood. ``words`` are folded and repaired, ``typed`` the words with their diacritics.

    ``places`` are the provinces named, ``units`` the communes and former districts. ``sequences`` are the whole
    question word by word, once for every way to read its abbreviations, ``slips`` by position in ``words`` what else a
    word may have been meant to be.
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
    slips: Mapping[int, tuple[Slip, ...]]


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
        sequences=tuple(_with_swallowed_cues(each, lexicon) for each in _sequences(spans, words, typed)),
        slips=repair.slips(words),
    )


def _words(text: str, repair: Repair) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words with diacritics as typed, and beside them folded and repaired; joined words are taken apart in both."""
    typed: list[str] = []
    folded: list[str] = []
    for part in text.split():
        found = _tokens(part)
        typed += [part] if len(found) == 1 else found
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


def _sequences(spans: Sequence[Span], words: Phrase, typed: Phrase) -> tuple[tuple[Word, ...], ...]:
    """The question word by word, with every abbreviation in each of its readings, a long one also as itself."""
    found = []
    for chosen in islice(product(*(_choices(span, words) for span in spans)), _MOST_SEQUENCES):
        pairs = zip(spans, chosen, strict=True)
        found.append(tuple(word for span, phrase in pairs for word in _read_as(span, phrase, words, typed)))
    return tuple(found)


def _choices(span: Span, words: Phrase) -> tuple[Phrase, ...]:
    own = words[span.start : span.end]
    if not span.abbreviated:
        return (own,)
    # "festival" stands for "lễ hội", but may be in the name itself
    return (own, *span.abbreviated) if min(map(len, own)) >= _SHORTEST_NAME else span.abbreviated


def _read_as(span: Span, phrase: Phrase, words: Phrase, typed: Phrase) -> Iterator[Word]:
    own = phrase == words[span.start : span.end]
    for position, word in enumerate(phrase):
        printed = typed[span.start + position] if own else ""
        yield Word(text=word, weight=span.weight, cue=span.cue, typed=printed)


def _with_swallowed_cues(words: Sequence[Word], lexicon: Lexicon) -> tuple[Word, ...]:
    """``words`` in which a phrase that tells a cue does so even where a longer phrase was read around it.

    "Điện gió" is in "thị trấn Diêm Điền giờ là xã gì", but not meant. A name that holds the words still comes first.
    """
    heard = list(words)
    marks = [marks_of(word.typed) for word in words]
    for start in range(len(words)):
        for end in range(min(start + _LONGEST_CUE, len(words)), start, -1):
            if any(word.cue is None and word.weight >= 1.0 for word in words[start:end]):
                cue = _swallowed(tuple(word.text for word in words[start:end]), marks[start:end], marks, lexicon)
                if cue is not None:
                    weight = LIGHT if cue is Cue.LIGHT else 0.0
                    heard[start:end] = [replace(word, weight=weight, cue=cue) for word in words[start:end]]
                    break
    return tuple(heard)


def _swallowed(phrase: Phrase, typed: Sequence[str], marks: Sequence[str], lexicon: Lexicon) -> Cue | None:
    """The cue of several words; of one word only LIGHT, and only in a question that was typed with diacritics."""
    if len(phrase) > 1:
        return lexicon.cue(phrase, "/".join(typed) if any(typed) else "")
    certain = any(marks) and (Cue.LIGHT, typed[0]) in lexicon.cues.get(phrase, ())
    return Cue.LIGHT if certain else None
