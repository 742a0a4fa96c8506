"""Accounts that reach the same people and stand in for each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.core.accounts import Account
from bot.core.balance import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """``weights`` are those of rest, parts of 100. Nobody can write to ``one_way`` accounts: they take forms only.

    ``meanings`` say how people write to each, as far as that is known.
    """

    name: str
    weights: Mapping[Member, int]
    one_way: frozenset[Member] = frozenset()
    meanings: Mapping[Member, Account] = field(default_factory=dict)

    def takers(self, *, form: bool) -> tuple[Member, ...]:
        """The accounts that a message may go by that has a ``form``, or has none."""
        return tuple(member for member in self.weights if form or member not in self.one_way)


def pool_of(pools: Iterable[Pool], channel: str, account: str) -> Pool | None:
    """The pool that this account is in; it is in one at most."""
    return next((pool for pool in pools if (channel, account) in pool.weights), None)
