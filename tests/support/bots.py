"""Our side of Telegram in a test: accounts of a double's bots, as objects and as they stand in a settings file."""

import asyncio
from collections.abc import Callable
from typing import Any

from gateway.telegram.account import TelegramAccount
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_world import Bot

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
{more}
"""
