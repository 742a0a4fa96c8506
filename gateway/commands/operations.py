"""``tracuu migrate``, ``doctor`` and ``dead``."""

from typing import Annotated

import typer

from bot.core.errors import ContentError, TracuuError
from bot.store import dead
from bot.store.dead import DeadLetter
from bot.store.migrate import migrate
from gateway.doctor import Finding, Verdict, examine
from gateway.terminal import Terminal, now, print_json, run

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_MARKS = {Verdict.OK: "✓", Verdict.WARN: "!", Verdict.FAIL: "✗"}
_REPLAY = {"inbox": dead.replay_inbox, "outbox": dead.replay_outbox}


class DoctorError(TracuuError):
    """Something that the service cannot work without is wrong."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("migrate", help="Bring the database to this version's schema.")(migrate_command)
    app.command("doctor", help="Say what is configured, reachable and missing.")(doctor_command)
    letters = typer.Typer(help="Messages that were given up.", no_args_is_help=True)
    letters.command("list", help="What waits for an operator, and why.")(list_command)
    letters.command("replay", help="Try one again.")(replay_command)
    app.add_typer(letters, name="dead")


def migrate_command(context: typer.Context, json: Json = False) -> None:
    """Apply what is missing and say what it was."""
    terminal: Terminal = context.obj

    async def work() -> tuple[str, ...]:
        async with terminal.store(prepare=False) as store:
            return await migrate(store, now=now())

    applied = run(work())
    if json:
        print_json({"applied": list(applied)})
    else:
        typer.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do")


def doctor_command(context: typer.Context, json: Json = False) -> None:
    """Look at everything; exit 1 when something fails."""
    terminal: Terminal = context.obj

    async def work() -> list[Finding]:
        return [finding async for finding in examine(terminal.settings(), clock=now)]

    findings = run(work())
    if json:
        print_json([{"name": one.name, "verdict": one.verdict, "detail": one.detail} for one in findings])
    else:
        for one in findings:
            typer.echo(f"{_MARKS[one.verdict]} {one.name}: {one.detail}")
    failed = [one.name for one in findings if one.verdict is Verdict.FAIL]
    if failed:
        raise DoctorError(f"{', '.join(failed)} must be mended first")


def list_command(context: typer.Context, json: Json = False) -> None:
    """List dead letters; no person and no text is shown."""
    terminal: Terminal = context.obj

    async def work() -> list[DeadLetter]:
        async with terminal.store() as store:
            return await dead.list_dead(store)

    letters = run(work())
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
    kind: Annotated[str, typer.Argument(help="inbox or outbox")],
    number: Annotated[int, typer.Argument(help="the number that dead list shows")],
) -> None:
    """Put one dead letter back into its queue."""
    terminal: Terminal = context.obj
    replay = _REPLAY.get(kind)
    if replay is None:
        raise ContentError("command line", "KIND", f"{kind} is not one of {', '.join(_REPLAY)}")

    async def work() -> bool:
        async with terminal.store() as store:
            return await replay(store, number, now=now())

    if not run(work()):
        raise TracuuError(f"there is no dead letter {kind} {number}")
    typer.echo(f"{kind} {number} is queued again")


def _line(letter: DeadLetter) -> dict[str, object]:
    return {
        "kind": letter.kind,
        "id": letter.id,
        "channel": letter.channel,
        "account": letter.account,
        "reason": letter.reason,
        "since": letter.since.isoformat() if letter.since else None,
    }
