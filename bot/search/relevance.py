"""Which candidate answers best, and the chance that it does, from the parts of its score.

Both are linear: *utility* orders the candidates of one question; *chance* tells how far the best may be believed, and
is comparable between questions. The weights were fitted on judged questions by ``python -m bench.search.calibrate``,
which prints this table anew; ``docs/measurements.md`` shows how true the chances are.
"""

from collections.abc import Mapping

import numpy as np

from bot.search.index import Weights

UTILITY = {
    "coverage": 2.60,
    "subject": 2.10,
    "first": 0.96,
    "weakest": 0.88,
    "sure": 2.12,
    "heard": -0.00,
    "lost": -1.78,
    "head": 4.73,
    "tail": 0.65,
    "words": 1.06,
    "length": 0.94,
    "marks": 1.98,
    "place": 5.70,
    "own": 3.09,
    "year": 2.00,
    "kind": 0.85,
    "local": 1.05,
}
"""What each part adds to the utility of a candidate."""

CHANCE = {
    "coverage": 3.37,
    "subject": -1.67,
    "first": 1.08,
    "weakest": -1.23,
    "sure": 2.37,
    "heard": 0.40,
    "lost": -0.27,
    "head": 1.67,
    "tail": -0.16,
    "words": 0.35,
    "length": 0.37,
    "marks": 0.27,
    "place": 4.50,
    "own": -0.66,
    "year": 0.00,
    "kind": 5.89,
    "local": -0.04,
    "utility": 0.07,
    "lead": 0.64,
}
"""What each part adds to the log-odds of its chance; "lead" is how far its utility is above the best of the others."""

FAR = 4.0
"""A lead beyond which more says nothing: in a small catalogue there may be no rival at all."""

AT_REST = -15.36
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
