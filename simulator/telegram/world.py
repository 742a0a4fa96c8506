"""Who and what there is on the double's side: people, chats, messages, bots."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

FIRST_PERSON = 5_000_000_001
"""Ids of people are beyond 32 bits, as those of new accounts are."""
FIRST_BOT = 7_000_000_001
FIRST_GROUP = -4_000_000_001
FIRST_SUPERGROUP = -1_002_000_000_001
GROUPS = frozenset({"group", "supergroup", "channel"})


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an account."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = "vi"

    def as_json(self) -> Json:
        """A ``User`` of the Bot API."""
        told = {"username": self.username} if self.username else {}
        known = {"id": self.id, "is_bot": False, "first_name": self.first_name, **told}
        return {**known, "language_code": self.language_code}


@dataclass(kw_only=True, eq=False)
class Message:
    """A message as the chat shows it; ``content`` holds text or caption with entities, photo, markup and so on."""

    id: int
    chat: "Chat" = field(repr=False)
    sender: Json | None
    date: int
    content: Json
    bot_id: int = 0
    edited: int = 0
    deleted: bool = False

    @property
    def text(self) -> str:
        """Its words: text or caption, without markup."""
        words: str = self.content.get("text") or self.content.get("caption") or ""
        return words

    @property
    def buttons(self) -> list[Json]:
        """Its inline buttons, row after row."""
        markup: Json = self.content.get("reply_markup") or {}
        return list(itertools.chain.from_iterable(markup.get("inline_keyboard", [])))

    @property
    def by_bot(self) -> bool:
        """Whether a bot wrote it (in a channel it does not say which)."""
        return bool(self.bot_id)

    def as_json(self) -> Json:
        """A ``Message`` of the Bot API."""
        head: Json = {"message_id": self.id, "chat": self.chat.as_json(), "date": self.date}
        sender = {"from": self.sender} if self.sender else {"sender_chat": self.chat.as_json()}
        edited = {"edit_date": self.edited} if self.edited else {}
        return {**head, **sender, **edited, **self.content}


@dataclass(kw_only=True, eq=False)
class Chat:
    """A private chat of a bot with ``person``, a group, a supergroup or a channel.

    ``closed`` says why a bot cannot write here (the words after ``Forbidden:``), for each bot of whom it is so.
    ``moved_to`` is the supergroup that a group became.
    """

    id: int
    kind: str
    title: str = ""
    person: Person | None = None
    bots: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    closed: dict[int, str] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    moved_to: int = 0

    @property
    def is_group(self) -> bool:
        """Whether the limits of groups hold here."""
        return self.kind in GROUPS

    def as_json(self) -> Json:
        """A ``Chat`` of the Bot API."""
        if self.person is None:
            return {"id": self.id, "title": self.title, "type": self.kind}
        named = {"username": self.person.username} if self.person.username else {}
        return {"id": self.id, "first_name": self.person.first_name, **named, "type": self.kind}

    def add(self, sender: Json | None, date: int, content: Json, *, bot_id: int = 0) -> Message:
        """Show a new message, of ``bot_id`` when a bot wrote it."""
        message = Message(id=next(self.numbers), chat=self, sender=sender, date=date, content=content, bot_id=bot_id)
        self.messages[message.id] = message
        return message


@dataclass(kw_only=True, eq=False)
class Bot:
    """A bot: its token opens its methods. ``private`` is the privacy mode that it has in groups."""

    token: str
    id: int
    username: str
    name: str
    private: bool = True
    commands: list[Json] = field(default_factory=list)
    chats: dict[int, Chat] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def as_json(self) -> Json:
        """A ``User`` of the Bot API."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    def chat_with(self, person: Person) -> Chat:
        """The private chat with ``person``, opened when there was none. Its id is the person's."""
        if person.id not in self.chats:
            self.chats[person.id] = Chat(
                id=person.id, kind="private", person=person, bots={self.id}, numbers=self.numbers
            )
        return self.chats[person.id]


def new_bot(number: int) -> Bot:
    """The ``number``-th bot of a double; the token has the form of Telegram's and opens nothing else."""
    identity = FIRST_BOT + number
    return Bot(
        token=f"{identity}:AAE-double-token-{number:018d}",
        id=identity,
        username=f"tracuu{number or ''}_bot",
        name="Tra cứu dữ liệu mở",
    )


def bot_messages(chats: Iterable[Chat]) -> list[Message]:
    """What bots wrote in ``chats``, in the order of writing within each."""
    return [message for chat in chats for message in chat.messages.values() if message.by_bot and not message.deleted]
