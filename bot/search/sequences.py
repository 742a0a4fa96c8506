"""A question word by word, as the rows of tables are read with it: once for every way to read its abbreviations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from bot.search.lexicon import Cue, Lexicon, Phrase, marks_of
from bot.search.spans import LIGHT, Span

_MOST_SEQUENCES = 4
_SHORTEST_NAME = 3
_LONGEST_CUE = 4


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


def read_sequences(
    spans: Sequence[Span], words: Phrase, typed: Phrase, lexicon: Lexicon
) -> tuple[tuple[Word, ...], ...]:
    """The words of ``spans``, once for every way to read their abbreviations, most likely ones first."""
    return tuple(_with_swallowed_cues(each, lexicon) for each in _sequences(spans, words, typed))


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
