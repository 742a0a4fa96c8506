"""How good the look-up is on judged questions: measures over all, and by kind.

A *hit* is a title that a judge found relevant; titles count only when the question was answered. For questions with no
right answer: the share that was refused (no_answer_recall), and among all refusals the share that deserved it
(no_answer_precision).
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import ContentError

_COLUMNS = ("query", "kind", "relevant_titles", "primary_title")
_BETWEEN = " | "
_DEPTH = 10

Measures = dict[str, float | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A question with its judgement: every ``relevant`` title (none: the right answer is "không có"), and the first."""

    query: str
    kind: str
    relevant: frozenset[str]
    primary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the look-up said to a judged question; ``titles`` in order, whether or not it ``answered``."""

    judged: Judged
    answered: bool
    titles: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The titles that count: none when the answer was "không có"."""
        return self.titles[:_DEPTH] if self.answered else ()

    def hit(self, depth: int) -> bool:
        """Whether some relevant title is among the first ``depth``."""
        return not self.judged.relevant.isdisjoint(self.shown[:depth])


def read_judged(path: Path) -> list[Judged]:
    """The judged questions of a CSV file (query, kind, relevant_titles joined by " | ", primary_title).

    Raises ContentError when it is no such file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise ContentError(str(path), missing[0], "column is missing")
            return [_judged(row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ContentError(str(path), "file", "cannot be read as a CSV file in UTF-8") from error


def _judged(row: Mapping[str, str | None]) -> Judged:
    query, kind, relevant, primary = ((row[column] or "").strip() for column in _COLUMNS)
    titles = frozenset(title.strip() for title in relevant.split(_BETWEEN) if title.strip())
    return Judged(query=query, kind=kind, relevant=titles, primary=primary)


def measure(given: Sequence[Given]) -> Measures:
    """The measures of ``given`` (each 0…1, None where nothing of the kind was asked) and their number ``n``.

    ``recall@10`` divides by what ten places can hold: min(10, relevant).
    """
    answerable = [one for one in given if one.judged.relevant]
    hopeless = [one for one in given if not one.judged.relevant]
    refused = [one for one in given if not one.answered]
    return {
        "n": len(given),
        "hit@1": _mean(answerable, lambda one: one.hit(1)),
        "hit@3": _mean(answerable, lambda one: one.hit(3)),
        "primary@1": _mean(answerable, lambda one: one.shown[:1] == (one.judged.primary,)),
        "recall@10": _mean(answerable, _recall),
        "mrr@10": _mean(answerable, _reciprocal_rank),
        "no_answer_precision": _mean(refused, lambda one: not one.judged.relevant),
        "no_answer_recall": _mean(hopeless, lambda one: not one.answered),
    }


def measure_kinds(given: Iterable[Given]) -> dict[str, Measures]:
    """The measures of each kind of question, kinds in order of their names."""
    kinds: dict[str, list[Given]] = {}
    for one in given:
        kinds.setdefault(one.judged.kind, []).append(one)
    return {kind: measure(kinds[kind]) for kind in sorted(kinds)}


def _recall(one: Given) -> float:
    return len(one.judged.relevant.intersection(one.shown)) / min(_DEPTH, len(one.judged.relevant))


def _reciprocal_rank(one: Given) -> float:
    places = (place for place, title in enumerate(one.shown, 1) if title in one.judged.relevant)
    return 1 / next(places, float("inf"))


def _mean(given: Sequence[Given], value: Callable[[Given], float]) -> float | None:
    return round(sum(map(value, given)) / len(given), 4) if given else None
