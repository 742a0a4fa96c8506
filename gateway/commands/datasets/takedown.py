"""``tracuu datasets hide|unhide``: take a dataset down at once, and let it be seen again."""

from typing import Annotated

import typer

from bot.core.errors import TracuuError
from bot.store.catalogue import entries
from bot.store.takedown import hide, unhide
from gateway.terminal import Terminal, now, print_json, run

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Code = Annotated[str, typer.Argument(help="Code of the dataset.")]


def add_takedown(datasets: typer.Typer) -> None:
    """Add ``hide`` and ``unhide`` to ``datasets``."""
    datasets.command("hide", help="Take a dataset down, at once and until unhide.")(hide_command)
    datasets.command("unhide", help="Undo hide.")(unhide_command)


def hide_command(
    context: typer.Context,
    code: Code,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take a dataset down."""
    changed = run(_hide(context.obj, code, reason))
    _confirm(code, "hidden", changed=changed, as_json=as_json)


def unhide_command(context: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """Show a dataset again."""
    changed = run(_unhide(context.obj, code))
    _confirm(code, "shown", changed=changed, as_json=as_json)


async def _hide(terminal: Terminal, code: str, reason: str) -> bool:
    async with terminal.store() as store:
        if not [entry async for entry in entries(store, code=code)]:
            raise unknown(code)
        return await hide(store, code, now=now(), reason=reason)


async def _unhide(terminal: Terminal, code: str) -> bool:
    async with terminal.store() as store:
        if await unhide(store, code):
            return True
        if not [entry async for entry in entries(store, code=code)]:
            raise unknown(code)
        return False


def unknown(code: str) -> TracuuError:
    """No dataset has that code."""
    return TracuuError(f"no dataset has the code {code}; tracuu datasets list shows them all")


def _confirm(code: str, state: str, *, changed: bool, as_json: bool) -> None:
    if as_json:
        print_json({"code": code, "hidden": state == "hidden", "changed": changed})
    else:
        typer.echo(f"{code} is {state}" if changed else f"{code} was {state} already")
