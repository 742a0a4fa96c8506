"""Our side of Telegram in a test: accounts of a double's bots, as objects and as they stand in a settings file."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.telegram.account import TelegramAccount
from simulator.telegram.double import TelegramDouble
from simulator.telegram.world import Bot, Chat, Message, Person
from tests.support.canary import leaks
from tests.support.serving import Serving

SECRET = "the-word-of-our-webhook"  # noqa: S105 – it opens nothing
PUBLIC_URL = "https://tracuu.example"
SECONDS = 20.0


async def until(condition: Callable[[], object], *, seconds: float = SECONDS) -> None:
    """Look again and again until ``condition`` holds: what our own side does is announced by nobody."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def telegram_account(
    double: TelegramDouble, *, bot: Bot | None = None, name: str = "main", mode: str = "webhook", **more: Any
) -> TelegramAccount:
    """The account of ``bot``, the first one by default."""
    known = {"channel": "telegram", "account": name, "token": (bot or double.bot).token, "mode": mode}
    return TelegramAccount.model_validate({**known, "secret": SECRET, "api_base": double.url, **more})


def telegram_table(
    double: TelegramDouble, *, bot: Bot | None = None, name: str = "main", mode: str = "webhook", more: str = ""
) -> str:
    """The same as text of a settings file; ``more`` are lines of their own."""
    return f"""
[[accounts]]
channel = "telegram"
account = "{name}"
token = "{(bot or double.bot).token}"
secret = "{SECRET}"
api_base = "{double.url}"
mode = "{mode}"
bot_name = "{(bot or double.bot).username}"
{more}
"""


def hook(double: TelegramDouble, service: Serving, *, bot: Bot | None = None, name: str = "main") -> None:
    """Have the double post to ``service`` where that listens now: after a restart it has another port."""
    double.hook(f"{service.url}/hooks/telegram/{name}", secret=SECRET, bot=bot)


def labels(message: Message) -> list[str]:
    """What stands on the buttons under ``message``."""
    return [button["text"] for button in message.buttons]


def data_of(message: Message, label: str) -> str:
    """What the first button carries whose label holds ``label``. Raises LookupError."""
    for button in message.buttons:
        if label in button["text"] and "callback_data" in button:
            return str(button["callback_data"])
    raise LookupError(f"{label} is not among {labels(message)}")


@dataclass(kw_only=True)
class Office:
    """A service with its bots at the double; ``said`` are texts that no log may hold."""

    double: TelegramDouble
    folder: Path
    store_url: str
    tables: Sequence[str]
    settings: str = ""
    roles: Sequence[str] = ()
    said: set[str] = field(default_factory=set)

    def serving(self, *roles: str, name: str = "serve") -> Serving:
        """The service, or a process of it with ``roles``, not started yet."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        settings = self.settings + "".join(self.tables)
        return Serving(folder=folder, store_url=self.store_url, settings=settings, roles=roles, name=name)

    async def ask(
        self, person: Person, text: str, *, chat: Chat | None = None, bot: Bot | None = None, seconds: float = SECONDS
    ) -> Message:
        """The answer to what ``person`` writes."""
        place: Person | Chat = chat or person
        before = len(self.double.shown(place, bot=bot))
        await self.say(person, text, chat=chat, bot=bot)
        await until(lambda: len(self.double.shown(place, bot=bot)) > before, seconds=seconds)
        return self.double.shown(place, bot=bot)[-1]

    async def say(self, person: Person, text: str, *, chat: Chat | None = None, bot: Bot | None = None) -> int | None:
        """``person`` writes ``text``, which no log may hold."""
        if len(text) > len("xin chào"):
            self.said.add(text)
        return await self.double.say(person, text, chat=chat, bot=bot)

    async def press(self, person: Person, message: Message, label: str, *, bot: Bot | None = None) -> None:
        """``person`` presses the button with ``label`` and sees it stop spinning."""
        press = await self.double.press(person, message, data_of(message, label), bot=bot)
        await until(lambda: press.answer is not None)

    def check(self) -> None:
        """Every log is silent about people and secrets, and no call broke a rule of Telegram's."""
        log = "".join(file.read_text(encoding="utf-8") for file in self.folder.rglob("*.log"))
        tokens = [bot.token for bot in self.double.bots]
        parts = [token.partition(":")[2] for token in tokens]
        chats = {str(chat.id) for chat in self.double.state.chats()}
        assert leaks(log, [*tokens, *parts, SECRET, *self.said]) == []
        assert [chat for chat in chats if re.search(rf"(?<!\d){re.escape(chat)}(?!\d)", log)] == []
        assert self.double.violations == []
