"""What narrows the rows of a question besides names: bounds on figures ("trên 4 triệu dân") and years."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.search.hearing import Amount, Hearing
from bot.search.operators import Operator, Phrase

FIRST_YEAR, LAST_YEAR = 1900, 2099
_PRICES = (("gia",), ("gia", "ve"))
_MOST_UNSCALED = 1000
"""A number up to this takes the scale of the one that follows: "từ 4 đến 5 triệu"."""
_LOWER = (Operator.ABOVE, Operator.LEAST)
_CLOSED = (Operator.LEAST, Operator.AT_MOST)
_BOUNDS = (Operator.ABOVE, Operator.LEAST, Operator.BELOW, Operator.AT_MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Only figures from ``low`` to ``high`` (None = open), the ends included when ``closed``.

    ``unit`` as columns print it or empty, ``scaled`` when the number was said with a scale. ``measures`` are figures
    that its adjective speaks of.
    ``start`` is the position of its first word, ``end`` behind its last.
    """

    low: Decimal | None
    high: Decimal | None
    closed: bool
    unit: str = ""
    scaled: bool = False
    measures: tuple[Phrase, ...] = ()
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """The years ``first`` … ``last`` in words ``start`` … ``end``; a span need not have every year between."""

    first: int
    last: int
    start: int
    end: int


def find_years(heard: Hearing, amounts: Sequence[Amount]) -> Iterator[Years]:
    """The years and spans of years, whose words are taken then; single years may still be part of a name."""
    dates = [amount for amount in amounts if amount.year]
    skipped = -1
    for number, amount in enumerate(dates):
        if number == skipped:
            continue
        follower = dates[number + 1] if number + 1 < len(dates) else None
        since = heard.starts_before(amount.start, Operator.SINCE)
        if follower and _joins(heard, amount.end, follower.start, ranged=since is not None):
            skipped = number + 1
            start = amount.start if since is None else since
            years = Years(first=amount.year or 0, last=follower.year or 0, start=start, end=follower.end)
        else:
            years = _open_span(heard, amount, since)
        if years.first != years.last:
            heard.take(range(years.start, years.end), fixed=True)
        yield years


def _open_span(heard: Hearing, amount: Amount, since: int | None) -> Years:
    """The years before or after a year, or only it."""
    year, start, end = amount.year or 0, amount.start, amount.end
    if (begin := heard.starts_before(start, Operator.BEFORE)) is not None:
        return Years(first=FIRST_YEAR, last=year - 1, start=begin, end=end)
    if (begin := heard.starts_before(start, Operator.AFTER)) is not None:
        return Years(first=year + 1, last=LAST_YEAR, start=begin, end=end)
    if since is not None and (now := heard.end_of(Operator.NOW, end)):
        return Years(first=year, last=LAST_YEAR, start=since, end=now)
    return Years(first=year, last=year, start=start, end=end)


def _joins(heard: Hearing, end: int, start: int, *, ranged: bool) -> bool:
    """Whether the words between two years make them the ends of a span: "từ 2010 đến 2012", "2010 - 2012"."""
    between = tuple(word for word in heard.words[end:start] if word != "nam")
    if not between:
        return end == start and heard.words[end - 1] < heard.words[start]
    joined = Operator.UNTIL in heard.operators.phrases.get(between, ())
    return joined and (ranged or between != ("va",))


def find_bounds(heard: Hearing, amounts: Sequence[Amount]) -> Iterator[Bound]:
    """The bounds on figures, whose words are taken then."""
    skipped = -1
    for number, amount in enumerate(amounts):
        if number == skipped or not heard.is_free(amount.start, amount.end):
            continue
        follower = amounts[number + 1] if number + 1 < len(amounts) else None
        since = heard.starts_before(amount.start, Operator.SINCE)
        if since is not None and follower and heard.end_of(Operator.UNTIL, amount.end) == follower.start:
            skipped = number + 1
            low = _with_scale_of(amount, follower, heard)
            yield _bound(heard, (low, follower.value), follower, since, follower.end, closed=True)
        elif bound := _open_bound(heard, amount):
            yield bound
    for span in heard.spans(Operator.NOTHING):
        heard.said.update(span)
        nothing = Decimal(0)
        yield Bound(low=nothing, high=nothing, closed=True, measures=_PRICES, start=span.start, end=span.stop)


def _with_scale_of(amount: Amount, follower: Amount, heard: Hearing) -> Decimal:
    if not follower.scaled or amount.scaled or amount.value > _MOST_UNSCALED:
        return amount.value
    return amount.value * follower.value / Decimal(heard.words[follower.start])


def _open_bound(heard: Hearing, amount: Amount) -> Bound | None:
    if amount.year:
        return None
    for operator, lower in ((Operator.AND_MORE, True), (Operator.AND_LESS, False)):
        if (behind := heard.end_of(operator, amount.end)) is not None:
            begin = heard.starts_before(amount.start, Operator.LEAST)
            start = amount.start if begin is None else begin
            return _bound(heard, _ends(amount, lower=lower), amount, start, behind, closed=True)
    said = [(begin, op) for op in _BOUNDS if (begin := heard.starts_before(amount.start, op)) is not None]
    if not said:
        return None
    begin, operator = min(said)  # the longest phrase: "ít hơn" is no "hơn"
    ends = _ends(amount, lower=operator in _LOWER)
    return _bound(heard, ends, amount, begin, amount.end, closed=operator in _CLOSED)


def _ends(amount: Amount, *, lower: bool) -> tuple[Decimal | None, Decimal | None]:
    return (amount.value, None) if lower else (None, amount.value)


def _bound(
    heard: Hearing, ends: tuple[Decimal | None, Decimal | None], amount: Amount, start: int, end: int, *, closed: bool
) -> Bound:
    measures: tuple[Phrase, ...] = ()
    for length in (2, 1):
        adjective = heard.operators.adjectives.get(heard.words[max(0, start - length) : start])
        if adjective:
            measures = adjective.measures
            start -= length
            break
    heard.take(range(start, end), fixed=True)
    return Bound(
        low=ends[0],
        high=ends[1],
        closed=closed,
        unit=amount.unit,
        scaled=amount.scaled,
        measures=measures,
        start=start,
        end=end,
    )


def find_numbers(heard: Hearing, amounts: Sequence[Amount]) -> Iterator[Bound]:
    """The numbers that no word makes a bound or a year, as bounds that only they meet."""
    for amount in amounts:
        if not amount.year and heard.is_free(amount.start, amount.end):
            yield Bound(
                low=amount.value,
                high=amount.value,
                closed=True,
                unit=amount.unit,
                scaled=amount.scaled,
                start=amount.start,
                end=amount.end,
            )
