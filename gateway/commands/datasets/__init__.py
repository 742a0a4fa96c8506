"""``tracuu datasets``: what is published, and what of it is shown."""

import typer

from gateway.commands.datasets.listing import add_listing
from gateway.commands.datasets.masked import add_masked
from gateway.commands.datasets.takedown import add_takedown


def add_commands(app: typer.Typer) -> None:
    """Add ``datasets`` to ``app``."""
    datasets = typer.Typer(help="What is published: list, show, take down, show again.", no_args_is_help=True)
    add_listing(datasets)
    add_masked(datasets)
    add_takedown(datasets)
    app.add_typer(datasets, name="datasets")
