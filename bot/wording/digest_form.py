"""How short a digest can be said: what is left out first, and what all these forms share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

BRIEFLY = 4
"""Duties that an SMS may name: more never fit."""
_BRIEF_TITLES = (100, 60, 40, 26)
_SHORTEST = (40, 26, 16)
_AGENCIES = (60, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How short a brief digest is to be: how many duties it ``shows``, titles cut to ``title``, with days left and the
    decision of the ``details`` or without, whether it ``greets`` the focal point, names of ``agencies`` cut to so many
    letters together."""

    shows: int
    title: int
    details: bool = True
    greets: bool = True
    agencies: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all brief forms of a digest share: dozens are tried, and each duty of many would be read for each.

    ``entry`` words the duty at a place: with what length of title, with ``details`` or not, and as ``cited`` before.
    ``request`` is what is asked for where so many are shown, with the others counted.
    """

    authority: str
    agencies: str
    heading: str
    entry: Callable[[int, int, bool, bool], str]
    request: Callable[[int], str]


def forms(count: int) -> Iterator[Form]:
    """From the fullest to the shortest: what is left out first is the greeting, then parts of titles, then duties, then
    parts of the agencies' names."""
    most = min(count, BRIEFLY)
    for title, details, greets in product(_BRIEF_TITLES, (True, False), (True, False)):
        yield Form(shows=most, title=title, details=details, greets=greets)
    for shows, title, details in product(range(most, 0, -1), _SHORTEST, (True, False)):
        yield Form(shows=shows, title=title, details=details, greets=False)
    for agencies, title, details in product(_AGENCIES, _SHORTEST, (True, False)):
        yield Form(shows=1, title=title, details=details, greets=False, agencies=agencies)
