"""What speaks for a dataset before it is judged: words and neighbouring words, by what each may add to the score."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.search.coverage import LOOSE, Idea, Slot, rarity_in
from bot.search.index import TitleIndex
from bot.search.query import Question

PLACE = 0.25
"""What a dataset may lose by being of another place, as a share of its score."""

_YEAR = 0.15
_OTHER_READING = 0.6


@dataclass(slots=True)
class Clues:
    """Weights of words and pairs, by their number in an index. The weights of a perfect title add up to about 1."""

    words: dict[int, float] = field(default_factory=dict)
    pairs: dict[int, float] = field(default_factory=dict)


def clues_of(question: Question, found: Sequence[Idea], index: TitleIndex) -> Clues:
    """The clues of ``question``, whose ideas are ``found``. A reading weighs the same however long it is."""
    plan = _Plan(index)
    asked = sum(idea.weight for idea in found) or 1.0
    for idea in found:
        for number, reading in enumerate(idea.readings):
            plan.add(reading, (_OTHER_READING if number else 1.0) * idea.weight / asked)
    for left, right in pairwise(found):
        if left.term.start + left.term.length == right.term.start and (left.term.exact or right.term.exact):
            plan.join(left.readings[0], right.readings[0], (left.weight + right.weight) / asked)
    for mention in question.places:
        for spelling in mention.place.spellings:
            plan.name([index.vocabulary.ids.get(word, -1) for word in spelling])
    for year in question.years:
        plan.word(index.vocabulary.ids.get(str(year), -1), _YEAR)
    return plan.clues()


@dataclass(slots=True)
class _Plan:
    """Clues under way; pairs still by their key, which is looked up for all of them at once."""

    index: TitleIndex
    words: dict[int, float] = field(default_factory=dict)
    keys: dict[int, float] = field(default_factory=dict)

    def add(self, reading: Sequence[Slot], weight: float) -> None:
        """The words of ``reading`` and their joints; a reading with a word that no title has tells nothing."""
        if not all(reading):
            return
        rarities = [max([rarity_in(self.index, word) for word, _ in slot]) for slot in reading]
        scale = weight / sum(rarities)
        shares = [rarity * scale for rarity in rarities]
        for slot, share in zip(reading, shares, strict=True):
            for word, trust in slot:
                self.word(word, LOOSE * share * trust)
        for number, (left, right) in enumerate(pairwise(reading)):
            self._pairs(left, right, (1 - LOOSE) * (shares[number] + shares[number + 1]))

    def join(self, left: Sequence[Slot], right: Sequence[Slot], weight: float) -> None:
        """The joint between two ideas that stood beside each other."""
        if left and right:
            self._pairs(left[-1], right[0], (1 - LOOSE) * weight / max(len(left), len(right)))

    def name(self, words: Sequence[int]) -> None:
        """One spelling of a place."""
        if len(words) == 1:
            self.word(words[0], PLACE)
        elif -1 not in words:
            for left, right in pairwise(words):
                self._pairs(((left, 1.0),), ((right, 1.0),), PLACE / (len(words) - 1))

    def word(self, word: int, weight: float) -> None:
        """One word, -1 when no title has it."""
        if word >= 0:
            self.words[word] = max(self.words.get(word, 0.0), weight)

    def _pairs(self, left: Slot, right: Slot, weight: float) -> None:
        size = len(self.index.vocabulary.words)
        for first, trust in left:
            for second, other_trust in right:
                key = first * size + second
                self.keys[key] = max(self.keys.get(key, 0.0), weight * min(trust, other_trust))

    def clues(self) -> Clues:
        """What was found, with the pairs that stand in titles."""
        pairs = self.index.pair_numbers(list(self.keys)).tolist()
        weights = zip(pairs, self.keys.values(), strict=True)
        return Clues(self.words, {pair: weight for pair, weight in weights if pair >= 0})
