"""What the commands of ``tracuu items`` have in common: options, and the content that they need."""

from datetime import date
from functools import cache
from typing import Annotated

import typer

from bot.core.errors import ContentError
from bot.core.local_time import VIETNAM
from bot.search.item_matching import Matching, load_matching
from bot.search.places import Places, load_places
from gateway.cell import CellError, read_date, tidy
from gateway.deployment import DATA
from gateway.items.reading import Rulebook, load_rulebook
from gateway.items.territory import locate_territory
from gateway.terminal import now

COMMAND = "command line"
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Province = Annotated[str, typer.Option(help="Only this province, today's or a former one.")]
Number = Annotated[str, typer.Option("--decision", help="Only the decision with this number.")]
By = Annotated[str, typer.Option(help="Who says so, for the record: an office, no name is needed.")]
On = Annotated[str, typer.Option(help="The day on which they count (default: today).")]


@cache
def places() -> Places:
    """The provinces."""
    return load_places(DATA / "places")


@cache
def rulebook() -> Rulebook:
    """How annexes are read."""
    return load_rulebook(DATA, places())


@cache
def matching() -> Matching:
    """How items and datasets are compared."""
    return load_matching(DATA / "catalogue", places())


def read_province(text: str) -> str | None:
    """The id of a territory, None when none is given. Raises ContentError."""
    return locate_territory(text, places()).id if text else None


def read_day(text: str, option: str) -> date:
    """A day. Raises ContentError naming ``option``."""
    try:
        day = read_date(text.strip())
    except CellError as error:
        raise ContentError(COMMAND, option, str(error)) from None
    if day is None:
        raise ContentError(COMMAND, option, "must be a date such as 2025-07-01 or 01/07/2025")
    return day


def today() -> date:
    """The day in Việt Nam."""
    return now().astimezone(VIETNAM).date()


def filled(text: str, option: str) -> str:
    """``text`` on one line. Raises ContentError naming ``option`` when nothing is left of it."""
    if not tidy(text):
        raise ContentError(COMMAND, option, "must not be empty")
    return tidy(text)
