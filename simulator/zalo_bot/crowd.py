"""What people do at the other end: write, send a picture, react, block."""

import itertools

from simulator.zalo.clock import millis
from simulator.zalo_bot.courier import Courier
from simulator.zalo_bot.state import State
from simulator.zalo_bot.world import Bot, Group, Json, Person, Update

_PICTURE = "https://photo-stal-1.zdn.vn/0a1b2c3d.jpg"
CONTENTS: dict[str, Json] = {
    "image": {"photo": _PICTURE},
    "sticker": {"sticker": "0e078a2fb66a5f34067b", "url": "https://zalo-api.zadn.vn/sticker/webpc"},
    "voice": {"voice_url": "https://voice-stal-1.zdn.vn/0a1b2c3d.aac"},
    "link": {"url": "https://example.vn/bai-viet"},
    "reaction": {"reaction": "/-heart"},
    "unsupported": {},
}
"""What a message of each kind carries besides words (docs/zalo-bot-contract.md, B53)."""


class Crowd:
    """People and groups. ``flat``: updates come without the envelope, as live traffic did in September 2026 (B13)."""

    def __init__(self, state: State, courier: Courier) -> None:
        self.state = state
        self.flat = False
        self._courier = courier
        self._ids = itertools.count(0x6EDE9AFA66B88FE6)

    def person(self, name: str = "Người dùng thử", *, guarded: bool = False) -> Person:
        """Somebody new."""
        return Person(id=f"{next(self._ids):x}", name=name, guarded=guarded)

    def group(self, title: str) -> Group:
        """A new group that every bot is in."""
        return Group(id=f"g{next(self._ids):x}", title=title)

    async def say(
        self,
        person: Person,
        text: str,
        *,
        group: Group | None = None,
        mention: bool = True,
        bot: Bot | None = None,
        times: int = 1,
    ) -> Update | None:
        """``person`` writes ``text``; None when the bot does not hear it: in a ``group`` without mentioning it (B50).

        With ``times`` the same update is posted so often.
        """
        return self._tell(person, "text", {"text": text}, group=group, mention=mention, bot=bot, times=times)

    async def attach(
        self, person: Person, kind: str, *, caption: str = "", group: Group | None = None, bot: Bot | None = None
    ) -> Update | None:
        """``person`` sends one of :data:`CONTENTS`."""
        content = CONTENTS[kind] | ({"caption": caption} if caption else {})
        return self._tell(person, kind, content, group=group, mention=True, bot=bot, times=1)

    async def post(self, event: str, message: Json, *, bot: Bot | None = None) -> Update:
        """Any update at all, as a newer version of the provider may send it."""
        update = Update(content=self._wrap({"event_name": event, "message": message}))
        self._courier.send(self.a_bot(bot), update)
        return update

    def block(self, person: Person, *, bot: Bot | None = None) -> None:
        """``person`` blocks the bot; no update tells of it (B35)."""
        self.a_bot(bot).closed[person.id] = False

    def unblock(self, person: Person, *, bot: Bot | None = None) -> None:
        """``person`` lets the bot write again."""
        self.a_bot(bot).closed.pop(person.id, None)

    def acquaint(self, person: Person, *, bot: Bot | None = None) -> None:
        """As if ``person`` had written to the bot before; takes a place among its users, costs no message."""
        bot = self.a_bot(bot)
        bot.chats.add(person.id)
        self.state.seat(bot, person.id)

    def a_bot(self, bot: Bot | None) -> Bot:
        """``bot``, the first one unless given."""
        return bot or next(iter(self.state.bots.values()))

    def _tell(
        self,
        person: Person,
        kind: str,
        content: Json,
        *,
        group: Group | None,
        mention: bool,
        bot: Bot | None,
        times: int,
    ) -> Update | None:
        bot = self.a_bot(bot)
        if group is not None and not mention:
            return None
        chat = {"id": group.id if group else person.id, "chat_type": "GROUP" if group else "PRIVATE"}
        bot.chats.add(chat["id"])
        self.state.seat(bot, person.id)
        self.state.count(bot)
        if person.guarded:
            kind, content = "unsupported", {}
        message: Json = {
            "message_id": f"{next(self.state.numbers):016x}",
            "date": int(millis(self.state.clock())),
            "from": {"id": person.id, "display_name": person.name, "is_bot": False},
            "chat": chat,
            **content,
        }
        update = Update(content=self._wrap({"event_name": f"message.{kind}.received", "message": message}))
        self._courier.send(bot, update, times=times)
        return update

    def _wrap(self, update: Json) -> Json:
        return update if self.flat else {"ok": True, "result": update}
