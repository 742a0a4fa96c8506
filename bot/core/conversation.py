"""Where a talk with one person stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.messages import Address, Choice

STATE_LIFETIME = timedelta(minutes=30)
"""After this silence a dialogue has ended: "2" no longer means the second entry of an old menu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The state of a talk. ``choices`` are those last offered, so that "2" has a meaning; ``data`` is JSON.

    ``accents``: this person wants diacritics where each part costs money. ``silent_until``: one of our people is
    talking there, and the service says nothing before then.
    """

    address: Address
    state: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    language: str = "vi"
    accents: bool = False
    updated_at: datetime | None = None
    version: int = 0
    silent_until: datetime | None = None

    def is_silent(self, now: datetime) -> bool:
        """Whether the service says nothing here at ``now``."""
        return self.silent_until is not None and now < self.silent_until

    def masking(self, codes: Collection[str], label: str) -> "Conversation":
        """The conversation in which the entries of the datasets ``codes`` are called ``label``; their places stay."""
        named = [not codes or not any(part in codes for part in choice.value.split(":")) for choice in self.choices]
        if all(named):
            return self
        choices = zip(self.choices, named, strict=True)
        return replace(self, choices=tuple(one if shown else replace(one, label=label) for one, shown in choices))

    def as_of(self, now: datetime) -> "Conversation":
        """The conversation as it counts at ``now``: state, data and choices lapse after :data:`STATE_LIFETIME`."""
        if self.updated_at is None or now - self.updated_at < STATE_LIFETIME:
            return self
        return Conversation(
            address=self.address,
            language=self.language,
            accents=self.accents,
            updated_at=self.updated_at,
            version=self.version,
            silent_until=self.silent_until,
        )
