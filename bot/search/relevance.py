"""Which candidate answers best, and the chance that it does, from the parts of its score.

Both are linear: *utility* orders the candidates of one question; *chance* tells how far the best may be believed, and
is comparable between questions. The weights were fitted on judged questions by ``python -m bench.search.calibrate``,
which prints this table anew; ``docs/measurements.md`` shows how true the chances are.
"""

from collections.abc import Mapping

import numpy as np

from bot.search.index import Weights

UTILITY = {
    "coverage": 3.06,
    "subject": 2.47,
    "weakest": 0.93,
    "lost": -2.65,
    "head": 5.02,
    "tail": 0.99,
    "words": 1.08,
    "length": 1.46,
    "marks": 2.15,
    "place": 4.79,
    "year": 2.0,
    "kind": 0.58,
    "local": 1.56,
}
"""What each part adds to the utility of a candidate."""

CHANCE = {
    "coverage": 3.0,
    "subject": 3.0,
    "head": 1.5,
    "place": 2.0,
    "kind": 2.0,
    "words": 1.0,
    "marks": 0.3,
    "local": 0.3,
    "year": 1.0,
    "lead": 0.5,
    "utility": 0.1,
}
"""What each part adds to the log-odds of its chance; "lead" is how far its utility is above the best of the others."""

AT_REST = -6.0
"""Log-odds of a candidate without any of these."""


def utility_of(parts: Mapping[str, Weights]) -> Weights:
    """How well each candidate answers, on a scale that only its question has."""
    return sum((np.float32(weight) * parts[name] for name, weight in UTILITY.items()), np.zeros(1, np.float32))


def lead_of(utility: Weights) -> Weights:
    """How far each utility lies above the best of the others; 3.0 where there is no other."""
    if len(utility) == 1:
        return np.full(1, 3.0, np.float32)
    second, best = np.partition(utility, -2)[-2:]
    return utility - np.where(utility == best, second, best)


def chance_of(parts: Mapping[str, Weights]) -> Weights:
    """For every candidate the chance in 0…1 that it answers; ``parts`` have "utility" and "lead", too."""
    odds = sum((np.float32(weight) * parts[name] for name, weight in CHANCE.items()), np.full(1, AT_REST, np.float32))
    return (1 / (1 + np.exp(-odds))).astype(np.float32)
