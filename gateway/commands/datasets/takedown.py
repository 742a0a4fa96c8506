"""``tracuu datasets hide|unhide|takedowns``: take a dataset down at once, let it be seen again, and who did so."""

import getpass
import os
import sys
from typing import Annotated

import typer

from bot.content import load_content
from bot.core.errors import TracuuError
from bot.core.local_time import VIETNAM
from bot.core.messages import Reply
from bot.store.catalogue import entries
from bot.store.retraction import retract
from bot.store.takedown import Logged, hide, read_log, unhide
from gateway.deployment import DATA
from gateway.terminal import Terminal, now, print_json, run

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Code = Annotated[str, typer.Argument(help="Code of the dataset.")]
Reason = Annotated[str, typer.Option(help="Why, for the record; asked for on a terminal.")]
By = Annotated[str, typer.Option(help="Who wants it, for the record; else the login name.")]


def add_takedown(datasets: typer.Typer) -> None:
    """Add ``hide``, ``unhide`` and ``takedowns`` to ``datasets``."""
    datasets.command("hide", help="Take a dataset down, at once and until unhide.")(hide_command)
    datasets.command("unhide", help="Undo hide.")(unhide_command)
    datasets.command("takedowns", help="What was taken down and shown again, by whom and why; the newest first.")(
        takedowns_command
    )


def hide_command(context: typer.Context, code: Code, reason: Reason = "", by: By = "", as_json: AsJson = False) -> None:
    """Take a dataset down."""
    changed = run(_hide(context.obj, code, reason or _asked(), by or _login()))
    _confirm(code, "hidden", changed=changed, as_json=as_json)


def unhide_command(
    context: typer.Context, code: Code, reason: Reason = "", by: By = "", as_json: AsJson = False
) -> None:
    """Show a dataset again."""
    changed = run(_unhide(context.obj, code, reason or _asked(), by or _login()))
    _confirm(code, "shown", changed=changed, as_json=as_json)


def takedowns_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List everything that was taken down and shown again."""
    logged = run(_log(context.obj))
    if as_json:
        print_json(
            [
                {"at": one.at.isoformat(), "action": one.action, "code": one.code, "by": one.who, "reason": one.why}
                for one in logged
            ]
        )
        return
    for one in logged:
        at = one.at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
        typer.echo("\t".join((at, one.action, one.code, one.who or "–", one.why or "–")))
    if not logged:
        typer.echo("nothing")


async def _hide(terminal: Terminal, code: str, reason: str, by: str) -> bool:
    content = load_content(DATA)

    def whole(language: str) -> Reply:
        return Reply(text=content.say(language, "dataset.hidden"))

    def entry(language: str) -> Reply:
        return Reply(text=content.say(language, "dataset.hidden_entry"))

    async with terminal.store() as store:
        if not [entry async for entry in entries(store, code=code)]:
            raise unknown(code)
        changed = await hide(store, code, now=now(), reason=reason, by=by)
        # also when an earlier one was cut off before this
        await retract(store, code, whole=whole, entry=entry)
        return changed


async def _unhide(terminal: Terminal, code: str, reason: str, by: str) -> bool:
    async with terminal.store() as store:
        if await unhide(store, code, now=now(), reason=reason, by=by):
            return True
        if not [entry async for entry in entries(store, code=code)]:
            raise unknown(code)
        return False


async def _log(terminal: Terminal) -> tuple[Logged, ...]:
    async with terminal.store() as store:
        return await read_log(store)


def unknown(code: str) -> TracuuError:
    """No dataset has that code."""
    return TracuuError(f"no dataset has the code {code}; tracuu datasets list shows them all")


def _asked() -> str:
    """The reason that somebody at a terminal gives; a script is not kept waiting."""
    if not sys.stdin.isatty():
        return ""
    return str(typer.prompt("Reason, for the record", default="", show_default=False, err=True))


def _login() -> str:
    """The name of whoever is logged in; a number where the machine knows no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _confirm(code: str, state: str, *, changed: bool, as_json: bool) -> None:
    if as_json:
        print_json({"code": code, "hidden": state == "hidden", "changed": changed})
    else:
        typer.echo(f"{code} is {state}" if changed else f"{code} was {state} already")
