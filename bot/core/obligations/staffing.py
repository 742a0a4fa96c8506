"""Who stands behind an agency on a day: who is reminded, who heads it, who approves, and what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.core.obligations.agency import Officer, Post, PostRole

ENDS_WITHIN = timedelta(days=30)
"""A post that ends so soon, with nobody to follow, is told to the operator."""


class Gap(StrEnum):
    """What is missing in an agency.

    VACANT: nobody is a focal officer. UNREACHABLE: there is one, but none whom a message reaches. STOOD_IN: of these
    two it is one, and a deputy is reminded instead. NOBODY: it is one of them, and no deputy can be reached either: the
    operator has to be told. ENDING: the last focal officer leaves within :data:`ENDS_WITHIN` and nobody follows.
    SEVERAL_HEADS: more than one person heads it.
    """

    VACANT = "vacant"
    UNREACHABLE = "unreachable"
    STOOD_IN = "stood-in"
    NOBODY = "nobody"
    ENDING = "ending"
    SEVERAL_HEADS = "several-heads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """Who is to be reminded of an agency's duties on a day: the ``officers`` whom a message reaches – each one of the
    focal unit, without them the deputies –, and who ``heads`` and ``approves``.

    ``vacant``: nobody holds the post of a focal officer. ``silent`` are focal officers whom no message reaches;
    ``ends_on`` is the last day of the last focal officer, where nobody follows.
    """

    officers: Sequence[Officer] = ()
    vacant: bool = False
    heads: Sequence[Officer] = ()
    approvers: Sequence[Officer] = ()
    silent: Sequence[Officer] = ()
    ends_on: date | None = None
    gaps: frozenset[Gap] = field(default=frozenset())


class Staff:
    """The posts of all ``officers``, looked up by agency as often as anybody asks."""

    def __init__(self, officers: Iterable[Officer]) -> None:
        self._held = defaultdict[int, list[tuple[Post, Officer]]](list)
        for officer in officers:
            for post in officer.posts:
                self._held[post.agency].append((post, officer))
        self._known: dict[tuple[int, date], Staffing] = {}

    def of(self, agency: int, day: date) -> Staffing:
        """Who stands behind the agency with that id on ``day``."""
        found = self._known.get((agency, day))
        if found is None:
            found = self._known[agency, day] = _staffing(self._held.get(agency, ()), day)
        return found


def _staffing(held: Sequence[tuple[Post, Officer]], day: date) -> Staffing:
    roles = _by_role(held, day)
    focal, deputies, heads = roles[PostRole.OFFICER], roles[PostRole.DEPUTY], roles[PostRole.HEAD]
    reached = [officer for officer in focal if officer.reachable]
    instead = [] if reached else [officer for officer in deputies if officer.reachable]
    ends_on = _last_day(held, day)
    checks = {
        Gap.VACANT: not focal,
        Gap.UNREACHABLE: bool(focal) and not reached,
        Gap.STOOD_IN: bool(instead),
        Gap.NOBODY: not reached and not instead,
        Gap.ENDING: ends_on is not None,
        Gap.SEVERAL_HEADS: len(heads) > 1,
    }
    return Staffing(
        officers=tuple(reached or instead),
        vacant=not focal,
        heads=tuple(heads),
        approvers=tuple(roles[PostRole.APPROVER]),
        silent=tuple(officer for officer in focal if not officer.reachable),
        ends_on=ends_on,
        gaps=frozenset(gap for gap, found in checks.items() if found),
    )


def _by_role(held: Sequence[tuple[Post, Officer]], day: date) -> Mapping[PostRole, list[Officer]]:
    """Who holds which post on ``day``, everybody once for each role."""
    roles: dict[PostRole, list[Officer]] = {role: [] for role in PostRole}
    for post, officer in held:
        if post.counts_on(day) and officer not in roles[post.role]:
            roles[post.role].append(officer)
    return roles


def _last_day(held: Sequence[tuple[Post, Officer]], day: date) -> date | None:
    """The last day of the last focal officer, when that is soon and nobody follows on the day after."""
    focal = [post for post, _ in held if post.role is PostRole.OFFICER]
    now = [post.until for post in focal if post.counts_on(day)]
    ends = [until for until in now if until is not None]
    if not now or len(ends) < len(now):
        return None
    last = max(ends)
    if last > day + ENDS_WITHIN or any(post.counts_on(last + timedelta(days=1)) for post in focal):
        return None
    return last
