"""``tracuu migrate`` and ``doctor``."""

from typing import Annotated

import typer

from bot.core.errors import TracuuError
from bot.store.migrate import upgrade
from gateway.database import PATIENCE_SECONDS, unprepared_store
from gateway.doctor import examine
from gateway.finding import Finding, Verdict
from gateway.terminal import Terminal, now, print_json, run

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_MARKS = {Verdict.OK: "✓", Verdict.WARN: "!", Verdict.FAIL: "✗"}


class DoctorError(TracuuError):
    """Something that the service cannot work without is wrong."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("migrate", help="Bring the database to this version's schema.")(migrate_command)
    app.command("doctor", help="Say what is configured, reachable and missing.")(doctor_command)


def migrate_command(
    context: typer.Context,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for other processes to end.")] = PATIENCE_SECONDS,
    json: Json = False,
) -> None:
    """Apply what is missing and say what it was."""
    terminal: Terminal = context.obj

    async def work() -> tuple[str, ...]:
        async with unprepared_store(terminal.settings()) as store:
            return await upgrade(store, now=now(), seconds=wait)

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
