"""Phrases that are looked for inside what people write, diacritics typed or not."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.core.text import contradicts, fold, normalise

_WORD = re.compile(r"[^\W_]+")

Words = tuple[str, ...]


def words(text: str) -> Words:
    """The words of ``text`` as typed, diacritics kept, without punctuation and emoji."""
    return tuple(_WORD.findall(unicodedata.normalize("NFC", text)))


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the words of ``text``, which is in NFC, begin and end."""
    return tuple(match.span() for match in _WORD.finditer(text))


def agree(typed: Words, written: Words) -> bool:
    """Whether ``typed`` can be ``written``, word for word; diacritics may be missing, not contradict."""
    return len(typed) == len(written) and not any(map(contradicts, typed, written))


class Phrases:
    """Phrases to look for, by their first word, so that a message that holds none is passed over quickly."""

    __slots__ = ("_by_first", "_glued")

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[Words, Words]]] = {}
        for phrase in map(words, texts):
            letters = _letters(phrase)
            self._by_first.setdefault(letters[0], []).append((letters, phrase))
        joined = ("".join(letters) for known in self._by_first.values() for letters, _ in known)
        self._glued = frozenset(letters for letters in joined if len(letters) >= _GLUED_LETTERS)

    def equal(self, typed: Words) -> bool:
        """Whether ``typed`` is, as a whole, one of the phrases."""
        return (0, len(typed)) in self.found_in(typed)

    def within(self, typed: Words) -> bool:
        """Whether one of the phrases stands in ``typed``, its words side by side."""
        return any(True for _ in self.found_in(typed))

    def spelled_in(self, typed: Words) -> bool:
        """Whether one of the phrases stands in ``typed`` with all its diacritics, some of which it must have."""
        places = ((typed[at:end], phrase) for at, end, phrase in self._places(typed))
        return any(_spelling(found) == _spelling(phrase) and not "".join(phrase).isascii() for found, phrase in places)

    def glued_in(self, typed: Words) -> bool:
        """Whether a word of ``typed`` is one of the longer phrases written without its spaces."""
        return not self._glued.isdisjoint(_letters(typed))

    def begin(self, typed: Words) -> bool:
        """Whether ``typed`` begins with one of the phrases."""
        return self.behind(typed, 0) > 0

    def end(self, typed: Words) -> bool:
        """Whether ``typed`` ends with one of the phrases."""
        return any(end == len(typed) for _, end in self.found_in(typed))

    def behind(self, typed: Words, at: int) -> int:
        """The position behind the longest phrase that begins ``at``; ``at`` itself when none does."""
        return max((end for start, end in self.found_in(typed) if start == at), default=at)

    def blanked_in(self, typed: Words) -> Words:
        """``typed`` with an empty word for each word of the phrases that stand in it."""
        taken = {position for at, end in self.found_in(typed) for position in range(at, end)}
        return tuple("" if position in taken else word for position, word in enumerate(typed))

    def found_in(self, typed: Words) -> Iterator[tuple[int, int]]:
        """Where the phrases that stand in ``typed`` begin and end."""
        for at, end, _ in self._places(typed):
            yield at, end

    def _places(self, typed: Words) -> Iterator[tuple[int, int, Words]]:
        letters = _letters(typed)
        for at, first in enumerate(letters):
            for known, phrase in self._by_first.get(first, ()):
                end = at + len(known)
                if letters[at:end] == known and agree(typed[at:end], phrase):
                    yield at, end, phrase


def _spelling(typed: Words) -> Words:
    return tuple(map(normalise, typed))


@lru_cache(maxsize=16)  # one message is held against many lists
def _letters(typed: Words) -> Words:
    return tuple(map(fold, typed))


_GLUED_LETTERS = 7
"""A phrase of fewer letters without its spaces may be a word of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """How people write about a person: ``marks`` ("tôi tên", "số nhà"), or a surname with a ``title`` or ``middle``.

    "ông Trần", "Nguyễn Văn", "Lê Thị". A street with such a name is taken for a person: rather that than the other.
    """

    marks: Phrases
    titles: Phrases
    surnames: Phrases
    middles: Phrases

    def named_in(self, text: str) -> bool:
        """Whether ``text`` seems to be about a certain person, or to give an address."""
        typed = words(text)
        pairs = zip(((word,) for word in typed), ((word,) for word in typed[1:]), strict=False)
        return self.marks.within(typed) or any(
            (self.titles.equal(left) and self.surnames.equal(right))
            or (self.surnames.equal(left) and self.middles.equal(right))
            for left, right in pairs
        )
