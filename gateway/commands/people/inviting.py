"""``tracuu people invite``: one-time codes for one person, or for all officers who are not bound yet."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.members import DAYS, Invitation, Role, make_invitation_code
from bot.core.obligations.agency import Officer, same_name
from bot.core.text import clean
from bot.store import members
from bot.store.engine import Store
from bot.store.members import Guest
from bot.store.vault import KEY_BYTES
from gateway.commands.people.options import COMMAND, AsJson, Everybody, Province, read_everybody, today
from gateway.deployment import read_presences
from gateway.people.documents import describe_invitation
from gateway.people.survey import serves
from gateway.settings import Settings
from gateway.terminal import Terminal, now, print_json, run

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guest:
    """Whom to invite; ``agencies`` are the names of those in which an officer has a post."""

    guest: Guest
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Invited:
    """An invitation and its code, which is shown this once."""

    invitation: Invitation
    code: str
    agencies: tuple[str, ...]

    def __str__(self) -> str:
        whose = f" ({', '.join(self.agencies)})" if self.agencies else ""
        return f"{self.invitation.name}{whose}: KÍCH HOẠT {self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Whom to invite, and for how long the codes count: ``officer`` (an id) or ``name`` – an officer's where ``agency``
    is given –, or everybody who is not bound (``unbound``) in ``province``; ``again`` also who has a code already."""

    name: str
    agency: str
    officer: int
    role: Role
    place: tuple[str, str]
    days: int
    unbound: bool
    again: bool
    province: str


def add_inviting(family: typer.Typer) -> None:
    """Add ``invite`` to ``family``."""
    family.command("invite", help="Make one-time codes; each is shown this once.")(invite_command)


def invite_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Whom the code is for, as lists are to show it.")] = "",
    role: Annotated[Role, typer.Option(help="What they are here for.")] = Role.OFFICER,
    account: Annotated[str, typer.Option(help="Where the code counts (zalo-bot/staff); anywhere unless given.")] = "",
    days: Annotated[int, typer.Option(min=1, max=365, help="How long the code counts.")] = DAYS,
    officer: Annotated[int, typer.Option(min=0, help="The id of an officer that tracuu people list shows.")] = 0,
    agency: Annotated[str, typer.Option(help="The officer called NAME in this agency.")] = "",
    all_unbound: Annotated[bool, typer.Option(help="Every officer in a post who is not bound yet.")] = False,
    again: Annotated[bool, typer.Option(help="With --all-unbound: also who has a code already, which ends.")] = False,
    province: Province = "",
    as_json: AsJson = False,
) -> None:
    """Invite somebody."""
    terminal: Terminal = context.obj
    shown = clean(name).strip()
    if bool(shown) + bool(officer) + all_unbound != 1:
        raise ContentError(COMMAND, "NAME", "give a name, or --officer, or --all-unbound")
    if shown and len(shown) > _LONGEST_NAME:
        raise ContentError(COMMAND, "NAME", f"must have 1 to {_LONGEST_NAME} characters")
    order = _Order(
        name=shown,
        agency=agency,
        officer=officer,
        role=role,
        place=_place(terminal.settings(), account),
        days=days,
        unbound=all_unbound,
        again=again,
        province=province,
    )
    invited = run(_invite(terminal, order))
    if as_json:
        documents: list[dict[str, Any]] = [
            {**describe_invitation(one.invitation), "agencies": list(one.agencies), "code": one.code} for one in invited
        ]
        print_json({"invitations": documents} if all_unbound else documents[0])
        return
    for one in invited:
        typer.echo(str(one))
    if invited:
        ends = invited[0].invitation.expires_at.date().isoformat()
        typer.echo(f"counts once, until {ends}; it is not shown again")
    else:
        typer.echo("everybody is bound or has a code; --again makes new codes")


async def _invite(terminal: Terminal, order: _Order) -> list[_Invited]:
    async with terminal.store() as store:
        made = []
        for each in await _guests(store, order):
            code, invited_at = make_invitation_code(secrets.token_hex(16)), now()
            ends = invited_at + timedelta(days=order.days)
            invitation = await members.invite(store, each.guest, code, now=invited_at, expires_at=ends)
            made.append(_Invited(invitation=invitation, code=code, agencies=each.agencies))
        return made


async def _guests(store: Store, order: _Order) -> Sequence[_Guest]:
    channel, account = order.place
    if order.name and not order.agency:
        return [_Guest(guest=Guest(name=order.name, role=order.role, channel=channel, account=account))]
    everybody = (await read_everybody(store)).of_province(order.province)
    if order.unbound:
        chosen = await _unbound(store, everybody, again=order.again)
    else:
        chosen = [_find_officer(everybody, order)]
    return [
        _Guest(
            guest=Guest(name=one.name, role=Role.OFFICER, channel=channel, account=account, officer=one.id),
            agencies=everybody.name_agencies(one),
        )
        for one in chosen
    ]


async def _unbound(store: Store, everybody: Everybody, *, again: bool) -> list[Officer]:
    """Who is in a post, now or later, and has no address; unless ``again`` without those who have a code."""
    open_ = {one.officer for one in await members.list_invitations(store, now=now())}
    return [
        officer
        for officer in everybody.officers.values()
        if serves(officer, today()) and officer.id not in everybody.bound and (again or officer.id not in open_)
    ]


def _find_officer(everybody: Everybody, order: _Order) -> Officer:
    """The one officer whom ``order`` names. Raises TracuuError when there is none, or more than one."""
    if order.officer:
        if order.officer not in everybody.officers:
            raise TracuuError(f"there is no officer {order.officer}; tracuu people list shows them all")
        return everybody.officers[order.officer]
    agencies = [
        agency.id
        for agency in everybody.agencies.values()
        if any(same_name(order.agency, name) for name in (agency.name, *agency.aliases))
    ]
    found = [
        officer
        for officer in everybody.officers.values()
        if same_name(order.name, officer.name) and any(post.agency in agencies for post in officer.posts)
    ]
    if len(found) != 1:
        count = "several officers are" if found else "no officer is"
        raise TracuuError(f"{count} called {order.name} in {order.agency}; name one by --officer")
    return found[0]


def _place(settings: Settings, account: str) -> tuple[str, str]:
    """Channel and account of ``--account``. Raises ContentError when there is no such account."""
    if not account:
        return "", ""
    channel, _, name = account.partition("/")
    known = read_presences(settings, Store(settings.store_url, bytes(KEY_BYTES), owner=""))
    if (channel, name) not in known:
        there = ", ".join(f"{one}/{other}" for one, other in known)
        raise ContentError(COMMAND, "--account", f"{account} is not one of {there}")
    return channel, name
