"""``tracuu people``: who is an officer or one of the staff, by one-time codes; nobody's code is ever shown again."""

import secrets
from datetime import timedelta
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.members import DAYS, Invitation, Member, Role, make_invitation_code
from bot.core.text import clean
from bot.store import members
from bot.store.engine import Store
from bot.store.members import Guest
from bot.store.vault import KEY_BYTES
from gateway.deployment import read_presences
from gateway.settings import Settings
from gateway.terminal import Terminal, now, print_json, run

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_COMMAND = "command line"
_LONGEST_NAME = 100


def add_commands(app: typer.Typer) -> None:
    """Add ``people`` to ``app``."""
    family = typer.Typer(help="Officers and staff, who are bound by one-time codes.", no_args_is_help=True)
    family.command("invite", help="Make a one-time code for somebody; it is shown this once.")(invite_command)
    family.command("list", help="Who is or was bound, and which invitations are open.")(list_command)
    family.command("unbind", help="End a membership: the address is a stranger's again.")(unbind_command)
    app.add_typer(family, name="people")


def invite_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Whom the code is for, as lists are to show it.")],
    role: Annotated[Role, typer.Option(help="What they are here for.")] = Role.OFFICER,
    account: Annotated[str, typer.Option(help="Where the code counts (zalo-bot/staff); anywhere unless given.")] = "",
    days: Annotated[int, typer.Option(min=1, max=365, help="How long the code counts.")] = DAYS,
    as_json: AsJson = False,
) -> None:
    """Invite somebody."""
    terminal: Terminal = context.obj
    channel, account_name = _place(terminal.settings(), account)
    shown = clean(name).strip()
    if not 1 <= len(shown) <= _LONGEST_NAME:
        raise ContentError(_COMMAND, "NAME", f"must have 1 to {_LONGEST_NAME} characters")
    guest = Guest(name=shown, role=role, channel=channel, account=account_name)
    code, invited_at = make_invitation_code(secrets.token_hex(16)), now()

    async def work() -> Invitation:
        async with terminal.store() as store:
            ends = invited_at + timedelta(days=days)
            return await members.invite(store, guest, code, now=invited_at, expires_at=ends)

    invitation = run(work())
    if as_json:
        print_json({**_describe_invitation(invitation), "code": code})
    else:
        typer.echo(f"{shown}: KÍCH HOẠT {code}")
        typer.echo(f"counts once, until {invitation.expires_at.date().isoformat()}; it is not shown again")


def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List members and open invitations."""
    terminal: Terminal = context.obj

    async def work() -> tuple[list[Member], list[Invitation]]:
        async with terminal.store() as store:
            return await members.list_members(store), await members.list_invitations(store, now=now())

    bound, invited = run(work())
    if as_json:
        people = [_describe(member) for member in bound]
        print_json({"members": people, "invitations": [_describe_invitation(one) for one in invited]})
        return
    for member in bound:
        state = f"left {member.unbound_at:%Y-%m-%d}" if member.unbound_at else "bound"
        typer.echo(f"{member.number}\t{member.name}\t{member.role}\t{member.channel}/{member.account}\t{state}")
    for one in invited:
        where = f"{one.channel}/{one.account}" if one.channel else "anywhere"
        typer.echo(f"–\t{one.name}\t{one.role}\t{where}\tinvited until {one.expires_at:%Y-%m-%d}")
    if not bound and not invited:
        typer.echo("nobody")


def unbind_command(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=1, max=2**62, help="The number that tracuu people list shows.")],
    as_json: AsJson = False,
) -> None:
    """End one membership."""
    terminal: Terminal = context.obj

    async def work() -> Member | None:
        async with terminal.store() as store:
            return await members.unbind(store, number, now=now())

    member = run(work())
    if member is None:
        raise TracuuError(f"there is no member {number}; tracuu people list shows them all")
    if as_json:
        print_json(_describe(member))
    else:
        typer.echo(f"{member.name} is bound no more")


def _place(settings: Settings, account: str) -> tuple[str, str]:
    """Channel and account of ``--account``. Raises ContentError when there is no such account."""
    if not account:
        return "", ""
    channel, _, name = account.partition("/")
    known = read_presences(settings, Store(settings.store_url, bytes(KEY_BYTES), owner=""))
    if (channel, name) not in known:
        there = ", ".join(f"{one}/{other}" for one, other in known)
        raise ContentError(_COMMAND, "--account", f"{account} is not one of {there}")
    return channel, name


def _describe(member: Member) -> dict[str, Any]:
    """The JSON document of a member. The address is not in it."""
    return {
        "number": member.number,
        "name": member.name,
        "role": member.role,
        "channel": member.channel,
        "account": member.account,
        "bound_at": member.bound_at.isoformat(),
        "unbound_at": member.unbound_at.isoformat() if member.unbound_at else None,
    }


def _describe_invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "name": invitation.name,
        "role": invitation.role,
        "channel": invitation.channel,
        "account": invitation.account,
        "invited_at": invitation.invited_at.isoformat(),
        "expires_at": invitation.expires_at.isoformat(),
    }
