"""``tracuu zalo-bot``: where Zalo's Bot Platform posts what officers send, and what is left of a bot's budget."""

from collections.abc import Sequence
from typing import Annotated

import aiohttp
import typer

from bot.store import budget
from bot.store.budget import Ledger
from gateway.bots import Bot, Result, carry_out, choose_bots, posted_to, the_only
from gateway.database import open_store
from gateway.settings import Settings
from gateway.terminal import now
from gateway.zalo_bot.account import NAME, ZaloBotAccount
from gateway.zalo_bot.webhook import delete_webhook, hook_url, judge, judge_budget, look_at, set_webhook

Account = Annotated[str | None, typer.Argument(help="The account's name in the settings; all of them unless given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def add_commands(app: typer.Typer) -> None:
    """Add ``zalo-bot`` to ``app``."""
    family = typer.Typer(help="Where Zalo's Bot Platform posts what officers send.", no_args_is_help=True)
    family.command("set-webhook", help="Have Zalo post to service.public_url.")(set_command)
    family.command("delete-webhook", help="Have Zalo post nothing.")(delete_command)
    family.command("info", help="What Zalo says about the bot, and what is used of its budget.")(info_command)
    app.add_typer(family, name="zalo-bot")


def set_command(context: typer.Context, account: Account = None, as_json: AsJson = False) -> None:
    """Set the webhooks of the accounts that are posted to."""
    settings = context.obj.settings()
    bots = posted_to(_choose(settings, account))
    urls = {bot.account.account: hook_url(settings.service.public_url, bot.account) for bot in bots}

    async def step(session: aiohttp.ClientSession, account: ZaloBotAccount) -> Result:
        url = urls[account.account]
        checked = await set_webhook(session, account, url)
        return {"account": account.account, "url": url, "verification": checked or None}

    carry_out(settings, bots, step, as_json=as_json)


def delete_command(context: typer.Context, account: Account = None, as_json: AsJson = False) -> None:
    """Delete one webhook."""
    settings = context.obj.settings()
    bots = the_only(_choose(settings, account))

    async def step(session: aiohttp.ClientSession, account: ZaloBotAccount) -> Result:
        await delete_webhook(session, account)
        return {"account": account.account, "url": ""}

    carry_out(settings, bots, step, as_json=as_json)


def info_command(context: typer.Context, account: Account = None, as_json: AsJson = False) -> None:
    """Say how it goes; exit 1 when Zalo cannot be asked."""
    settings = context.obj.settings()

    async def step(session: aiohttp.ClientSession, account: ZaloBotAccount) -> Result:
        return await _look(settings, session, account)

    carry_out(settings, _choose(settings, account), step, as_json=as_json)


async def _look(settings: Settings, session: aiohttp.ClientSession, account: ZaloBotAccount) -> Result:
    """The JSON document about one account. The token is not in it."""
    state = await look_at(session, account, public_url=settings.service.public_url)
    async with open_store(settings, clock=now) as store:
        usage = await budget.look(store, Ledger(channel=NAME, account=account.account), now=now())
    return {
        "account": account.account,
        "bot": state.bot,
        "package": state.package,
        "mode": account.mode,
        "url": state.url,
        "ours": state.ours,
        "month": usage.month,
        "received": usage.received,
        "sent": usage.sent,
        "messages": account.messages,
        "people": usage.users,
        "places": account.users,
        "advice": judge(state, account) or judge_budget(usage, account) or None,
    }


def _choose(settings: Settings, name: str | None) -> Sequence[Bot[ZaloBotAccount]]:
    wanted = 'an [[accounts]] table with channel = "zalo-bot", account, token and secret (docs/channels/zalo-bot.md)'
    return choose_bots(settings, ZaloBotAccount, name, wanted=wanted)
