"""``tracuu backup`` and ``restore``."""

from pathlib import Path
from typing import Annotated

import typer

from bot.store.backup import Backup, back_up
from bot.store.restore import Restored, restore
from gateway.database import unprepared_store
from gateway.terminal import Terminal, now, print_json, run

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_MEGABYTE = 1_000_000


def add_commands(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("backup", help="Copy the database to a file while the service runs. The key is not in it.")(
        backup_command
    )
    app.command("restore", help="Put a backup into an empty database, of whichever engine.")(restore_command)


def backup_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The SQLite file to be written.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    json: Json = False,
) -> None:
    """Write a backup and say what is in it and what is not."""
    terminal: Terminal = context.obj
    settings = terminal.settings()

    async def work() -> Backup:
        async with unprepared_store(settings) as store:
            return await back_up(store, file, now=now(), force=force)

    backup = run(work())
    if json:
        print_json({"file": str(file), **_document(backup), "key": settings.key_place, "key_inside": False})
        return
    _print_rows(backup)
    typer.echo(f"{file}: {backup.size / _MEGABYTE:.1f} MB, {_moment(backup)}")
    without = "The key is NOT inside, and without it the backup is worth nothing"
    typer.echo(f"{without}: keep a copy of {settings.key_place} in another place.")


def restore_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that tracuu backup wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace everything that the database holds.")] = False,
    json: Json = False,
) -> None:
    """Restore a backup and say what becomes of what was under way."""
    terminal: Terminal = context.obj

    async def work() -> Restored:
        async with unprepared_store(terminal.settings(), new_key=False) as store:
            return await restore(store, file, now=now(), force=force)

    restored = run(work())
    if json:
        counts = {"parked": restored.parked, "unhandled": restored.unhandled}
        print_json({"file": str(file), **_document(restored.backup), **counts})
        return
    _print_rows(restored.backup)
    typer.echo(f"restored {_moment(restored.backup)}; what came later is lost")
    typer.echo(
        f"{restored.parked} messages that still waited may have been sent since: they are parked, see tracuu dead list"
    )
    typer.echo(f"{restored.unhandled} questions without an answer will be answered at the next start")


def _print_rows(backup: Backup) -> None:
    for name, count in backup.rows.items():
        if count:
            typer.echo(f"{count:>12,}  {name}")


def _moment(backup: Backup) -> str:
    return f"the state of {backup.taken_at:%d/%m/%Y %H:%M:%S} UTC"


def _document(backup: Backup) -> dict[str, object]:
    return {"bytes": backup.size, "taken_at": backup.taken_at.isoformat(), "rows": backup.rows}
