"""``tracuu people``: agencies, their officers, staff, and the one-time codes that bind addresses to them."""

import typer

from gateway.commands.people.ending import add_ending
from gateway.commands.people.importing import add_importing
from gateway.commands.people.inviting import add_inviting
from gateway.commands.people.listing import add_listing


def add_commands(app: typer.Typer) -> None:
    """Add ``people`` to ``app``."""
    family = typer.Typer(help="Agencies, officers and staff, who are bound by one-time codes.", no_args_is_help=True)
    add_importing(family)
    add_listing(family)
    add_inviting(family)
    add_ending(family)
    app.add_typer(family, name="people")
