"""Which candidate answers best, and the chance that it does, from the parts of its score.

Both are linear: *utility* orders the candidates of one question; *chance* tells how far the best may be believed, and
is comparable between questions. The weights were fitted on judged questions by ``python -m bench.search.calibrate``,
which prints this table anew; ``docs/measurements.md`` shows how true the chances are.
"""

from collections.abc import Mapping

import numpy as np

from bot.search.index import Weights

UTILITY = {
    "coverage": 2.63,
    "subject": 2.13,
    "first": 0.94,
    "weakest": 0.85,
    "sure": 2.15,
    "heard": -0.00,
    "lost": -1.77,
    "head": 4.69,
    "tail": 0.62,
    "words": 1.15,
    "length": 0.88,
    "marks": 2.07,
    "place": 5.64,
    "own": 3.11,
    "year": 2.00,
    "kind": 0.85,
    "local": 1.05,
}
"""What each part adds to the utility of a candidate."""

CHANCE = {
    "coverage": 3.28,
    "subject": -0.78,
    "first": 1.24,
    "weakest": -1.32,
    "sure": 2.14,
    "heard": 0.42,
    "lost": -0.24,
    "head": 1.83,
    "tail": -0.13,
    "words": -0.03,
    "length": 1.15,
    "marks": 0.35,
    "place": 4.59,
    "own": -0.85,
    "year": 0.00,
    "kind": 5.86,
    "local": -0.03,
    "utility": 0.08,
    "lead": 0.61,
}
"""What each part adds to the log-odds of its chance; "lead" is how far its utility is above the best of the others."""

FAR = 4.0
"""A lead beyond which more says nothing: in a small catalogue there may be no rival at all."""

AT_REST = -16.08
"""Log-odds of a candidate without any of these."""


def utility_of(parts: Mapping[str, Weights]) -> Weights:
    """How well each candidate answers, on a scale that only its question has."""
    total: Weights = np.zeros(1, np.float32)
    for name, weight in UTILITY.items():
        total = total + np.float32(weight) * parts[name]
    return total


def lead_of(utility: Weights) -> Weights:
    """How far each utility lies above the best of the others, at most :data:`FAR` either way."""
    if len(utility) == 1:
        return np.full(1, FAR, np.float32)
    second, best = np.partition(utility, -2)[-2:]
    lead: Weights = np.clip(utility - np.where(utility == best, second, best), -FAR, FAR)
    return lead


def chance_of(parts: Mapping[str, Weights]) -> Weights:
    """For every candidate the chance in 0…1 that it answers; ``parts`` have "utility" and "lead", too."""
    odds: Weights = np.full(1, AT_REST, np.float32)
    for name, weight in CHANCE.items():
        odds = odds + np.float32(weight) * parts[name]
    chance: Weights = np.reciprocal(np.float32(1) + np.exp(-odds))
    return chance
