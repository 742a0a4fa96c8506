"""``tracuu telegram``: where Telegram posts what people send, and how that goes."""

from collections.abc import Sequence
from typing import Annotated

import aiohttp
import typer

from bot.core.local_time import VIETNAM
from gateway.bots import Bot, Result, carry_out, choose_bots, posted_to, the_only
from gateway.settings import Settings
from gateway.telegram.account import TelegramAccount
from gateway.telegram.webhook import WebhookState, delete_webhook, hook_url, judge, look_at, set_webhook

Account = Annotated[str | None, typer.Argument(help="The account's name in the settings; all of them unless given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def add_commands(app: typer.Typer) -> None:
    """Add ``telegram`` to ``app``."""
    family = typer.Typer(help="Where Telegram posts what people send.", no_args_is_help=True)
    family.command("set-webhook", help="Have Telegram post to service.public_url; what waits there is kept.")(
        set_command
    )
    family.command("delete-webhook", help="Have Telegram post nothing; what waits there is kept.")(delete_command)
    family.command("info", help="What Telegram says about the bot and its webhook.")(info_command)
    app.add_typer(family, name="telegram")


def set_command(context: typer.Context, account: Account = None, as_json: AsJson = False) -> None:
    """Set the webhooks of the accounts that are posted to."""
    settings = context.obj.settings()
    bots = posted_to(_choose(settings, account))
    urls = {bot.account.account: hook_url(settings.service.public_url, bot.account) for bot in bots}

    async def step(session: aiohttp.ClientSession, account: TelegramAccount) -> Result:
        url = urls[account.account]
        await set_webhook(session, account, url)
        return {"account": account.account, "url": url}

    carry_out(settings, bots, step, as_json=as_json)


def delete_command(context: typer.Context, account: Account = None, as_json: AsJson = False) -> None:
    """Delete one webhook."""
    settings = context.obj.settings()
    bots = the_only(_choose(settings, account))

    async def step(session: aiohttp.ClientSession, account: TelegramAccount) -> Result:
        await delete_webhook(session, account)
        return {"account": account.account, "url": ""}

    carry_out(settings, bots, step, as_json=as_json)


def info_command(context: typer.Context, account: Account = None, as_json: AsJson = False) -> None:
    """Say how it goes; exit 1 when Telegram cannot be asked."""
    settings = context.obj.settings()

    async def step(session: aiohttp.ClientSession, account: TelegramAccount) -> Result:
        return describe(await look_at(session, account, public_url=settings.service.public_url), account)

    carry_out(settings, _choose(settings, account), step, as_json=as_json)


def describe(state: WebhookState, account: TelegramAccount) -> Result:
    """The JSON document about one account. The token is not in it."""
    at = state.last_error_at
    return {
        "account": account.account,
        "bot": state.bot,
        "mode": account.mode,
        "url": state.url,
        "ours": state.ours,
        "pending": state.waiting,
        "last_error": state.last_error or None,
        "last_error_at": at.astimezone(VIETNAM).isoformat() if at else None,
        "can_read_all_group_messages": state.reads_groups,
        "advice": judge(state, account) or None,
    }


def _choose(settings: Settings, name: str | None) -> Sequence[Bot[TelegramAccount]]:
    wanted = 'an [[accounts]] table with channel = "telegram", account, token and secret (docs/channels/telegram.md)'
    return choose_bots(settings, TelegramAccount, name, wanted=wanted)
