"""What people do at the other end: write, press, edit, join, leave, block."""

import itertools
from typing import Any

from tests.doubles.telegram_attachments import ATTACHMENTS
from tests.doubles.telegram_privacy import may_see
from tests.doubles.telegram_state import Press, State
from tests.doubles.telegram_text import entities_of
from tests.doubles.telegram_world import (
    FIRST_GROUP,
    FIRST_PERSON,
    FIRST_SUPERGROUP,
    Bot,
    Chat,
    Json,
    Message,
    Person,
)

BLOCKED = "bot was blocked by the user"
DEACTIVATED = "user is deactivated"


class Crowd:
    """People and places. Every act makes whole updates and posts them to each bot that may see it.

    An act returns the first update's id, or None when no bot got one. A person who has not written yet is unknown to
    the bot (400 chat not found) unless :meth:`acquaint` was called.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self._people = itertools.count(FIRST_PERSON)
        self._groups = itertools.count(FIRST_GROUP, -1)
        self._supergroups = itertools.count(FIRST_SUPERGROUP, -1)

    def person(self, first_name: str = "Người dùng thử", *, username: str = "", language: str = "vi") -> Person:
        """Somebody new."""
        return Person(id=next(self._people), first_name=first_name, username=username, language_code=language)

    def group(self, title: str, *, kind: str = "supergroup", bots: list[Bot] | None = None) -> Chat:
        """A place (``group``, ``supergroup`` or ``channel``) in which ``bots`` – all by default – are since long."""
        number = next(self._groups if kind == "group" else self._supergroups)
        members = list(self.state.bots.values()) if bots is None else bots
        chat = Chat(id=number, kind=kind, title=title, bots={bot.id for bot in members})
        self.state.groups[chat.id] = chat
        for bot in members:
            bot.chats[chat.id] = chat
        return chat

    def acquaint(self, person: Person, *, bot: Bot | None = None) -> Chat:
        """Their private chat with ``bot``, as if they had written earlier."""
        return self._bot(bot).chat_with(person)

    def chat_of(self, place: Person | Chat, bot: Bot | None = None) -> Chat:
        """The chat itself, or the private one of a person with ``bot``."""
        return place if isinstance(place, Chat) else self._bot(bot).chat_with(place)

    async def say(
        self,
        person: Person | None,
        text: str,
        *,
        chat: Chat | None = None,
        bot: Bot | None = None,
        reply_to: Message | None = None,
    ) -> int | None:
        """``person`` writes ``text``: to ``bot`` (the first one) in private, or into ``chat``; None posts in a channel."""
        content: Json = {"text": text} | entities_of(text)
        return self._show(person, content, chat=chat, bot=bot, reply_to=reply_to)

    async def attach(
        self, person: Person, kind: str, *, caption: str = "", chat: Chat | None = None, bot: Bot | None = None
    ) -> int | None:
        """``person`` sends something of ``kind``: photo, sticker, location, document, voice or contact."""
        content = ATTACHMENTS[kind](person) | ({"caption": caption} if caption else {})
        return self._show(person, content, chat=chat, bot=bot, reply_to=None)

    async def press(
        self, person: Person, message: Message, data: str, *, forged: bool = False, bot: Bot | None = None
    ) -> Press:
        """``person`` presses the button with ``data`` under ``message`` of ``bot``.

        Raises LookupError when there is none, unless a modified app sends what was never offered (``forged``).
        """
        if not forged and data not in {button.get("callback_data") for button in message.buttons}:
            raise LookupError("no such button under the message")
        bot = self._bot(bot)
        press = Press(
            id=str(4_100_000_000_000_000_000 + next(self.state.numbers)),
            bot=bot,
            person=person,
            message=message,
            data=data,
            at=self.state.pace.now(),
        )
        self.state.presses[press.id] = press
        content = {
            "id": press.id,
            "from": person.as_json(),
            "message": message.as_json(),
            "chat_instance": str(-3_000_000_000_000_000_000 - abs(message.chat.id)),
            "data": data,
        }
        self.state.post(bot, "callback_query", content, queue=("press", person.id))
        return press

    def _bot(self, bot: Bot | None) -> Bot:
        return bot or next(iter(self.state.bots.values()))

    def _show(
        self, person: Person | None, content: Json, *, chat: Chat | None, bot: Bot | None, reply_to: Message | None
    ) -> int | None:
        place = chat or self._bot(bot).chat_with(self._somebody(person))
        if reply_to is not None:
            content = {"reply_to_message": reply_to.as_json()} | content
        message = place.add(person.as_json() if person else None, self.state.pace.unix(), content)
        return self._tell(message, "channel_post" if place.kind == "channel" else "message")

    def _tell(self, message: Message, kind: str) -> int | None:
        """Post ``message`` to every bot that may see it; the id of the first update."""
        first: Any = None
        for bot in self.state.bots.values():
            if bot.id in message.chat.bots and may_see(bot, message):
                update = self.state.post(bot, kind, message.as_json(), queue=("chat", message.chat.id))
                first = first or update
        return first.id if first else None

    @staticmethod
    def _somebody(person: Person | None) -> Person:
        if person is None:
            raise LookupError("nobody but a channel writes without a person")
        return person
