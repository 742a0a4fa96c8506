"""The numbers by which an officer names duties in a message: XONG 1. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import count

KEEP = timedelta(days=30)
"""A number still means the same duty for so long after it was last shown or the duty was open."""


def give_numbers(known: Mapping[str, int], keys: Sequence[str]) -> dict[str, int]:
    """The numbers of the duties ``keys``: the one that is ``known``, else the smallest that no other duty has."""
    given, taken = dict(known), frozenset(known.values())
    free = (number for number in count(1) if number not in taken)
    for key in keys:
        if key not in given:
            given[key] = next(free)
    return {key: given[key] for key in keys}
