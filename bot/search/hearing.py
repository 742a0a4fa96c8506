"""The words of a question with the operators among them, and which of the words are understood already."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from bot.search.operators import Operator, Operators, Phrase

_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_BETWEEN = frozenset({"nam", "la"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in words ``start`` … ``end``: its value with its scale ("4 triệu"), ``unit`` as columns print it or
    empty.
    """

    start: int
    end: int
    value: Decimal
    scaled: bool
    unit: str

    @property
    def year(self) -> int | None:
        """The year that the number may be."""
        if self.scaled or self.unit or self.value != int(self.value):
            return None
        return int(self.value) if _FIRST_YEAR <= self.value <= _LAST_YEAR else None


@dataclass(slots=True)
class Hearing:
    """Folded ``words`` while they are understood. ``said`` are the positions of words that say what is to be done,
    ``fixed`` those among them that can be nothing else, ``taken`` those that no other operator may claim.
    """

    words: Phrase
    operators: Operators
    typed: Phrase = ()
    said: set[int] = field(default_factory=set)
    fixed: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    found: list[dict[Operator, int]] = field(default_factory=list)

    @classmethod
    def of(cls, words: Phrase, operators: Operators, typed: Phrase = ()) -> "Hearing":
        """``words`` with every operator that begins at each of them, as far as the way they were ``typed`` allows."""
        heard = cls(words, operators, typed)
        heard.found = [heard._operators_at(start) for start in range(len(words))]
        return heard

    def _operators_at(self, start: int) -> dict[Operator, int]:
        found: dict[Operator, int] = {}
        for end in range(start + 1, min(start + self.operators.longest, len(self.words)) + 1):
            meant = self.operators.phrases.get(self.words[start:end], ())
            if meant and self.operators.means(self.words[start:end], " ".join(self.typed[start:end])):
                found.update(dict.fromkeys(meant, end))
        return found

    def end_of(self, operator: Operator, start: int) -> int | None:
        """Where the longest phrase of ``operator`` that begins at ``start`` ends."""
        return self.found[start].get(operator) if start < len(self.found) else None

    def spans(self, operator: Operator) -> list[range]:
        """Where phrases of ``operator`` stand in words that are not taken."""
        spans = [range(start, ends[operator]) for start, ends in enumerate(self.found) if operator in ends]
        return [span for span in spans if self.taken.isdisjoint(span)]

    def starts_before(self, start: int, wanted: Operator) -> int | None:
        """Where a phrase of ``wanted`` begins that ends at ``start``, or one word ("năm", "là") before it."""
        for gap in (0, 1):
            if gap and (start < 1 or self.words[start - 1] not in _BETWEEN):
                continue
            for begin in range(max(0, start - gap - self.operators.longest), start - gap):
                if wanted in self.operators.phrases.get(self.words[begin : start - gap], ()):
                    return begin
        return None

    def says(self, operator: Operator) -> bool:
        """Whether ``operator`` is said; its words count as understood."""
        spans = self.spans(operator)
        for span in spans:
            self.said.update(span)
        return bool(spans)

    def take(self, positions: Collection[int], *, fixed: bool = False) -> None:
        """Nothing else may claim ``positions``; ``fixed``: no name begins there either."""
        self.said.update(positions)
        self.taken.update(positions)
        self.fixed.update(positions if fixed else ())

    def is_free(self, start: int, end: int) -> bool:
        """Whether no word of ``start`` … ``end`` is taken."""
        return self.taken.isdisjoint(range(start, end))

    def amounts(self) -> list[Amount]:
        """The numbers in digits, with their scales and units."""
        read = [self._amount_at(start) for start in range(len(self.words))]
        return [amount for amount in read if amount is not None]

    def _amount_at(self, start: int) -> Amount | None:
        word = self.words[start]
        try:
            value = Decimal(word) if word[0].isdigit() else None
        except InvalidOperation:
            value = None
        if value is None:
            return None
        end, scale = start + 1, 1
        while end < len(self.words) and self.words[end] in self.operators.scales:
            scale *= self.operators.scales[self.words[end]]
            end += 1
        for behind in (end + 2, end + 1):
            unit = self.operators.units.get(self.words[end:behind])
            if unit:
                return Amount(start, behind, value * scale, scale > 1, unit)
        return Amount(start, end, value * scale, scale > 1, "")

    def small_number(self, position: int, most: int) -> int:
        """The number up to ``most`` that the word at ``position`` is, in digits or letters; 0 for none."""
        if not 0 <= position < len(self.words):
            return 0
        word = self.words[position]
        number = int(word) if word.isdigit() and len(word) < len(str(most)) + 1 else self.operators.numbers.get(word, 0)
        return number if number <= most else 0
