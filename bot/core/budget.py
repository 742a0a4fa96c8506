"""What a provider's package allows one of our accounts, and how much of it is used. Pure."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.local_time import VIETNAM

LEVELS = (80, 100)
"""Per cent of an allowance at which an operator hears of it, once a month each."""
RESERVE = 0.9
"""The share from which on what nobody waits for goes another way, so that answers and incidents keep the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Different ``users`` ever, and ``messages`` a month in both directions."""

    users: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What is used: ``received`` and ``sent`` in the ``month`` (2026-11), ``users`` ever."""

    month: str
    received: int = 0
    sent: int = 0
    users: int = 0

    @property
    def messages(self) -> int:
        """Both directions."""
        return self.received + self.sent

    def level(self, allowance: Allowance) -> int:
        """The highest of :data:`LEVELS` that people or messages have reached; 0 = none."""
        reached = max(percent(self.messages, allowance.messages), percent(self.users, allowance.users))
        return max((level for level in LEVELS if reached >= level), default=0)


def percent(used: int, allowed: int) -> int:
    """How much of ``allowed`` is used, in whole per cent, rounded down: 100 means that nothing is left."""
    return used * 100 // allowed


def month_of(moment: datetime) -> str:
    """The month that a message counts in, by the clocks in Việt Nam."""
    return f"{moment.astimezone(VIETNAM):%Y-%m}"


def keeps_for_answers(used: int, allowed: int) -> bool:
    """Whether so much is used that the rest is kept for what somebody waits for."""
    return used >= allowed * RESERVE
