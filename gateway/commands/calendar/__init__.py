"""``tracuu calendar``: the days off by which deadlines are computed."""

import typer

from gateway.commands.calendar.checking import add_checking
from gateway.commands.calendar.replacing import add_replacing
from gateway.commands.calendar.showing import add_showing


def add_commands(app: typer.Typer) -> None:
    """Add ``calendar`` to ``app``."""
    calendar = typer.Typer(help="Days off and Saturdays that are worked, with their sources.", no_args_is_help=True)
    add_showing(calendar)
    add_checking(calendar)
    add_replacing(calendar)
    app.add_typer(calendar, name="calendar")
