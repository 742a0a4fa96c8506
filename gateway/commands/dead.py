"""``tracuu dead``: what was given up or not understood."""

from collections import Counter
from typing import Annotated

import typer

from bot.core.errors import ContentError, TracuuError
from bot.store import dead
from bot.store.dead import DeadLetter
from bot.store.engine import Store
from gateway.deployment import read_presences
from gateway.quarantine import replay
from gateway.settings import Settings
from gateway.terminal import Terminal, now, print_json, run, say

_QUEUED = "is queued again"
_HIGHEST = 2**63 - 1  # of a number in the database


def add_commands(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    letters = typer.Typer(help="Messages that were given up, and events not understood.", no_args_is_help=True)
    letters.command("list", help="What waits for an operator, and why.")(list_command)
    letters.command("replay", help="Try some again.")(replay_command)
    app.add_typer(letters, name="dead")


def list_command(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """List dead letters; no person and no text is shown."""
    terminal: Terminal = context.obj

    async def work() -> list[DeadLetter]:
        async with terminal.store() as store:
            return await dead.list_dead(store)

    letters = run(work())
    for kind, count in Counter(letter.kind for letter in letters).items():
        if count == dead.LISTED:
            say(f"tracuu: only the newest {count} of {kind} are shown")
    if json:
        print_json([_line(letter) for letter in letters])
        return
    for letter in letters:
        since = f"{letter.since:%d/%m/%Y %H:%M} UTC" if letter.since else ""
        typer.echo(f"{letter.kind} {letter.id}  {letter.channel}/{letter.account}  {since}  {letter.reason}")
    if not letters:
        typer.echo("nothing")


def replay_command(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="inbox, outbox or quarantine")],
    numbers: Annotated[list[int], typer.Argument(min=1, max=_HIGHEST, help="the numbers that dead list shows")],
) -> None:
    """Queue dead letters again, read events again that were not understood; stops at the first failure."""
    terminal: Terminal = context.obj
    if kind not in ("inbox", "outbox", "quarantine"):
        raise ContentError("command line", "KIND", f"{kind} is not one of inbox, outbox, quarantine")

    async def work() -> None:
        async with terminal.store() as store:
            for number in numbers:
                outcome = await _replay(store, terminal.settings(), kind, number)
                if outcome is None:
                    raise TracuuError(f"there is no dead letter {kind} {number}")
                typer.echo(f"{kind} {number} {outcome}")

    run(work())


async def _replay(store: Store, settings: Settings, kind: str, number: int) -> str | None:
    """What became of the letter, None when there is none."""
    if kind == "inbox":
        return _QUEUED if await dead.replay_inbox(store, number, now=now()) else None
    if kind == "outbox":
        return _QUEUED if await dead.replay_outbox(store, number, now=now()) else None
    parsed = await replay(store, number, read_presences(settings, store), clock=now)
    return None if parsed is None else f"held {len(parsed.messages)} messages and {len(parsed.receipts)} receipts"


def _line(letter: DeadLetter) -> dict[str, object]:
    return {
        "kind": letter.kind,
        "id": letter.id,
        "channel": letter.channel,
        "account": letter.account,
        "reason": letter.reason,
        "since": letter.since.isoformat() if letter.since else None,
    }
