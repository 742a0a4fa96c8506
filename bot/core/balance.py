"""Which of several accounts for the same people a message goes by, and how that changes with what they show.

A pool of accounts has a weight each; they sum to 100. One look at what happened takes one step at most: away from what
fails, else away from what is slow, else back towards the weights of rest. The figures and what they watch are those of
GOV.UK Notify (alphagov/notifications-api); what small volumes need besides is said at each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

Member = tuple[str, str]
"""One of our accounts: channel and name."""
WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When weights move.

    An account fails with more than ``errors`` in ``error_window``; or, where little is sent, with ``few_errors`` there
    that are ``error_share`` of its tries. One message that is tried again and again makes at most seven errors in a
    minute (after 0, 1, 3, 7, 15, 31 s and once more with a lucky pause), so ten are of two people at least.
    An account is slow when of what it took within ``slow_window`` at least ``slow_share`` had no final report after
    ``slow``; fewer than ``slow_sample`` parts say nothing, because a few handsets are always switched off.
    """

    points: int = 10
    errors: int = 50
    error_window: timedelta = timedelta(seconds=60)
    error_pause: timedelta = timedelta(minutes=1)
    few_errors: int = 10
    error_share: float = 0.5
    slow: timedelta = timedelta(minutes=5)
    slow_window: timedelta = timedelta(minutes=15)
    slow_share: float = 0.15
    slow_sample: int = 40
    slow_pause: timedelta = timedelta(minutes=5)
    quiet: timedelta = timedelta(minutes=15)


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one account showed: errors and tries within ``error_window``; parts that it took within ``slow_window``, and
    those of them without a final report after ``slow``."""

    errors: int = 0
    tries: int = 0
    taken: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The weight of one account and the one it rests at; ``left_at``: when points last went away from it in trouble."""

    member: Member
    weight: int
    rest: int
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The weights of a pool. ``errors_at`` and ``slow_at``: the last step for that reason; ``moved_at``: the last.

    ``version`` grows with every step.
    """

    shares: tuple[Share, ...]
    version: int = 0
    errors_at: datetime | None = None
    slow_at: datetime | None = None
    moved_at: datetime | None = None

    @property
    def weights(self) -> Mapping[Member, int]:
        """The weight of each account."""
        return {share.member: share.weight for share in self.shares}


class Reason(StrEnum):
    """Why weights have moved; RESET: the settings name other accounts or weights."""

    ERRORS = "errors"
    SLOW = "slow"
    DRIFT = "drift"
    RESET = "reset"


def at_rest(weights: Mapping[Member, int]) -> Balance:
    """The balance of a pool of which nothing is known. Raises ValueError when the weights are not parts of 100."""
    if sum(weights.values()) != WHOLE or min(weights.values()) < 0:
        raise ValueError("the weights of a pool are parts of 100")
    return Balance(shares=tuple(Share(member=member, weight=part, rest=part) for member, part in weights.items()))


def step(
    balance: Balance, seen: Mapping[Member, Seen], *, now: datetime, limits: Limits = LIMITS
) -> tuple[Balance, Reason] | None:
    """What one look changes, and why; None when nothing.

    Points go to accounts that are well now and from which none went away within ``limits.quiet``: so no direction is
    reversed within that time, and where all are in trouble nothing moves.
    """
    failing = {one.member for one in balance.shares if _fails(seen.get(one.member, Seen()), limits)}
    slow = {one.member for one in balance.shares if _is_slow(seen.get(one.member, Seen()), limits)}
    if failing and _is_over(balance.errors_at, limits.error_pause, now):
        moved = _move_away(balance, failing, failing | slow, now=now, limits=limits)
        if moved is not None:
            return replace(moved, errors_at=now), Reason.ERRORS
    if slow and len(slow) < len(balance.shares) and _is_over(balance.slow_at, limits.slow_pause, now):
        moved = _move_away(balance, slow, failing | slow, now=now, limits=limits)
        if moved is not None:
            return replace(moved, slow_at=now), Reason.SLOW
    if failing or slow or not _is_over(balance.moved_at, limits.quiet, now):
        return None
    moved = _drift(balance, limits.points)
    return None if moved is None else (replace(moved, version=balance.version + 1, moved_at=now), Reason.DRIFT)


def choose(weights: Mapping[Member, int], among: Sequence[Member], draw: float) -> Member | None:
    """The account that ``draw`` (from 0 to below 1) falls upon, by the weights of those ``among`` which it may be.

    Where none of these has a weight it is the first of them; None when there is none.
    """
    left = draw * sum(weights.get(member, 0) for member in among)
    for member in among:
        left -= weights.get(member, 0)
        if left < 0:
            return member
    return max(among, key=lambda member: weights.get(member, 0)) if among else None  # rounding may leave a rest


def _fails(seen: Seen, limits: Limits) -> bool:
    few = seen.errors >= limits.few_errors and seen.errors >= limits.error_share * seen.tries
    return seen.errors > limits.errors or few


def _is_slow(seen: Seen, limits: Limits) -> bool:
    return seen.taken >= limits.slow_sample and seen.late >= limits.slow_share * seen.taken


def _is_over(since: datetime | None, pause: timedelta, now: datetime) -> bool:
    """Whether ``pause`` has passed. A moment in the future is of a clock that was ahead: it holds nobody up."""
    return since is None or since > now or now - since >= pause


def _move_away(
    balance: Balance, troubled: set[Member], ill: set[Member], *, now: datetime, limits: Limits
) -> Balance | None:
    """Up to ``points`` from each of ``troubled``, spread over those that are well; None when nothing can move."""
    well = [
        one.member
        for one in balance.shares
        if one.member not in ill and (one.left_at is None or _is_over(one.left_at, limits.quiet, now))
    ]
    given = {one.member: min(limits.points, one.weight) for one in balance.shares if one.member in troubled}
    points = sum(given.values())
    if not well or not points:
        return None
    got = _spread(points, well)
    shares = tuple(
        replace(
            one,
            weight=one.weight - given.get(one.member, 0) + got.get(one.member, 0),
            left_at=now if given.get(one.member) else one.left_at,
        )
        for one in balance.shares
    )
    return replace(balance, shares=shares, version=balance.version + 1, moved_at=now)


def _spread(points: int, members: Sequence[Member]) -> Mapping[Member, int]:
    """Equal parts; what is left over goes to the first."""
    each, more = divmod(points, len(members))
    return {member: each + (place < more) for place, member in enumerate(members)}


def _drift(balance: Balance, points: int) -> Balance | None:
    """Up to ``points`` from those above their rest to those below it, the furthest first; None when all rest."""
    weights = {one.member: one.weight for one in balance.shares}
    for _ in range(points):
        above = max(balance.shares, key=lambda one: weights[one.member] - one.rest)
        below = min(balance.shares, key=lambda one: weights[one.member] - one.rest)
        if weights[above.member] == above.rest:
            break
        weights[above.member] -= 1
        weights[below.member] += 1
    shares = tuple(replace(one, weight=weights[one.member]) for one in balance.shares)
    return None if shares == balance.shares else replace(balance, shares=shares)
