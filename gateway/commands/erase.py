"""``tracuu erase``: forget a person."""

from collections import Counter
from itertools import chain
from typing import Annotated

import typer

from bot.core.errors import ContentError
from bot.core.messages import Address
from bot.store.erasure import erase, places
from gateway.deployment import find_channels
from gateway.forms import FORMS
from gateway.kinship import kin_of
from gateway.quarantine import forget
from gateway.terminal import Terminal, now, print_json, run


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
    known = read_address(address)
    accounts = [(str(one.get("channel")), str(one.get("account"))) for one in terminal.settings().accounts]

    async def work() -> Counter[str]:
        erased: Counter[str] = Counter()
        async with terminal.store() as store:
            store.vault.kin = kin_of(find_channels(), [*accounts, *await places(store)])
            for one in known:
                erased.update(await erase(store, one, now=now()))
            for one in dict.fromkeys(chain.from_iterable(map(store.vault.kin, known))):
                erased["quarantine"] += await forget(store, one)
        return +erased

    erased = run(work())
    if json:
        print_json({"erased": erased})
    else:
        typer.echo(", ".join(f"{name} {count}" for name, count in erased.items()) or "nothing was stored")


def read_address(text: str) -> tuple[Address, ...]:
    """The addresses of the person whom ``channel:account:user`` names. Raises ContentError when it is no address."""
    name, _, rest = text.partition(":")
    account, _, user = rest.partition(":")
    if not (name and account and user):
        raise ContentError("command line", "ADDRESS", "is not of the form channel:account:user")
    channels = find_channels()
    known = {*channels, *FORMS}  # tracuu ask talks on the forms
    if name not in known:
        raise ContentError("command line", "ADDRESS", f"{name} is not one of {', '.join(sorted(known))}")
    address = Address(channel=name, account=account, user=user)
    return channels[name].known_as(address) if name in channels else (address,)
