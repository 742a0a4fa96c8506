"""Which candidate answers best, and the chance that it does, from the parts of its score.

Both are linear: *utility* orders the candidates of one question; *chance* tells how far the best may be believed, and
is comparable between questions. The weights were fitted on judged questions by ``python -m bench.search.calibrate``,
which prints this table anew; ``docs/measurements.md`` shows how true the chances are.
"""

from collections.abc import Mapping

import numpy as np

from bot.search.index import Weights

UTILITY = {
    "coverage": 3.09,
    "subject": 2.42,
    "first": 1.40,
    "weakest": 1.30,
    "lost": -2.14,
    "head": 4.59,
    "tail": 0.70,
    "words": 1.51,
    "length": 1.02,
    "marks": 1.96,
    "place": 5.43,
    "own": 3.49,
    "year": 2.00,
    "kind": 0.74,
    "local": 1.23,
}
"""What each part adds to the utility of a candidate."""

CHANCE = {
    "coverage": 3.92,
    "subject": 1.30,
    "first": 0.69,
    "weakest": -0.64,
    "lost": 0.25,
    "head": 2.27,
    "tail": -0.05,
    "words": 0.18,
    "length": 0.60,
    "marks": 0.30,
    "place": 4.45,
    "own": -0.95,
    "year": 2.00,
    "kind": 5.64,
    "local": -0.05,
    "utility": 0.05,
    "lead": 0.40,
}
"""What each part adds to the log-odds of its chance; "lead" is how far its utility is above the best of the others."""

AT_REST = -17.51
"""Log-odds of a candidate without any of these."""


def utility_of(parts: Mapping[str, Weights]) -> Weights:
    """How well each candidate answers, on a scale that only its question has."""
    total: Weights = np.zeros(1, np.float32)
    for name, weight in UTILITY.items():
        total = total + np.float32(weight) * parts[name]
    return total


def lead_of(utility: Weights) -> Weights:
    """How far each utility lies above the best of the others; 3.0 where there is no other."""
    if len(utility) == 1:
        return np.full(1, 3.0, np.float32)
    second, best = np.partition(utility, -2)[-2:]
    return utility - np.where(utility == best, second, best)


def chance_of(parts: Mapping[str, Weights]) -> Weights:
    """For every candidate the chance in 0…1 that it answers; ``parts`` have "utility" and "lead", too."""
    odds: Weights = np.full(1, AT_REST, np.float32)
    for name, weight in CHANCE.items():
        odds = odds + np.float32(weight) * parts[name]
    return (1 / (1 + np.exp(-odds))).astype(np.float32)
