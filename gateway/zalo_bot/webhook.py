"""The webhook and the budget of a bot, as an administrator sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.core.budget import Usage, percent
from bot.core.errors import ContentError
from gateway.errors import SendError, UnreachableError
from gateway.hook_address import hook_address
from gateway.zalo_bot.account import ZaloBotAccount
from gateway.zalo_bot.client import ask, hide_token

WARN_AT = 80
"""Per cent of the people or messages from which on the doctor warns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookState:
    """What Zalo says about a bot and its webhook. ``url`` is empty without one; ``ours``: it leads here."""

    bot: str
    package: str
    url: str
    ours: bool


def hook_url(public_url: str, account: ZaloBotAccount) -> str:
    """Where Zalo is to post for ``account``. Raises ContentError where it would not (B10)."""
    return hook_address(public_url, account, provider="Zalo")


async def set_webhook(session: aiohttp.ClientSession, account: ZaloBotAccount, url: str) -> str:
    """Have Zalo post to ``url``, with the account's secret; what it says of checking that address, or nothing.

    The address is kept even where that check has failed (B16). Raises SendError.
    """
    secret = "" if account.secret is None else account.secret.get_secret_value()
    result = await ask(session, account, "setWebhook", url=url, secret_token=secret)
    checked = result.get("verification") if isinstance(result, Mapping) else None
    return "" if checked is None else hide_token(str(checked), account)[:200]


async def delete_webhook(session: aiohttp.ClientSession, account: ZaloBotAccount) -> None:
    """Have Zalo post nothing any more. Raises SendError."""
    await ask(session, account, "deleteWebhook")


async def look_at(session: aiohttp.ClientSession, account: ZaloBotAccount, *, public_url: str) -> WebhookState:
    """The webhook of ``account``, for a service under ``public_url``. Raises SendError."""
    bot = await ask(session, account, "getMe")
    info = await ask(session, account, "getWebhookInfo")
    if not isinstance(bot, Mapping) or not isinstance(info, Mapping):
        raise UnreachableError("Zalo says nothing about this bot")
    url = _text(info, "url")
    return WebhookState(
        bot=_text(bot, "account_name") or _text(bot, "display_name"),
        package=_text(bot, "account_type"),
        url=hide_token(url, account),
        ours=bool(url) and url == _expected(public_url, account),
    )


async def advise(session: aiohttp.ClientSession, account: ZaloBotAccount, *, public_url: str) -> str:
    """The same as one sentence on what is to be done; empty when all is well."""
    try:
        return judge(await look_at(session, account, public_url=public_url), account)
    except SendError as error:
        return str(error)


def judge(state: WebhookState, account: ZaloBotAccount) -> str:
    """One sentence on whether ``state`` is what ``account`` needs; empty when all is well."""
    name = account.account
    if account.mode == "polling":
        return f"a webhook is set: tracuu zalo-bot delete-webhook {name}" if state.url else ""
    if not state.url:
        return f"no webhook is set: tracuu zalo-bot set-webhook {name}"
    return "" if state.ours else f"the webhook leads elsewhere: tracuu zalo-bot set-webhook {name}"


def judge_budget(usage: Usage, account: ZaloBotAccount) -> str:
    """One sentence when little of the budget is left; empty while there is enough."""
    messages, users = percent(usage.messages, account.messages), percent(usage.users, account.users)
    if messages < WARN_AT and users < WARN_AT:
        return ""
    return f"the budget of {usage.month} runs out: {word_budget(usage, account)}"


def word_budget(usage: Usage, account: ZaloBotAccount) -> str:
    """What is used of what there is."""
    return (
        f"{usage.messages} of {account.messages} messages ({usage.received} in, {usage.sent} out),"
        f" {usage.users} of {account.users} people"
    )


def _expected(public_url: str, account: ZaloBotAccount) -> str:
    try:
        return hook_url(public_url, account)
    except ContentError:
        return ""


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""
