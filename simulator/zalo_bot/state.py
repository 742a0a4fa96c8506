"""Everything that the double knows, and the counting of messages and people."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from simulator.zalo.clock import local
from simulator.zalo_bot.answers import ApiError, Refusal
from simulator.zalo_bot.fault import Faults
from simulator.zalo_bot.world import Bot, Limits, Sent, Update


@dataclass(kw_only=True)
class State:
    """What happens behind one address. ``news`` is set whenever something did."""

    clock: Callable[[], datetime]
    limits: Limits
    bots: dict[str, Bot] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    violations: list[Refusal] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    broken: list[Exception] = field(default_factory=list)
    fronts: dict[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    loopback: bool = False

    def refuse(self, error: ApiError, *, method: str) -> None:
        """Remember what was answered with ``error``."""
        refusal = Refusal(rule=error.rule, method=method, code=error.code, detail=str(error))
        self.refusals.append(refusal)
        if error.foreseeable:
            self.violations.append(refusal)
        self.news.set()

    def note(self, rule: str, detail: str, *, method: str) -> None:
        """Remember a breach that the provider lets pass."""
        self.violations.append(Refusal(rule=rule, method=method, code=0, detail=detail))

    def month(self) -> str:
        """The month that is counted now, by the clocks in Việt Nam."""
        return f"{local(self.clock()):%Y-%m}"

    def used(self, bot: Bot) -> int:
        """The messages of this month, in both directions."""
        return bot.counted.get(self.month(), 0)

    def count(self, bot: Bot) -> None:
        """One more message in either direction."""
        bot.counted[self.month()] = self.used(bot) + 1

    def seat(self, bot: Bot, person: str) -> bool:
        """Give ``person`` a place among the users of ``bot``; whether there is one (B40)."""
        if person not in bot.users:
            bot.users.append(person)
        return bot.users.index(person) < self.limits.users
