"""What the candidates for a question hold: words, neighbouring words and phrases, read from their titles."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.search.index import TitleIndex, Weights
from bot.search.lexicon import Phrase
from bot.search.postings import Numbers, Offsets, Words

Truths = NDArray[np.bool_]

OTHER_FIELD = 0.45
"""What a word counts that only another field than the title has."""


@dataclass(slots=True)
class Sheet:
    """The titles of ``candidates`` as a matrix of word numbers: a column for each, ``filler`` below its last word."""

    index: TitleIndex
    candidates: Numbers
    titles: Words = field(init=False)
    positions: Offsets = field(init=False)
    filler: int = field(init=False)
    _presences: dict[int, Truths] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.filler = len(self.index.vocabulary.words)
        self.titles, self.positions = self.index.printed.matrix(self.candidates, self.filler)

    def has(self, word: str) -> Truths:
        """Which candidates have ``word`` in the title."""
        number = self.index.vocabulary.ids.get(word)
        if number is None:
            return self.nobody()
        if number not in self._presences:
            self._presences[number] = (self.titles == number).any(axis=0)
        return self._presences[number]

    def phrase(self, phrase: Phrase) -> Truths:
        """Which candidates have the whole ``phrase`` in the title, word behind word."""
        numbers = [self.index.vocabulary.ids.get(word, -1) for word in phrase]
        height = len(self.titles) - len(numbers) + 1
        if -1 in numbers or height < 1:
            return self.nobody()
        if len(numbers) == 1:
            return self.has(phrase[0])
        found = self.titles[:height] == numbers[0]
        for at, number in enumerate(numbers[1:], start=1):
            found &= self.titles[at : at + height] == number
        return np.asarray(found.any(axis=0))

    def nobody(self) -> Truths:
        """A fresh False for every candidate."""
        return np.zeros(len(self.candidates), np.bool_)

    def nothing(self) -> Weights:
        """A fresh zero for every candidate."""
        return np.zeros(len(self.candidates), np.float32)


@dataclass(frozen=True, slots=True)
class Held:
    """What candidates hold of some words: ``words[row of the word, candidate]`` is 1.0 for the title, less elsewhere.

    ``pairs`` likewise tells which have two words directly behind each other; its first row is nobody's.
    """

    rows: dict[int, int]
    words: Weights
    pair_rows: dict[tuple[int, int], int]
    pairs: Truths


def hold(sheet: Sheet, words: Sequence[int], pairs: Sequence[tuple[int, int]]) -> Held:
    """What the candidates of ``sheet`` hold of ``words`` and of ``pairs`` of them, all in one go."""
    rows = {word: row for row, word in enumerate(dict.fromkeys(words), start=1)}
    pair_rows = {pair: row for row, pair in enumerate(dict.fromkeys(pairs), start=1)}
    row_of = np.zeros(sheet.filler + 1, np.intp)
    row_of[list(rows)] = list(rows.values())
    count = len(sheet.candidates)
    placed = row_of[sheet.titles].ravel()
    spots = np.flatnonzero(placed)
    asked, owners = placed[spots], spots % count
    held = np.zeros((len(rows) + 1, count), np.float32)
    if len(sheet.index.mentioned.words):
        mentioned, mentioning = sheet.index.mentioned.flat(sheet.candidates)
        mentioned_rows = row_of[mentioned]
        known = np.flatnonzero(mentioned_rows)
        held[mentioned_rows[known], mentioning[known]] = OTHER_FIELD
    held[asked, owners] = 1.0
    size = len(rows) + 1
    pair_of = np.zeros(size * size, np.intp)
    for (first, second), row in pair_rows.items():
        pair_of[rows[first] * size + rows[second]] = row
    following = pair_of[asked * size + placed[spots + count]]
    known = np.flatnonzero(following)
    pairs_held = np.zeros((len(pair_rows) + 1, count), np.bool_)
    pairs_held[following[known], owners[known]] = True
    return Held(rows, held, pair_rows, pairs_held)
