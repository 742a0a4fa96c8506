"""``tracuu calendar show``: every special day with its status and source."""

from datetime import date
from typing import Annotated, Any

import typer

from bot.calendars import DayKind
from bot.core.working_days import DayStatus, SpecialDay, WorkCalendar
from gateway.terminal import Terminal, print_json
from gateway.working_calendar import read_calendar

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Now = Annotated[str | None, typer.Option("--now", help="Pretend it is this time (ISO; Vietnam's unless it says).")]
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def add_showing(calendar: typer.Typer) -> None:
    """Add ``show`` to ``calendar``."""
    calendar.command("show", help="The days off of a year, or of all that are known, with their sources.")(show_command)


def show_command(
    context: typer.Context,
    year: Annotated[int | None, typer.Argument(min=1900, max=9999, help="Only this year.")] = None,
    as_json: AsJson = False,
) -> None:
    """Each day that is not as its weekday: date, off or worked, status, name, source."""
    terminal: Terminal = context.obj
    calendar = read_calendar(terminal.settings())
    days = [special for day, special in sorted(calendar.days.items()) if year in {None, day.year}]
    if as_json:
        print_json({**describe_known(calendar), "days": [describe_day(special) for special in days]})
        return
    for special in days:
        mark = " ?" if special.status is DayStatus.PROVISIONAL else ""
        kind = _kind(off=special.off)
        typer.echo(f"{name_day(special.day)}  {kind:7}  {special.status:11}  {special.name}{mark}  ({special.source})")
    if year is not None and year not in calendar.known:
        typer.echo(f"{year} is not known: weekends, 1/1, 30/4, 1/5 and 2/9 are off, and every deadline is provisional")


def describe_known(calendar: WorkCalendar) -> dict[str, Any]:
    """Which years are known and since when, as part of a JSON document."""
    since = calendar.since if calendar.since > date.min else None
    return {"known": sorted(calendar.known), "since": since.isoformat() if since else None}


def describe_day(special: SpecialDay) -> dict[str, Any]:
    """A day as part of a JSON document."""
    return {
        "date": special.day.isoformat(),
        "weekday": _WEEKDAYS[special.day.weekday()],
        "kind": _kind(off=special.off),
        "name": special.name,
        "status": special.status,
        "source": special.source,
    }


def name_day(day: date) -> str:
    """A day as it stands in a list: with its weekday."""
    return f"{_WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def say_off(*, off: bool) -> str:
    """Whether a day is off, in a word."""
    return "off" if off else "worked"


def _kind(*, off: bool) -> DayKind:
    return DayKind.OFF if off else DayKind.WORKING
