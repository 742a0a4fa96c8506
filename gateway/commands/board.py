"""``tracuu board``: which agency has done what of a month's duties, in the terminal."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.core.errors import ContentError
from bot.core.local_time import local_day
from bot.core.obligations.profile import RuleSet
from bot.core.text import fold
from bot.notify.portals import portal_province
from bot.register import Register, read_register
from bot.reports.agency_table import AgencyRow, AgencyTable, agency_table
from bot.reports.table_words import load_table_words
from bot.rulebook import Rulebook, load_rulebook
from bot.search.places import load_places
from bot.store.outages import down_days
from gateway.board import draw
from gateway.deployment import DATA
from gateway.language import Language
from gateway.terminal import Terminal, print_json, run, set_clock

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_REACH = timedelta(days=400)
"""How long before the day on which it is due a duty may have begun: a year and its grace."""


def add_commands(app: typer.Typer) -> None:
    """Add ``board`` to ``app``."""
    app.command("board", help="Which agency has done what of a month's duties.")(board_command)


def board_command(
    context: typer.Context,
    province: Annotated[str, typer.Option(help="The profile whose rules count: its id or name.")],
    month: Annotated[str, typer.Option(help="The month in which it is due, as 2026-11 (default: this month).")] = "",
    language: Annotated[Language, typer.Option(help="In which language.")] = Language.VI,
    now: Annotated[str | None, typer.Option(help="Replaces the clock (ISO).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Draw the agencies with their figures; how these are counted stands in docs/deadlines.md."""
    moment = set_clock(now)()
    terminal: Terminal = context.obj
    rulebook = load_rulebook(DATA, terminal.settings().calendar_folder)
    rules = _find(rulebook, province)
    first, last = _span(month or f"{local_day(moment):%Y-%m}")
    register, table = run(_read(terminal, rulebook, rules, first, last, moment))
    confirmed = rules.id in register.confirmed
    if as_json:
        print_json(_describe(table, rules, confirmed=confirmed))
    else:
        draw(table, rules, load_table_words(DATA / "reports", language), Console(), confirmed=confirmed)


async def _read(
    terminal: Terminal, rulebook: Rulebook, rules: RuleSet, first: date, last: date, now: datetime
) -> tuple[Register, AgencyTable]:
    portal = portal_province(rules, load_places(DATA / "places"))
    async with terminal.store() as store:
        register = await read_register(store, rulebook, now=now)
        down = await down_days(store, portal, first - _REACH, last + _REACH)
    return register, agency_table(register, rules.id, first, last, today=local_day(now), down=down)


def _find(rulebook: Rulebook, named: str) -> RuleSet:
    for rules in rulebook.rule_sets.values():
        if fold(named.strip()) in {rules.id, fold(rules.name)}:
            return rules
    known = ", ".join(sorted(rulebook.rule_sets))
    raise ContentError("command line", "--province", f"{named} has no profile; there are {known}")


def _span(month: str) -> tuple[date, date]:
    match = _MONTH.fullmatch(month)
    if match is None:
        raise ContentError("command line", "--month", f"{month} is not a month like 2026-11")
    year, number = int(match[1]), int(match[2])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def _describe(table: AgencyTable, rules: RuleSet, *, confirmed: bool) -> dict[str, Any]:
    return {
        "province": rules.id,
        "status": rules.status,
        "confirmed": confirmed,
        "first": table.first.isoformat(),
        "last": table.last.isoformat(),
        "today": table.today.isoformat(),
        "agencies": [{"agency": row.name, "known": row.agency is not None, **_row(row)} for row in table.rows],
        "total": _row(table.total),
    }


def _row(row: AgencyRow) -> dict[str, Any]:
    down = {"portal_down_days": [day.isoformat() for day in row.down]}
    return {**{name: getattr(row.figures, name) for name in row.figures.__slots__}, **down, "vacant": row.vacant}
