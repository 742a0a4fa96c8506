"""Words of texts as numbers: every distinct word once, and beside each word of a title the diacritics printed on it."""

import re
from array import array
from collections.abc import Iterable

from bot.core.text import tokens
from bot.search.lexicon import marks_of

MOST_TITLE_WORDS = 64
"""Words of a title that are indexed. Longer ones are paragraphs."""

MARKS = 256
"""Kinds of diacritics that are told apart. Vietnamese syllables have about seventy, None of the rest matches any."""

_PIECE = re.compile(r"[^\W_]+")
_OTHER = MARKS - 1


class Numbering:
    """Gives every folded word, and every kind of diacritics, its number in the order of appearance."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.marks: dict[str, int] = {"": 0}
        self._parts = _Parts(self)
        self._texts: dict[str, array[int]] = {}

    def titles(self, titles: Iterable[str]) -> tuple["array[int]", "array[int]"]:
        """Of all ``titles`` in a row the words (``number * MARKS + kind of diacritics``), and the length of each."""
        codes, lengths = array("Q"), array("I")
        coded = self._parts.__getitem__
        for title in titles:
            found = [code for part in title.split() for code in coded(part)]
            del found[MOST_TITLE_WORDS:]
            codes.extend(found)
            lengths.append(len(found))
        return codes, lengths

    def texts(self, records: Iterable[Iterable[str]]) -> tuple["array[int]", "array[int]"]:
        """Of all ``records`` in a row the numbers of the words in their texts, and how many each has."""
        numbers, lengths = array("I"), array("I")
        for record in records:
            before = len(numbers)
            for text in record:
                if text:
                    numbers.extend(self._text(text))
            lengths.append(len(numbers) - before)
        return numbers, lengths

    def word(self, word: str) -> int:
        """The number of a folded word."""
        return self.words.setdefault(word, len(self.words))

    def mark(self, marks: str) -> int:
        """The number of a kind of diacritics, as :func:`marks_of` writes it."""
        if len(self.marks) < _OTHER or marks in self.marks:
            return self.marks.setdefault(marks, len(self.marks))
        return _OTHER

    def _text(self, text: str) -> "array[int]":
        """The numbers of one text; publishers, themes and headings repeat, and are taken apart once."""
        if text not in self._texts:
            self._texts[text] = array("I", map(self.word, dict.fromkeys(tokens(text))))
        return self._texts[text]


class _Parts(dict[str, tuple[int, ...]]):
    """The codes of what stands between two spaces of a title; the same parts come again and again."""

    def __init__(self, numbering: Numbering) -> None:
        super().__init__()
        self._numbering = numbering

    def __missing__(self, part: str) -> tuple[int, ...]:
        number, mark = self._numbering.word, self._numbering.mark
        codes = tuple(number(word) * MARKS + mark(marks) for word, marks in spelt(part))
        self[part] = codes
        return codes


def spelt(part: str) -> tuple[tuple[str, str], ...]:
    """The folded words of ``part`` (no spaces in it), each with the diacritics that are printed on it."""
    words = tokens(part)
    pieces = [part] if len(words) == 1 else _PIECE.findall(part)
    if len(pieces) != len(words):
        return tuple((word, "") for word in words)
    return tuple((word, marks_of(piece)) for word, piece in zip(words, pieces, strict=True))
