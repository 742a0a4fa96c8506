"""``tracuu calendar check``: where the package ``holidays`` says something else, and what is not certain yet."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

import typer

from bot.core.local_time import local_day
from gateway.calendar_check import Difference, compare, package_version
from gateway.calendar_state import CalendarState, look_at
from gateway.commands.calendar.showing import AsJson, Now, describe_day, describe_known, name_day, say_off
from gateway.terminal import Terminal, print_json, set_clock
from gateway.working_calendar import read_calendar


def add_checking(calendar: typer.Typer) -> None:
    """Add ``check`` to ``calendar``."""
    calendar.command("check", help="Compare with the package holidays; what is provisional, and what is missing.")(
        check_command
    )


def check_command(context: typer.Context, moment: Now = None, as_json: AsJson = False) -> None:
    """Every known year against the package. Differences are information: the exit code is 0."""
    terminal: Terminal = context.obj
    calendar = read_calendar(terminal.settings())
    state, differences = look_at(calendar, local_day(set_clock(moment)())), list(compare(calendar))
    if as_json:
        print_json(
            {
                **describe_known(calendar),
                "known_until": state.until.isoformat() if state.until else None,
                "days_left": state.left,
                "alarms": [alarm.sentence for alarm in state.alarms],
                "provisional": [describe_day(special) for special in state.provisional],
                "package": package_version(),
                "differences": [_describe(difference) for difference in differences],
            }
        )
        return
    for line in (*_say_state(state), *_say(differences)):
        typer.echo(line)


def _say_state(state: CalendarState) -> Iterator[str]:
    if state.until:
        yield f"known until {name_day(state.until)}, {state.left} days from today"
    for source, together in groupby(state.provisional, key=attrgetter("source")):
        yield f"? provisional: {source}"
        yield from (f"    {name_day(special.day)}  {special.name}" for special in together)
    for alarm in state.alarms:
        yield f"! {alarm.sentence}"


def _say(differences: list[Difference]) -> Iterator[str]:
    version = package_version()
    yield f"{len(differences)} days on which the package holidays {version} says something else"
    for each in differences:
        ours, theirs = say_off(off=each.off), say_off(off=each.package.off)
        row = f" ({each.special.name}; {each.special.source})" if each.special else ""
        named = f" ({each.package.name})" if each.package.name else ""
        why = f"known: {each.explained}" if each.explained else "nobody has looked into this: who is right?"
        yield f"≠ {name_day(each.day)}: the calendar says {ours}{row}, the package {theirs}{named} – {why}"


def _describe(difference: Difference) -> dict[str, Any]:
    special = difference.special
    return {
        "date": difference.day.isoformat(),
        "calendar": say_off(off=difference.off),
        "name": special.name if special else None,
        "source": special.source if special else None,
        "package": say_off(off=difference.package.off),
        "package_name": difference.package.name or None,
        "known": bool(difference.explained),
        "reason": difference.explained or None,
    }
