"""``tracuu ask``: one message, answered in the terminal."""

from pathlib import Path
from typing import Annotated

import typer

from bot.core.accounts import Account
from bot.core.errors import ContentError
from bot.store.conversations import CLI_ACCOUNT
from bot.store.engine import Store
from gateway.asking import Asker, Exchange, describe
from gateway.channel import Encoding
from gateway.database import open_store
from gateway.deployment import build_mind, ensure_catalogue, read_presences
from gateway.forms import FORMS
from gateway.settings import Settings
from gateway.terminal import Clock, Terminal, lines_of, print_json, run, set_clock


def add_commands(app: typer.Typer) -> None:
    """Add ``ask`` to ``app``."""
    app.command("ask", help="Send one message and print the answer.")(ask_command)


def ask_command(
    context: typer.Context,
    text: Annotated[str | None, typer.Argument(help="The message.")] = None,
    batch: Annotated[Path | None, typer.Option(help="File with a message per line, each from somebody new.")] = None,
    channel: Annotated[str, typer.Option(help=f"One of {', '.join(FORMS)}.")] = "web",
    user: Annotated[str | None, typer.Option(help="Who asks; the same id goes on with the talk.")] = None,
    province: Annotated[str, typer.Option(help="Answer only for this province (id) and the whole country.")] = "",
    now: Annotated[str | None, typer.Option(help="Pretend that it is this date and time (ISO).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Ask, through the real store, dispatcher and renderer."""
    if channel not in FORMS:
        raise ContentError("command line", "--channel", f"{channel} is not one of {', '.join(FORMS)}")
    messages, clock = lines_of(text, batch), set_clock(now)
    run(
        _ask(
            context.obj,
            messages,
            channel=channel,
            user=user,
            province=province,
            clock=clock,
            as_json=json or batch is not None,
        )
    )


async def _ask(
    terminal: Terminal,
    messages: list[str],
    *,
    channel: str,
    user: str | None,
    province: str,
    clock: Clock,
    as_json: bool,
) -> None:
    settings = terminal.settings()
    async with open_store(settings, clock=clock) as store:
        each = _price(store, settings, channel=channel)
        asker = await _asker(store, settings, channel=channel, province=province, clock=clock)
        for message in messages:
            exchange = await asker.ask(message, user=user)
            if as_json:
                print_json(describe(exchange, channel=channel, each=each))
            else:
                _print(exchange, numbered=FORMS[channel].buttons)


async def _asker(store: Store, settings: Settings, *, channel: str, province: str, clock: Clock) -> Asker:
    account = Account(channel=channel, name=CLI_ACCOUNT, provinces=(province,) if province else ())
    mind = build_mind(store, settings, {(channel, CLI_ACCOUNT): account}, clock=clock, waits=True)
    await ensure_catalogue(store, settings, clock=clock)
    await mind.library.refresh()
    return Asker(mind, channel=channel)


def _price(store: Store, settings: Settings, *, channel: str) -> int | None:
    """What a segment costs on the first SMS account that has a price; None where ``channel`` is no SMS."""
    if FORMS[channel].encoding is not Encoding.SMS or not any("price" in table for table in settings.accounts):
        return None
    presences = read_presences(settings, store).values()
    prices = (one.account.price for one in presences if one.channel.capabilities.encoding is Encoding.SMS)
    return next((price for price in prices if price is not None), None)


def _print(exchange: Exchange, *, numbered: bool) -> None:
    """The answer as a person sees it; buttons, which a terminal has not, as numbers."""
    for part in exchange.parts:
        typer.echo(part.text)
        for number, choice in enumerate(part.choices if numbered else (), 1):
            typer.echo(f"  {number} {choice.label}")
        if part.link:
            typer.echo(part.link)
