"""``tracuu erase``: forget a person."""

from typing import Annotated

import typer

from bot.core.errors import ContentError
from bot.core.messages import Address
from bot.store.erasure import erase
from gateway.deployment import find_channels
from gateway.forms import FORMS
from gateway.phone import read_mobile
from gateway.quarantine import forget
from gateway.terminal import Terminal, now, print_json, run

BY_PHONE = ("kannel", "sms")
"""Channels on which a person is a phone number, however it is written."""


def add_commands(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("erase", help="Forget everything that is stored about a person.")(erase_command)


def erase_command(
    context: typer.Context,
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="channel:account:user, as in kannel:8179:0901000001")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Erase a person and say how many rows of which table that were; nothing is not a failure."""
    terminal: Terminal = context.obj
    whom = read_address(address)

    async def work() -> dict[str, int]:
        async with terminal.store() as store:
            erased = dict(await erase(store, whom, now=now()))
            aside = await forget(store, whom)
        return erased | ({"quarantine": aside} if aside else {})

    erased = run(work())
    if json:
        print_json({"erased": erased})
    else:
        typer.echo(", ".join(f"{name} {count}" for name, count in erased.items()) or "nothing was stored")


def read_address(text: str) -> Address:
    """The address that ``channel:account:user`` names. Raises ContentError when it is none."""
    channel, _, rest = text.partition(":")
    account, _, user = rest.partition(":")
    if not (channel and account and user):
        raise ContentError("command line", "ADDRESS", "is not of the form channel:account:user")
    known = {*find_channels(), *FORMS}  # tracuu ask talks on the forms
    if channel not in known:
        raise ContentError("command line", "ADDRESS", f"{channel} is not one of {', '.join(sorted(known))}")
    if channel in BY_PHONE:
        user = read_mobile(user) or user
    return Address(channel=channel, account=account, user=user)
