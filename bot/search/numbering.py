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
_LONGEST_REPEATED = 200


class Numbering:
    """Gives every folded word, and every kind of diacritics, its number in the order of appearance.

    ``codes`` are the words of all titles in a row (``number * MARKS + kind of diacritics``), ``others`` the numbers of
    the words of all other texts; ``lengths`` and ``other_lengths`` say how many each record has.
    """

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.marks: dict[str, int] = {"": 0}
        self.codes, self.lengths = array("I"), array("I")
        self.others, self.other_lengths = array("I"), array("I")
        self._parts = _Parts(self)
        self._texts: dict[str, array[int]] = {}

    def read(self, title: str, texts: Iterable[str]) -> None:
        """Take the next record: its ``title`` and what else is said of it."""
        coded = self._parts
        codes = [code for part in title.split() for code in coded[part]]
        del codes[MOST_TITLE_WORDS:]
        self.codes.extend(codes)
        self.lengths.append(len(codes))
        before = len(self.others)
        for text in texts:
            if text:
                self.others.extend(self._text(text))
        self.other_lengths.append(len(self.others) - before)

    def word(self, word: str) -> int:
        """The number of a folded word."""
        return self.words.setdefault(word, len(self.words))

    def mark(self, marks: str) -> int:
        """The number of a kind of diacritics, as :func:`marks_of` writes it."""
        if len(self.marks) < _OTHER or marks in self.marks:
            return self.marks.setdefault(marks, len(self.marks))
        return _OTHER

    def _text(self, text: str) -> Iterable[int]:
        """The numbers of the words in a text; publishers, themes and headings repeat, and are taken apart once."""
        if text in self._texts:
            return self._texts[text]
        numbers = array("I", map(self.word, dict.fromkeys(tokens(text))))
        if len(text) <= _LONGEST_REPEATED:
            self._texts[text] = numbers
        return numbers


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
