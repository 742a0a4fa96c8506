"""``tracuu people unbind|revoke``: the end of a membership, and of an invitation that nobody has used."""

from typing import Annotated

import typer

from bot.core.errors import TracuuError
from bot.core.members import Invitation, Member
from bot.store import members
from gateway.commands.people.options import AsJson
from gateway.people.documents import describe_invitation, describe_member
from gateway.terminal import Terminal, now, print_json, run

_Number = Annotated[int, typer.Argument(min=1, max=2**62, help="The number that tracuu people list shows.")]


def add_ending(family: typer.Typer) -> None:
    """Add ``unbind`` and ``revoke`` to ``family``."""
    family.command("unbind", help="End a membership: the address is a stranger's again.")(unbind_command)
    family.command("revoke", help="Close an invitation: its code opens nothing any more.")(revoke_command)


def unbind_command(context: typer.Context, number: _Number, as_json: AsJson = False) -> None:
    """End one membership."""
    terminal: Terminal = context.obj

    async def work() -> Member | None:
        async with terminal.store() as store:
            return await members.unbind(store, number, now=now())

    member = run(work())
    if member is None:
        raise TracuuError(f"there is no member {number}; tracuu people list shows them all")
    if as_json:
        print_json(describe_member(member))
    else:
        typer.echo(f"{member.name} is bound no more")


def revoke_command(context: typer.Context, number: _Number, as_json: AsJson = False) -> None:
    """Close one open invitation."""
    terminal: Terminal = context.obj

    async def work() -> Invitation | None:
        async with terminal.store() as store:
            return await members.revoke(store, number, now=now())

    invitation = run(work())
    if invitation is None:
        raise TracuuError(f"no invitation {number} is open; tracuu people list shows those that are")
    if as_json:
        print_json(describe_invitation(invitation))
    else:
        typer.echo(f"the code for {invitation.name} counts no more")
