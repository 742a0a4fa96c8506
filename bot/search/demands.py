"""What a question wants done with rows and figures: the largest, the sum, only those above a bound, certain years."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from bot.search.hearing import Hearing
from bot.search.limits import Bound, Years, find_bounds, find_numbers, find_years
from bot.search.operators import Adjective, Operator, Operators, Phrase

_NEAR = 6
"""How many words may stand between an adjective and the "nhất" or "hơn" that it belongs to."""
_MOST_TOP = 50
_UNDERSTOOD = 256


class Wish(StrEnum):
    """What is to be computed of the selected rows, or ATTRIBUTE: what only a column of its own can tell."""

    EXTREME = "extreme"
    RANK = "rank"
    COMPARE = "compare"
    DIFFERENCE = "difference"
    TOTAL = "total"
    MEAN = "mean"
    ATTRIBUTE = "attribute"


_COMPARING = (Wish.EXTREME, Wish.RANK, Wish.COMPARE, Wish.DIFFERENCE)
_ORDERINGS = (
    (Wish.RANK, Operator.RANK),
    (Wish.RANK, Operator.RANK_OF),
    (Wish.EXTREME, Operator.MOST),
    (Wish.EXTREME, Operator.FIRST),
    (Wish.EXTREME, Operator.PLACE),
    (Wish.DIFFERENCE, Operator.DIFFERENCE),
    (Wish.COMPARE, Operator.MORE),
    (Wish.COMPARE, Operator.COMPARE),
)
_SIMPLE = ((Wish.TOTAL, Operator.TOTAL), (Wish.MEAN, Operator.MEAN), (Wish.ATTRIBUTE, Operator.ATTRIBUTE))
_NEED_ADJECTIVE = (Operator.MOST, Operator.FIRST, Operator.PLACE, Operator.RANK_OF)
"""Said alone they are no wish: "thu bao nhiêu" without its accents asks for revenue as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """By which figure things are compared: ``sign`` +1 for the largest, of the ``measures`` that its adjective names,
    or of ``any_figure``.

    ``of_years`` when age is meant; ``top`` is how many are wanted, ``nth`` which of them ("thứ hai").
    """

    sign: int
    of_years: bool = False
    measures: tuple[Phrase, ...] = ()
    any_figure: bool = True
    top: int = 1
    nth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """Everything of the kind that a question holds.

    ``words_of`` are the words of every wish. ``numbers`` are numbers that no word makes a bound, as bounds that only
    they meet. ``positions`` are the words that say anything of this, ``fixed`` those that can be nothing else.
    """

    ordering: Ordering | None = None
    words_of: dict[Wish, frozenset[int]] = field(default_factory=dict)
    bounds: tuple[Bound, ...] = ()
    numbers: tuple[Bound, ...] = ()
    years: tuple[Years, ...] = ()
    all_years: bool = False
    latest: bool = False
    positions: frozenset[int] = frozenset()
    fixed: frozenset[int] = frozenset()

    @property
    def wishes(self) -> frozenset[Wish]:
        """What is to be computed."""
        return frozenset(self.words_of)

    def is_said_by(self, words: Collection[int]) -> bool:
        """Whether all words of some wish are among ``words``."""
        return any(said <= set(words) for said in self.words_of.values())

    def unmet(self, kept: "Demands") -> frozenset[int]:
        """The words of wishes that are not in ``kept`` any more."""
        return frozenset(word for wish, words in self.words_of.items() if wish not in kept.words_of for word in words)

    def without(self, taken: Collection[int]) -> "Demands":
        """What remains when the words ``taken`` turn out to belong to names or headings."""
        kept = {wish: words for wish, words in self.words_of.items() if words.isdisjoint(taken)}
        return replace(
            self,
            words_of=kept,
            ordering=self.ordering if kept.keys() & set(_COMPARING) else None,
            positions=self.positions - set(taken),
        )


