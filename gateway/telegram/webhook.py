"""The webhook of a bot: where Telegram posts what people send, and how that goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bot.core.errors import ContentError
from bot.core.local_time import VIETNAM
from gateway.errors import UnreachableError
from gateway.hook_address import hook_address
from gateway.telegram.account import TelegramAccount
from gateway.telegram.bot_api import call, hide_token
from gateway.telegram.kinds import KINDS

PORTS = (443, 80, 88, 8443)
"""Where Telegram finds a webhook (T11)."""
CONNECTIONS = 40
"""Telegram's own default (T13): accepting is quick, and 40 people who write in one moment are served side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookState:
    """What Telegram says about a bot and its webhook. ``url`` is empty without one; ``ours``: it leads here.

    ``kinds`` of update are those that it was asked for, none for those of its own choice, which hold all of ours (T15).
    """

    bot: str
    reads_groups: bool
    url: str
    ours: bool
    waiting: int
    kinds: tuple[str, ...]
    last_error: str = ""
    last_error_at: datetime | None = None

    @property
    def trouble(self) -> str:
        """The last error with its time in Việt Nam; empty when there was none."""
        if not self.last_error_at:
            return ""
        return f"{self.last_error_at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}: {self.last_error}"


def hook_url(public_url: str, account: TelegramAccount) -> str:
    """Where Telegram is to post for ``account``. Raises ContentError where it would not (T10, T11)."""
    return hook_address(public_url, account, provider="Telegram", ports=PORTS)


async def set_webhook(session: aiohttp.ClientSession, account: TelegramAccount, url: str) -> None:
    """Have Telegram post to ``url``, with the account's secret. What waits there is kept. Raises SendError."""
    secret = "" if account.secret is None else account.secret.get_secret_value()
    parameters = {
        "url": url,
        "secret_token": secret,
        "max_connections": CONNECTIONS,
        "allowed_updates": list(KINDS),
    }
    await call(session, account, "setWebhook", parameters)


async def delete_webhook(session: aiohttp.ClientSession, account: TelegramAccount) -> None:
    """Have Telegram post nothing any more; what waits there is kept for who polls (T23). Raises SendError."""
    await call(session, account, "deleteWebhook", {})


async def look_at(session: aiohttp.ClientSession, account: TelegramAccount, *, public_url: str) -> WebhookState:
    """The webhook of ``account``, for a service under ``public_url``. Raises SendError."""
    bot = await call(session, account, "getMe", {})
    info = await call(session, account, "getWebhookInfo", {})
    if not isinstance(bot, Mapping) or not isinstance(info, Mapping):
        raise UnreachableError("Telegram says nothing about this bot")
    url = str(info.get("url") or "")
    return WebhookState(
        bot=f"@{bot.get('username')}",
        reads_groups=bool(bot.get("can_read_all_group_messages")),
        url=hide_token(url, account),
        ours=bool(url) and url == _expected(public_url, account),
        waiting=int(info.get("pending_update_count") or 0),
        kinds=tuple(str(kind) for kind in info.get("allowed_updates") or ()),
        last_error=hide_token(str(info.get("last_error_message") or ""), account),
        last_error_at=_moment(info.get("last_error_date")),
    )


def _expected(public_url: str, account: TelegramAccount) -> str | None:
    try:
        return hook_url(public_url, account)
    except ContentError:
        return None


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and seconds > 0 else None


def judge(state: WebhookState, account: TelegramAccount) -> str:
    """One sentence on whether ``state`` is what ``account`` needs; empty when all is well."""
    name = account.account
    if account.mode == "polling":
        return f"a webhook is set: tracuu telegram delete-webhook {name}" if state.url else _judge_name(state, account)
    if not state.url:
        return f"no webhook is set: tracuu telegram set-webhook {name}"
    if not state.ours:
        return f"the webhook leads elsewhere: tracuu telegram set-webhook {name}"
    if state.kinds and not set(state.kinds).issuperset(KINDS):
        return f"Telegram was not asked for all that we understand: tracuu telegram set-webhook {name}"
    return _judge_name(state, account)


def _judge_name(state: WebhookState, account: TelegramAccount) -> str:
    """In a group the bot's name tells what is meant for it."""
    known = state.bot.removeprefix("@")
    if account.name and account.name != known.lower():
        return f'bot_name is not that of this bot: set it to "{known}"'
    return f'a desk needs bot_name = "{known}"' if account.desks and not account.name else ""
