"""What the methods of the double and its outside have in common."""

import asyncio
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from simulator.telegram.answers import ApiError, Refusal
from simulator.telegram.fault import Faults
from simulator.telegram.limits import Windows
from simulator.telegram.mailbox import Mailbox, Update
from simulator.telegram.time import Pace
from simulator.telegram.world import Bot, Chat, Json, Message, Person

QUERY_SECONDS = 900.0
"""How long a press can be answered. Telegram says only that a query may be too old; observed: about a quarter hour."""


@dataclass(kw_only=True, eq=False)
class Press:
    """A button that was pressed and has to be answered. ``answer`` is what the person saw, None until then."""

    id: str
    bot: Bot
    person: Person
    message: Message
    data: str
    at: float
    answer: Json | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that was uploaded: sent again by ``file_id``."""

    file_id: str
    body: bytes
    width: int
    height: int

    def as_json(self) -> Json:
        """A ``PhotoSize`` of the Bot API."""
        size = {"width": self.width, "height": self.height, "file_size": len(self.body)}
        return {"file_id": self.file_id, "file_unique_id": self.file_id[-16:], **size}


@dataclass(frozen=True, kw_only=True)
class Action:
    """A ``sendChatAction`` that was accepted."""

    chat_id: int
    action: str
    at: float


@dataclass(kw_only=True)
class State:
    """All that the double knows. ``fronts`` maps a public origin to the one that answers for it on this machine.

    ``broken`` are faults of the double itself.
    """

    pace: Pace
    windows: Windows
    faults: Faults = field(default_factory=Faults)
    bots: dict[str, Bot] = field(default_factory=dict)
    mailboxes: dict[int, Mailbox] = field(default_factory=dict)
    groups: dict[int, Chat] = field(default_factory=dict)
    fronts: dict[str, str] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    violations: list[Refusal] = field(default_factory=list)
    broken: list[Exception] = field(default_factory=list)
    written: int = 0
    calls: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def mailbox(self, bot: Bot) -> Mailbox:
        """What waits for ``bot``."""
        return self.mailboxes[bot.id]

    def refuse(self, error: ApiError, *, method: str, chat_id: int | None) -> None:
        """Remember that a call was refused, and as a violation when the client could have known."""
        refusal = self._refusal(error.rule, method, chat_id, error.status, str(error))
        self.refusals.append(refusal)
        if error.foreseeable:
            self.violations.append(refusal)
        self.news.set()

    def note(self, rule: str, detail: str, *, method: str, chat_id: int | None = None) -> None:
        """Remember a violation that Telegram lets pass."""
        self.violations.append(self._refusal(rule, method, chat_id, 200, detail))

    def post(self, bot: Bot, kind: str, content: Json, *, queue: tuple[str, int]) -> Update | None:
        """Put an update into the mailbox of ``bot``."""
        update = self.mailbox(bot).add(kind, content, queue=queue, now=self.pace.now())
        self.news.set()
        return update

    def chats(self) -> Iterable[Chat]:
        """Every chat, each once."""
        seen = {id(chat): chat for bot in self.bots.values() for chat in bot.chats.values()}
        return seen.values()

    def _refusal(self, rule: str, method: str, chat_id: int | None, status: int, detail: str) -> Refusal:
        return Refusal(rule=rule, method=method, chat_id=chat_id, status=status, detail=detail, at=self.pace.now())
