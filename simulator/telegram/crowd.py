"""What people do at the other end: write, press, edit, join, leave, block."""

import itertools
from typing import Any

from simulator.telegram.attachments import ATTACHMENTS
from simulator.telegram.privacy import may_see
from simulator.telegram.state import Press, State
from simulator.telegram.text import entities_of
from simulator.telegram.world import (
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

    An act of writing returns the id of the first update, or None when no bot gets one. A person who has not written
    yet is unknown to the bot (400 chat not found) unless :meth:`acquaint` was called.
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
        chat = Chat(id=number, kind=kind, title=title)
        self.state.groups[chat.id] = chat
        for bot in self.state.bots.values() if bots is None else bots:
            chat.bots.add(bot.id)
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
        """``person`` writes ``text`` to ``bot`` (the first one) in private, or into ``chat``. None posts in a channel.

        Raises LookupError when nobody would write outside a channel.
        """
        content: Json = {"text": text} | entities_of(text)
        return self._show(person, content, chat=chat, bot=bot, reply_to=reply_to)

    async def attach(
        self, person: Person, kind: str, *, caption: str = "", chat: Chat | None = None, bot: Bot | None = None
    ) -> int | None:
        """``person`` sends something of ``kind``: photo, sticker, location, document, voice or contact."""
        content = ATTACHMENTS[kind](person) | ({"caption": caption} if caption else {})
        return self._show(person, content, chat=chat, bot=bot, reply_to=None)

    async def edit(self, message: Message, text: str) -> int | None:
        """The author of ``message`` changes its words."""
        words = {"text": text} | entities_of(text)
        kept = {name: value for name, value in message.content.items() if name not in {"text", "entities"}}
        message.content = kept | words
        message.edited = self.state.pace.unix()
        return self._tell(message, "edited_channel_post" if message.chat.kind == "channel" else "edited_message")

    def last(self, place: Person | Chat, *, bot: Bot | None = None) -> Message:
        """The newest message of a chat, whoever wrote it. Raises LookupError when it is empty."""
        messages = self.chat_of(place, bot).messages
        if not messages:
            raise LookupError("nobody wrote here yet")
        return messages[max(messages)]

    async def press(
        self,
        person: Person,
        message: Message,
        data: str,
        *,
        forged: bool = False,
        old: bool = False,
        bot: Bot | None = None,
    ) -> Press:
        """``person`` presses the button with ``data`` under ``message`` of ``bot``; an ``old`` one has no content.

        Raises LookupError when there is none, unless a modified app sends what was never offered (``forged``).
        """
        if not forged and data not in {button.get("callback_data") for button in message.buttons}:
            raise LookupError("no such button under the message")
        press = Press(
            id=str(4_100_000_000_000_000_000 + next(self.state.numbers)),
            bot=self._bot(bot),
            person=person,
            message=message,
            data=data,
            at=self.state.pace.now(),
        )
        self.state.presses[press.id] = press
        inaccessible: Json = {"chat": message.chat.as_json(), "message_id": message.id, "date": 0}
        content = {
            "id": press.id,
            "from": person.as_json(),
            "message": inaccessible if old else message.as_json(),
            "chat_instance": str(-3_000_000_000_000_000_000 - abs(message.chat.id)),
            "data": data,
        }
        self.state.post(press.bot, "callback_query", content, queue=("press", person.id))
        return press

    async def block(self, person: Person, *, bot: Bot | None = None) -> None:
        """``person`` blocks ``bot``: from now on it is refused (403) and told so by ``my_chat_member``."""
        chat = self.acquaint(person, bot=bot)
        self._member(chat, self._bot(bot), person, "member", "kicked", closed=BLOCKED)

    async def unblock(self, person: Person, *, bot: Bot | None = None) -> None:
        """``person`` lets ``bot`` write again."""
        self._member(self.acquaint(person, bot=bot), self._bot(bot), person, "kicked", "member")

    def deactivate(self, person: Person, *, bot: Bot | None = None) -> None:
        """The account of ``person`` is deleted; no update tells of it."""
        self.acquaint(person, bot=bot).closed[self._bot(bot).id] = DEACTIVATED

    async def join(self, chat: Chat, person: Person, *, bot: Bot | None = None) -> None:
        """``person`` adds ``bot`` to ``chat``."""
        bot = self._bot(bot)
        chat.bots.add(bot.id)
        bot.chats[chat.id] = chat
        self._member(chat, bot, person, "left", "administrator" if chat.kind == "channel" else "member")
        if chat.kind != "channel":
            self._show(person, {"new_chat_members": [bot.as_json()]}, chat=chat, bot=None, reply_to=None)

    async def leave(self, chat: Chat, person: Person, *, bot: Bot | None = None) -> None:
        """``person`` takes ``bot`` out of ``chat``."""
        bot = self._bot(bot)
        self._member(chat, bot, person, "member", "kicked", closed=f"bot was kicked from the {chat.kind} chat")
        chat.bots.discard(bot.id)

    async def upgrade(self, group: Chat, person: Person) -> Chat:
        """``person`` makes a supergroup of ``group``: its id changes, the old one is refused with the new one."""
        members = [bot for bot in self.state.bots.values() if bot.id in group.bots]
        supergroup = self.group(group.title, bots=members)
        self._show(person, {"migrate_to_chat_id": supergroup.id}, chat=group, bot=None, reply_to=None)
        self._show(person, {"migrate_from_chat_id": group.id}, chat=supergroup, bot=None, reply_to=None)
        group.moved_to = supergroup.id
        return supergroup

    def _bot(self, bot: Bot | None) -> Bot:
        return bot or next(iter(self.state.bots.values()))

    def _show(
        self, person: Person | None, content: Json, *, chat: Chat | None, bot: Bot | None, reply_to: Message | None
    ) -> int | None:
        place = chat or (self._bot(bot).chat_with(person) if person else None)
        if place is None or (person is None and place.kind != "channel"):
            raise LookupError("only in a channel does a message have no author")
        if reply_to is not None:
            content = {"reply_to_message": reply_to.as_json()} | content
        author = person.as_json() if person and place.kind != "channel" else None
        message = place.add(author, self.state.pace.unix(), content)
        return self._tell(message, "channel_post" if place.kind == "channel" else "message")

    def _tell(self, message: Message, kind: str) -> int | None:
        """Post ``message`` to every bot that may see it; the id of the first update."""
        first: Any = None
        for bot in self.state.bots.values():
            if bot.id in message.chat.bots and may_see(bot, message):
                update = self.state.post(bot, kind, message.as_json(), queue=("chat", message.chat.id))
                first = first or update
        return first.id if first else None

    def _member(self, chat: Chat, bot: Bot, person: Person, before: str, after: str, *, closed: str = "") -> None:
        """``person`` changed what ``bot`` is in ``chat``; ``closed`` is why it cannot write there any more."""
        chat.told.discard(bot.id)
        if closed:
            chat.closed[bot.id] = closed
        else:
            chat.closed.pop(bot.id, None)
        content = {
            "chat": chat.as_json(),
            "from": person.as_json(),
            "date": self.state.pace.unix(),
            "old_chat_member": _status(bot, before),
            "new_chat_member": _status(bot, after),
        }
        self.state.post(bot, "my_chat_member", content, queue=("member", chat.id))


def _status(bot: Bot, status: str) -> Json:
    """A ``ChatMember`` of the Bot API."""
    member: Json = {"user": bot.as_json(), "status": status}
    if status == "kicked":
        return {**member, "until_date": 0}
    if status != "administrator":
        return member
    rights = (
        *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
        *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
        *("can_post_stories", "can_edit_stories", "can_delete_stories", "can_post_messages"),
    )
    return member | dict.fromkeys(rights, False)
