"""The bots, the people who write to them, and what passed between them."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with Zalo. Of a ``guarded`` one – a child, say – a bot gets no content (B51)."""

    id: str
    name: str
    guarded: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group that bots are in (B50)."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message of a bot that was accepted. ``photo`` is the address of its picture."""

    bot: str
    chat_id: str
    message_id: str
    text: str
    photo: str
    at: datetime


@dataclass(kw_only=True)
class Webhook:
    """Where updates are posted: ``url`` as it was set, ``address`` where that is answered on this machine."""

    url: str
    address: str
    secret: str
    updated_at: datetime


@dataclass(kw_only=True, eq=False)
class Update:
    """One update; ``status`` is what the webhook answered (None: nothing), ``ended``: nobody tries any more."""

    content: Json
    status: int | None = None
    taken: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(kw_only=True, eq=False)
class Bot:
    """One bot. ``users`` are those who have a place (B40) in the order in which they came, ``counted`` the messages of
    each month in both directions (B41), ``closed`` who blocked it – True once it was told so."""

    id: str
    token: str
    name: str
    webhook: Webhook | None = None
    waiting: deque[Update] = field(default_factory=deque)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    chats: set[str] = field(default_factory=set)
    users: list[str] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    closed: dict[str, bool] = field(default_factory=dict)
    polls: int = 0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the free package allows a bot: different ``users`` ever, ``messages`` a month in both directions."""

    users: int = 50
    messages: int = 3000


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: ``values`` as they came in the address, a form or a JSON object."""

    method: str
    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A string; empty when it is missing or none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""
