"""What the commands about bots share, whichever provider they are at: choosing them, a step for each, its results."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import aiohttp
import typer

from bot.core.errors import ContentError
from bot.store.engine import Store
from bot.store.vault import KEY_BYTES
from gateway.bot_account import BotAccount
from gateway.channel import Presence
from gateway.deployment import read_presences
from gateway.errors import SendError
from gateway.exchange import Behalf, on_behalf_of
from gateway.outbound import open_sessions
from gateway.outbound_rules import read_rules
from gateway.settings import Settings
from gateway.terminal import print_json, run, say

A = TypeVar("A", bound=BotAccount)
Result = dict[str, Any]
Step = Callable[[aiohttp.ClientSession, A], Awaitable[Result]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot(Generic[A]):
    """One of our accounts at a provider of bots."""

    presence: Presence
    account: A


def choose_bots(settings: Settings, kind: type[A], name: str | None, *, wanted: str) -> Sequence[Bot[A]]:
    """The bots of the settings that are of ``kind``, or the one called ``name``.

    Raises ContentError when there is none; ``wanted`` says what table it would take.
    """
    unopened = Store(settings.store_url, bytes(KEY_BYTES), owner="")
    bots = [
        Bot(presence=presence, account=presence.account)
        for presence in read_presences(settings, unopened).values()
        if isinstance(presence.account, kind)
    ]
    if not bots:
        raise ContentError("settings", "accounts", f"there is no bot; it takes {wanted}")
    chosen = [bot for bot in bots if name in (None, bot.account.account)]
    if not chosen:
        raise ContentError("command line", "ACCOUNT", f"{name} is not one of {_names(bots)}")
    return chosen


def posted_to(bots: Sequence[Bot[A]]) -> Sequence[Bot[A]]:
    """Those that are posted to. Raises ContentError when all of them fetch."""
    posted = [bot for bot in bots if bot.account.mode == "webhook"]
    if not posted:
        raise ContentError("settings", "accounts", 'mode = "polling" fetches updates itself and needs no webhook')
    return posted


def the_only(bots: Sequence[Bot[A]]) -> Sequence[Bot[A]]:
    """``bots``, of which there must be one. Raises ContentError."""
    if len(bots) > 1:
        raise ContentError("command line", "ACCOUNT", f"say which one: {_names(bots)}")
    return bots


def carry_out(settings: Settings, bots: Sequence[Bot[A]], step: Step[A], *, as_json: bool) -> None:
    """Take ``step`` for each of ``bots`` and show its results. Raises the last SendError, after the others had their
    turn.
    """
    failed: list[SendError] = []

    async def work() -> list[Result]:
        done = []
        async with open_sessions(read_rules(settings, [bot.presence for bot in bots])) as session_of:
            for bot in bots:
                try:
                    with on_behalf_of(Behalf(channel=bot.presence.channel.name, account=bot.account.account)):
                        done.append(await step(session_of(bot.presence), bot.account))
                except SendError as error:
                    failed.append(error)
        return done

    done = run(work())
    if as_json:
        print_json(done)
    else:
        _show(done)
    for error in failed[:-1]:
        say(f"tracuu: {error}")
    if failed:
        raise failed[-1]


def _names(bots: Sequence[Bot[A]]) -> str:
    return ", ".join(bot.account.account for bot in bots)


def _show(results: Sequence[Result]) -> None:
    for number, shown in enumerate(results):
        if number:
            typer.echo("")
        for name, value in shown.items():
            typer.echo(f"{name.replace('_', ' ')}: {_written(value)}")


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value in ("", None) else str(value)
