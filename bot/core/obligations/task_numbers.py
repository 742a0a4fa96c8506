"""The numbers by which an officer names duties in a message: XONG 1. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

KEEP = timedelta(days=30)
"""A number still means the same duty for so long after it was last shown or the duty was open."""


def give_numbers(known: Mapping[str, int], keys: Sequence[str]) -> dict[str, int]:
    """The numbers of the duties ``keys``: the one that is ``known``, else the smallest that no other duty has."""
    given = dict(known)
    for key in keys:
        if key not in given:
            given[key] = _free(given.values())
    return {key: given[key] for key in keys}


def _free(taken: Collection[int]) -> int:
    return next(number for number in range(1, len(taken) + 2) if number not in taken)
