"""How much of a question a table and the texts of its dataset account for."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.core.catalogue import Dataset
from bot.core.findings import Column, ColumnRole
from bot.core.text import tokens
from bot.search.lexicon import Cue, Lexicon
from bot.search.partial import Named
from bot.search.places import Places
from bot.search.selection import Reading
from bot.search.sequences import Word
from bot.search.spans import LIGHT
from bot.search.spelling import Known

_TITLE_LOOSE = 0.6
_OTHER_TEXT = 0.5
_WRONG_ERA = 0.75
_OLD_UNASKED = 0.9
_STRANGE = 0.93
"""Factor for each word of the subject that nothing explains."""
_BARE = 0.9
"""Factor when a name is all there is: "thủy lợi" is also a commune without its accents."""
_SUBJECT = 0.9
_OLD_WORDS = frozenset({"cu", "truoc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the catalogue knows that a single table does not."""

    lexicon: Lexicon
    places: Places
    known: Known
    rarity: Callable[[str], float]


def share_accounted(
    reading: Reading,
    dataset: Dataset,
    around: Surroundings,
    trust: dict[int, float],
    *,
    also: Collection[int],
    unmet: Collection[int],
) -> float:
    """The share of the question, by weight and rarity, that names, columns, sorts and texts of the dataset explain.

    ``trust`` says how far the words of each name (by number in ``reading.names``) are believed, ``also`` which other
    words are accounted for, ``unmet`` which ask for something that is not done. Each word of the
    subject that nothing explains lowers the share further: it may be what the question is about.
    """
    beside = _held_beside_names(reading, dataset, around)
    held = dict(beside)
    for number, name in enumerate(reading.names):
        sort = around.places.sort_before(reading.text(0, name.start), name.start)
        for position in range(name.start - len(sort), name.end):
            held[position] = trust[number]
    held.update(dict.fromkeys(also, 1.0))
    held.update(dict.fromkeys(unmet, 0.0))
    named = {position for name in reading.names for position in range(name.start, name.end)}
    weights = [
        around.rarity(word.text) * (1.0 if position in named or position in unmet else _weight(word))
        for position, word in enumerate(reading.words)
    ]
    if not any(weights):
        return 1.0
    covered = sum(weight * held.get(position, 0.0) for position, weight in enumerate(weights))
    strange = sum(word.weight >= _SUBJECT and not held.get(position) for position, word in enumerate(reading.words))
    strange += sum(not held.get(position) for position in unmet)
    supported = any(held_by for position, held_by in beside.items() if position not in named)
    supported = supported or any(_has_sort(name, reading, around.places) for name in reading.names)
    return covered / sum(weights) * _STRANGE**strange * (1.0 if supported else _BARE)


def _held_beside_names(reading: Reading, dataset: Dataset, around: Surroundings) -> dict[int, float]:
    held = _held_by_texts(reading, dataset, around)
    for asked in reading.asked:
        held.update(dict.fromkeys(range(asked.start, asked.end), 1.0))
    held.update(dict.fromkeys(reading.sorts, 1.0))
    for years in reading.years:
        held.update(dict.fromkeys(range(years.start, years.end), 1.0))
    held.update(dict.fromkeys(reading.demands.positions, 1.0))
    return held


def _has_sort(name: Named, reading: Reading, places: Places) -> bool:
    """Whether the name was typed with its sort in front ("xã tịnh kỳ")."""
    words = tuple(word.text for word in reading.words[name.start : name.end])
    return places.without_sort(words) != words


def fit_of_era(reading: Reading, dataset: Dataset, columns: tuple[Column, ...], asked: Sequence[int]) -> float:
    """Tables of the time before the reorganisation of 2025 answer fully only when that time is asked for.

    A table of new units with the former ones beside them is not old, even when its title names these, too.
    """
    old = bool(_OLD_WORDS & set(tokens(dataset.title)))
    renewed = any(column.role is ColumnRole.MERGED for column in columns)
    if reading.cues & {Cue.CURRENT, Cue.RENEWED, Cue.LIVE}:
        return _WRONG_ERA if old and not renewed else 1.0
    if Cue.FORMER in reading.cues:
        by_former = any(columns[name.column].role is ColumnRole.MERGED for name in reading.names)
        asks_successor = by_former and reading.which in reading.sorts
        asks_successor |= any(columns[place].role is ColumnRole.MERGED for place in asked)
        return _WRONG_ERA if renewed and not old and not asks_successor else 1.0
    return _OLD_UNASKED if old and not renewed else 1.0


def _weight(word: Word) -> float:
    """What a word adds to a question: words between the subject count half, cues are understood already."""
    if word.cue not in (None, Cue.COMMON):
        return 0.0
    return word.weight if word.weight > LIGHT else word.weight / 2


def _held_by_texts(reading: Reading, dataset: Dataset, around: Surroundings) -> dict[int, float]:
    """What the dataset's own words explain: title (fully beside a neighbour of the question), then the other texts."""
    words = [word.text for word in reading.words]
    title = tokens(dataset.title)
    pairs = set(pairwise(title))
    touched = {position for at, pair in enumerate(pairwise(words)) if pair in pairs for position in (at, at + 1)}
    other = {*tokens(dataset.description), *tokens(dataset.theme), *tokens(dataset.publisher)}
    held: dict[int, float] = {}
    for position, word in enumerate(words):
        if word in title:
            held[position] = 1.0 if position in touched else _TITLE_LOOSE
        elif word in other:
            held[position] = _OTHER_TEXT
    home = around.places.locate(dataset.province)
    for mention in around.places.find(words):
        if home and mention.place.province == home:
            held.update(dict.fromkeys(range(mention.start, mention.end), 1.0))
    return held
