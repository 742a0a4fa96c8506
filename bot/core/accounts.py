"""Our own presence on a channel, as far as meaning needs to know it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One of our accounts: where people write to and what they must put before their words.

    ``provinces`` limits what is answered there (province ids; empty = all). ``keyword`` and ``number`` belong to shared
    SMS numbers: the keyword is stripped from what comes in and printed in every invitation to reply. Nobody can write
    to a ``one_way`` account: what is said there invites nobody to. ``members_only``: only those whom an operator has
    bound are answered there. ``unasked``: so long after they last turned to us people may be told there what they did
    not just ask for; None = always.
    """

    channel: str
    name: str
    provinces: tuple[str, ...] = ()
    keyword: str | None = None
    number: str | None = None
    one_way: bool = False
    members_only: bool = False
    unasked: timedelta | None = None
