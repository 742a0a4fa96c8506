"""``tracuu feed``: the calendars that officers and agencies subscribe to; an address is shown once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError, TracuuError
from bot.register import Register, read_register
from bot.store import feed_tokens
from bot.store.engine import Store
from bot.store.feed_tokens import SECRET_BYTES, FeedToken, make_token
from gateway.rulebook import find_agency, find_rule_set, read_rulebook
from gateway.terminal import Terminal, now, print_json, run

Officer = Annotated[int | None, typer.Option(help="The officer, by the number that tracuu people list shows.")]
AgencyName = Annotated[str, typer.Option("--agency", help="The agency (name or alias).")]
Province = Annotated[str, typer.Option(help="Id or name of the profile that binds the agency.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def add_commands(app: typer.Typer) -> None:
    """Add ``feed`` to ``app``."""
    family = typer.Typer(help="Calendar feeds of officers and agencies.", no_args_is_help=True)
    family.command("new", help="Make a calendar address; it is shown this once.")(new_command)
    family.command("list", help="Every calendar address that is or was, without what opens it.")(list_command)
    family.command("revoke", help="Let addresses open nothing any more, at once.")(revoke_command)
    app.add_typer(family, name="feed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose calendar: an ``officer``'s or an ``agency``'s (ids), called ``name``."""

    officer: int | None
    agency: int | None
    name: str


def new_command(
    context: typer.Context,
    officer: Officer = None,
    agency: AgencyName = "",
    province: Province = "",
    as_json: AsJson = False,
) -> None:
    """Make an address."""
    terminal: Terminal = context.obj
    settings = terminal.settings()

    async def work() -> tuple[Whose, FeedToken, str]:
        async with terminal.store() as store:
            register = await _register(terminal, store)
            whose, token = _whose(register, officer, agency, province), make_token(secrets.token_bytes(SECRET_BYTES))
            ids = {"officer": whose.officer, "agency": whose.agency}
            return whose, await feed_tokens.add_token(store, token, **ids, now=now()), token

    whose, made, token = run(work())
    address = f"{settings.service.public_url.rstrip('/')}/calendar/{token}.ics"
    if as_json:
        print_json({**_describe(made, {made.number: whose.name}), "address": address})
        return
    typer.echo(f"{made.number}\t{whose.name}\t{address}")
    typer.echo("it is not shown again; whoever has it can read these deadlines: tracuu feed revoke ends that")


def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the addresses."""
    terminal: Terminal = context.obj

    async def work() -> tuple[list[FeedToken], Mapping[int, str]]:
        async with terminal.store() as store:
            register, tokens = await _register(terminal, store), await feed_tokens.list_tokens(store)
            return tokens, {token.number: _name(register, token) for token in tokens}

    tokens, names = run(work())
    if as_json:
        print_json({"feeds": [_describe(token, names) for token in tokens]})
        return
    for token in tokens:
        state = "revoked" if token.revoked_at else "counts"
        typer.echo(f"{token.number}\t{names[token.number]}\t{state}\tmade {token.made_at:%Y-%m-%d}")
    if not tokens:
        typer.echo("no calendar addresses")


def revoke_command(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="The number that tracuu feed list shows.")] = None,
    officer: Officer = None,
    agency: AgencyName = "",
    province: Province = "",
    as_json: AsJson = False,
) -> None:
    """Revoke one address, or all of an officer or of an agency."""
    terminal: Terminal = context.obj

    async def work() -> int:
        async with terminal.store() as store:
            if number is not None:
                return await feed_tokens.revoke_tokens(store, number=number, now=now())
            whose = _whose(await _register(terminal, store), officer, agency, province)
            ids = {"officer": whose.officer, "agency": whose.agency}
            return await feed_tokens.revoke_tokens(store, **ids, now=now())

    revoked = run(work())
    if not revoked:
        raise TracuuError("no such address counts; tracuu feed list shows them all")
    if as_json:
        print_json({"revoked": revoked})
    else:
        typer.echo(f"{revoked} calendar addresses open nothing any more")


async def _register(terminal: Terminal, store: Store) -> Register:
    return await read_register(store, read_rulebook(terminal.settings()), agencies=(), now=now())


def _whose(register: Register, officer: int | None, agency: str, province: str) -> Whose:
    """Raises ContentError, which names the option."""
    if (officer is None) == (not agency):
        raise ContentError("command line", "--officer", "name either an officer or an agency")
    if officer is None:
        if not province:
            raise ContentError("command line", "--province", "say of which province the agency is")
        found = find_agency(register, find_rule_set(register.rule_sets, province).id, agency)
        return Whose(officer=None, agency=found.id, name=found.name)
    if officer not in register.officers:
        raise ContentError("command line", "--officer", f"there is no officer {officer}; tracuu people list shows them")
    return Whose(officer=officer, agency=None, name=register.officers[officer].name)


def _name(register: Register, token: FeedToken) -> str:
    if token.agency is not None:
        agency = register.agencies.get(token.agency)
        return agency.name if agency else f"agency {token.agency}"
    officer = register.officers.get(token.officer or 0)
    return officer.name if officer else f"officer {token.officer}"


def _describe(token: FeedToken, names: Mapping[int, str]) -> dict[str, Any]:
    """The JSON document of an address, without what opens it."""
    return {
        "id": token.number,
        "officer": token.officer,
        "agency": token.agency,
        "name": names[token.number],
        "made_at": token.made_at.isoformat(),
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
    }
