"""An account at the Bot API double, and what it sends with."""

import io
from typing import Any

from PIL import Image

from bot.core.messages import Address
from gateway.channel import Part, Wire
from gateway.channels.telegram import CHANNEL
from gateway.telegram.account import TelegramAccount
from simulator.telegram.double import TelegramDouble
from simulator.telegram.world import Bot, Chat, Person

SECRET = "a-secret-of-the-webhook"  # noqa: S105 – it opens nothing


def account_of(double: TelegramDouble, bot: Bot | None = None, **changes: Any) -> TelegramAccount:
    """The settings of ``bot``, the first one by default."""
    bot = bot or double.bot
    settings = {
        "channel": "telegram",
        "account": bot.username,
        "token": bot.token,
        "secret": SECRET,
        "api_base": double.url,
        "bot_name": bot.username,
    }
    return TelegramAccount.model_validate({**settings, **changes})


def address_of(account: TelegramAccount, place: Person | Chat) -> Address:
    """Where ``account`` answers a person or a group."""
    return Address(channel="telegram", account=account.account, user=str(place.id))


async def send(part: Part, place: Person | Chat, account: TelegramAccount, wire: Wire) -> str:
    """Send ``part`` as the outbox does."""
    return await CHANNEL.send(part, address_of(account, place), "7:0", account, wire)


def png(width: int = 320, height: int = 200) -> bytes:
    """A picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(file, "PNG")
    return file.getvalue()
