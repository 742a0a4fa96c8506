"""``tracuu items``: what signed decisions oblige agencies to publish, and what of it is there."""

import typer

from gateway.commands.items.assigning import add_assigning
from gateway.commands.items.comparing import add_comparing
from gateway.commands.items.importing import add_importing
from gateway.commands.items.listing import add_listing
from gateway.commands.items.proposing import add_proposing


def add_commands(app: typer.Typer) -> None:
    """Add ``items`` to ``app``."""
    items = typer.Typer(help="Catalogue decisions: what must be published, and what is.", no_args_is_help=True)
    add_importing(items)
    add_listing(items)
    add_assigning(items)
    add_comparing(items)
    add_proposing(items)
    app.add_typer(items, name="items")
