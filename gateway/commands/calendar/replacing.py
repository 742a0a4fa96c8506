"""``tracuu calendar replace``: take over the announced days of a year, and say first which deadlines move."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.core.local_time import local_day
from bot.core.obligations.moving import MovedDuty
from bot.core.obligations.obligation import Obligation
from bot.register import Register, read_register
from gateway.calendar_replacing import ChangedDay, Replacement, find_moved_duties, install, prepare
from gateway.commands.calendar.showing import AsJson, Now, describe_day, name_day, say_off
from gateway.rulebook import read_rulebook
from gateway.terminal import Terminal, print_json, run, set_clock


def add_replacing(calendar: typer.Typer) -> None:
    """Add ``replace`` to ``calendar``."""
    calendar.command("replace", help="Put a file in place of its year; says first which deadlines move.")(
        replace_command
    )


def replace_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The whole year, in the form of data/calendars.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    moment: Now = None,
    as_json: AsJson = False,
) -> None:
    """List every day and every deadline of the next fourteen months that changes, then install the file."""
    terminal: Terminal = context.obj
    settings = terminal.settings()
    found = prepare(settings, file)
    register, moved = run(_find(terminal, found, set_clock(moment)()))
    target = None if dry_run else install(settings, file, found.year)
    if as_json:
        print_json(
            {
                "year": found.year,
                "installed": str(target) if target else None,
                "days": [_describe_change(change) for change in found.days],
                "moved": [_describe_moved(each, register) for each in moved],
            }
        )
        return
    for line in (*_say_days(found), *_say_moved(moved, register)):
        typer.echo(line)
    typer.echo(f"installed as {target}" if target else "nothing was installed")


async def _find(terminal: Terminal, found: Replacement, at: datetime) -> tuple[Register, list[MovedDuty]]:
    rulebook = read_rulebook(terminal.settings())
    async with terminal.store() as store:
        register = await read_register(store, rulebook, now=at)
    return register, find_moved_duties(register, found.calendar, today=local_day(at))


def _say_days(found: Replacement) -> Iterator[str]:
    yield f"{len(found.days)} days of {found.year} change"
    for change in found.days:
        before, after = say_off(off=change.before), say_off(off=change.after)
        became = f"{before} → {after}" if before != after else f"{after} as before"
        yield f"  {name_day(change.day)}: {became} ({change.special.status if change.special else 'no special day'})"


def _say_moved(moved: list[MovedDuty], register: Register) -> Iterator[str]:
    yield f"{len(moved)} deadlines of the next 14 months move; whatever was sent of them is not sent again"
    for each in moved:
        old, new = each.before, each.after
        name = " · ".join(filter(None, (new.province, new.rule.id, _bearer(new, register), new.subject.title)))
        legal = f"{old.legal_due or '–'} → {new.legal_due or '–'}"
        yield f"  {name} · {new.period}: nominal {old.nominal_due} → {new.nominal_due}, legal {legal}"


def _bearer(duty: Obligation, register: Register) -> str:
    agency = register.agencies.get(duty.agency) if duty.agency is not None else None
    return agency.name if agency else duty.owner


def _describe_change(change: ChangedDay) -> dict[str, Any]:
    told = {"date": change.day.isoformat(), "before": say_off(off=change.before), "after": say_off(off=change.after)}
    return {**told, "row": describe_day(change.special) if change.special else None}


def _describe_moved(moved: MovedDuty, register: Register) -> dict[str, Any]:
    old, new = moved.before, moved.after
    return {
        "province": new.province,
        "rule": new.rule.id,
        "article": new.rule.article,
        "agency": _bearer(new, register) or None,
        "item": new.subject.title,
        "period": new.period,
        "nominal_due": {"before": old.nominal_due.isoformat(), "after": new.nominal_due.isoformat()},
        "legal_due": {
            "before": old.legal_due.isoformat() if old.legal_due else None,
            "after": new.legal_due.isoformat() if new.legal_due else None,
        },
    }