@lru_cache(maxsize=_UNDERSTOOD)
def find_demands(words: Phrase, operators: Operators, typed: Phrase = ()) -> Demands:
    """What the folded ``words`` of a question want done; kept, because a question is read against many tables.

    ``typed`` are the words with the diacritics that were typed, where these are known.
    """
    heard = Hearing.of(words, operators, typed)
    amounts = heard.amounts()
    years = tuple(find_years(heard, amounts))
    bounds = tuple(find_bounds(heard, amounts))
    numbers = tuple(find_numbers(heard, amounts))
    latest = heard.spans(Operator.LATEST)
    for span in latest:
        heard.take(span)
    ordering, words_of = _find_ordering(heard)
    for wish, operator in _SIMPLE:
        if spans := heard.spans(operator):
            heard.take(spans[0])
            words_of[wish] = frozenset(spans[0])
    all_years = heard.says(Operator.ALL_YEARS)
    heard.says(Operator.FILLER)
    return Demands(
        ordering=ordering,
        words_of=words_of,
        bounds=bounds,
        numbers=numbers,
        years=years,
        all_years=all_years,
        latest=bool(latest),
        positions=frozenset(heard.said),
        fixed=frozenset(heard.fixed),
    )


def _find_ordering(heard: Hearing) -> tuple[Ordering | None, dict[Wish, frozenset[int]]]:
    """How things are to be compared, with the words that say so."""
    for wish, operator in _ORDERINGS:
        for span in heard.spans(operator):
            adjective = _adjective_before(heard, span.stop if operator is Operator.FIRST else span.start)
            how_much = _how_much_behind(heard, span.stop) if operator is Operator.MORE else None
            if adjective is None and (operator in _NEED_ADJECTIVE or (operator is Operator.MORE and how_much is None)):
                continue
            nth = heard.small_number(span.stop, _MOST_TOP) if operator is Operator.PLACE else 1
            if not nth:
                continue
            meant = Wish.DIFFERENCE if how_much is not None else wish
            words = {
                *span,
                *(adjective or ()),
                *(how_much or ()),
                *((span.stop,) if operator is Operator.PLACE else ()),
            }
            top = _find_top(heard, min(words)) if wish is Wish.EXTREME and nth == 1 else 1
            heard.take(words)
            if meant in (Wish.COMPARE, Wish.DIFFERENCE):
                heard.says(Operator.COMPARE)
            said = heard.operators.adjectives[heard.words[adjective.start : adjective.stop]] if adjective else None
            return _ordered(said, meant, top, nth), {meant: frozenset(words)}
    return None, {}


def _ordered(said: Adjective | None, wish: Wish, top: int, nth: int) -> Ordering:
    if said is None:
        return Ordering(sign=1, any_figure=wish is not Wish.RANK, top=top, nth=nth)
    return Ordering(
        sign=said.sign, of_years=said.of_years, measures=said.measures, any_figure=said.any_figure, top=top, nth=nth
    )


def _adjective_before(heard: Hearing, end: int) -> range | None:
    """The adjective that stands nearest before ``end``."""
    for stop in range(end, max(0, end - _NEAR), -1):
        for begin in (stop - 2, stop - 1):
            if begin >= 0 and heard.words[begin:stop] in heard.operators.adjectives:
                return range(begin, stop)
    return None


def _how_much_behind(heard: Hearing, start: int) -> range | None:
    """The "bao nhiêu" that follows anywhere."""
    for position in range(start, len(heard.words)):
        if end := heard.end_of(Operator.HOW_MUCH, position):
            return range(position, end)
    return None


def _find_top(heard: Hearing, before: int) -> int:
    """How many of the largest are wanted: "3 tỉnh …", "top 5 …"; a number in letters only at the very beginning."""
    for position in range(before):
        if position + 1 < len(heard.words) and heard.words[position + 1].isdigit():
            continue  # "năm 2019" is no five
        follows_top = position > 0 and heard.end_of(Operator.TOP, position - 1) == position
        if not (position == 0 or follows_top or heard.words[position].isdigit()):
            continue
        if count := heard.small_number(position, _MOST_TOP):
            heard.take((position, *((position - 1,) if follows_top else ())), fixed=True)
            return count
    return 1
