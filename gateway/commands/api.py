"""``tracuu api``: the keys with which programs read data that are not for everybody; none is ever shown again."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.text import clean
from bot.store import api_keys
from bot.store.api_keys import SECRET_BYTES, ApiKey, make_key
from gateway.terminal import Terminal, now, print_json, run

KEY_UNITS = 1200
"""Units a minute of a key, unless another number is given."""
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_LONGEST_NAME = 100


def add_commands(app: typer.Typer) -> None:
    """Add ``api`` to ``app``."""
    family = typer.Typer(help="Keys of the public API.", no_args_is_help=True)
    family.command("add", help="Make a key for a program; it is shown this once.")(add_command)
    family.command("list", help="Every key that is or was, and when it was used last.")(list_command)
    family.command("revoke", help="Let a key count no more, at once.")(revoke_command)
    app.add_typer(family, name="api")


def add_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Whose key it is: an office, a firm, a project.")],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="How long it counts; no end unless given.")] = None,
    units: Annotated[int, typer.Option(min=1, max=1_000_000, help="Units a minute.")] = KEY_UNITS,
    as_json: AsJson = False,
) -> None:
    """Make a key."""
    terminal: Terminal = context.obj
    shown, made_at = clean(name).strip(), now()
    if not 1 <= len(shown) <= _LONGEST_NAME:
        raise ContentError("command line", "NAME", f"must have 1 to {_LONGEST_NAME} characters")
    expires_at = None if days is None else made_at + timedelta(days=days)

    async def work() -> tuple[str, ApiKey]:
        async with terminal.store() as store:
            key = make_key(store.vault, secrets.token_bytes(SECRET_BYTES))
            return key, await api_keys.add_key(store, key, name=shown, rate=units, now=made_at, expires_at=expires_at)

    key, added = run(work())
    if as_json:
        print_json({**_describe(added, made_at), "key": key})
    else:
        typer.echo(f"{added.number}\t{added.name}\t{key}")
        typer.echo("it is not shown again; programs send it as: Authorization: Bearer <key>")


def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the keys."""
    terminal: Terminal = context.obj

    async def work() -> list[ApiKey]:
        async with terminal.store() as store:
            return await api_keys.list_keys(store)

    keys, moment = run(work()), now()
    if as_json:
        print_json({"keys": [_describe(key, moment) for key in keys]})
        return
    for key in keys:
        state = "counts" if key.counts(moment) else "revoked" if key.revoked_at else "over"
        typer.echo(f"{key.number}\t{key.name}\t{state}\t{key.rate}/min\tused {key.used_on or 'never'}")
    if not keys:
        typer.echo("no keys")


def revoke_command(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=1, max=2**62, help="The number that tracuu api list shows.")],
    as_json: AsJson = False,
) -> None:
    """Revoke one key."""
    terminal: Terminal = context.obj

    async def work() -> ApiKey | None:
        async with terminal.store() as store:
            return await api_keys.revoke_key(store, number, now=now())

    key = run(work())
    if key is None:
        raise TracuuError(f"there is no key {number}; tracuu api list shows them all")
    if as_json:
        print_json(_describe(key, now()))
    else:
        typer.echo(f"{key.name}: the key counts no more")


def _describe(key: ApiKey, moment: datetime) -> dict[str, Any]:
    """The JSON document of a key, without the key."""
    return {
        "id": key.number,
        "name": key.name,
        "units": key.rate,
        "counts": key.counts(moment),
        "made_at": key.made_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
        "used_on": key.used_on,
    }
