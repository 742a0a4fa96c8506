"""The command line. Exit codes: 0 done, 1 failed with one line on stderr, 2 wrong usage or settings."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.core.errors import ContentError, TracuuError
from gateway.families import Families
from gateway.terminal import Terminal, say

FAILED, WRONG = 1, 2
_INTERRUPTED = 130  # typer's own code for Ctrl-C

app = typer.Typer(
    name="tracuu",
    cls=Families,
    help="Tra cứu: text a question to a province's open-data portal and get the answer itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def start(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Settings file (default: tracuu.toml here, if there is one).")
    ] = None,
) -> None:
    """Hand the global options to the commands."""
    context.obj = Terminal(config=config)


def main() -> None:
    """Run one command and exit."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts a thread per core, for matrices larger than ours
    try:
        app()
    except ContentError as error:
        say(f"tracuu: {error}")
        sys.exit(WRONG)
    except TracuuError as error:
        say(f"tracuu: {error}")
        sys.exit(FAILED)
    except SystemExit as end:
        if end.code != _INTERRUPTED:
            raise
        say("tracuu: stopped before it was done")
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
