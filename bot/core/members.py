"""Who is an officer or one of the staff, and the one-time code by which an address is bound to them. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.answer_code import LONGEST, is_code, make_code, normalise_code
from bot.core.messages import Address

CODE_LENGTH = LONGEST
DAYS = 14
"""How long an invitation counts unless said otherwise."""
WRONG_PER_PERSON = 5
WRONG_IN_TOTAL = 100
WRONG_WITHIN = timedelta(hours=1)
"""So many wrong codes are heard from one address, and from all, in this time; then none counts, right or wrong."""
WRONG_PER_CODE = 5
"""So many wrong codes that begin as an invitation's does are heard, from whatever addresses; then it is closed."""
BEGINNING = 4
"""By so many symbols a wrong code is taken for an attempt at an invitation. The five behind them are what is guessed:
four are random, 29⁴ = 707,281 possibilities, so whoever has seen the beginning is right once in 141,456 times."""
TELEPHONES = frozenset({"kannel", "sms"})
"""Channels on which people are telephone numbers: an officer has one of these, whichever way messages take to it."""


class Role(StrEnum):
    """What a member is here for."""

    OFFICER = "officer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An address that was bound to somebody. ``address`` is only what an operator needs: channel and account."""

    number: int
    name: str
    role: Role
    channel: str
    account: str
    bound_at: datetime
    unbound_at: datetime | None = None
    officer: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation as it is kept: its code is known to whoever was given it, and to nobody here.

    ``channel`` and ``account`` are where it counts; both empty = anywhere. ``officer`` is the id of the officer whom it
    is for; None = whoever is called ``name``. ``wrong`` counts the attempts at it.
    """

    number: int
    name: str
    role: Role
    channel: str
    account: str
    invited_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    officer: int | None = None
    wrong: int = 0


def make_invitation_code(secret: str) -> str:
    """A code of :data:`CODE_LENGTH` symbols without look-alikes, the last of which checks the others.

    ``secret`` is 128 random bits: whoever knows it knows the code.
    """
    return make_code(secret, CODE_LENGTH)


def looks_like_invitation(text: str) -> bool:
    """Whether ``text`` is meant as a code, right or mistyped: as long as one, of letters and digits, with both."""
    code = normalise_code(text)
    shaped = len(code) == CODE_LENGTH and code.isascii() and code.isalnum()
    return shaped and any(map(str.isdigit, code)) and any(map(str.isalpha, code))


def counts_here(invitation: Invitation, address: Address) -> bool:
    """Whether ``invitation`` may be used from ``address``."""
    if not invitation.channel:
        return True
    return (invitation.channel, invitation.account) == (address.channel, address.account)


def attempt_at(code: str) -> str:
    """The beginning by which ``code`` is an attempt at an invitation; empty for what cannot be a code.

    A slip of the finger nearly always breaks the check symbol, a guess that could succeed does not: only the latter
    count, so nobody loses an invitation by mistyping it.
    """
    typed = normalise_code(code)
    return typed[:BEGINNING] if len(typed) == CODE_LENGTH and is_code(typed) else ""


def same_medium(channel: str) -> frozenset[str]:
    """The channels of which an officer has one address together with ``channel``."""
    return TELEPHONES if channel in TELEPHONES else frozenset({channel})
