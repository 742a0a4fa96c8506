"""``tracuu people import``: a file of agencies and officers, as far as its rows are sound."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from bot.core.errors import TracuuError
from bot.core.obligations.enrolling import Enrolment, RowError
from bot.profiles import load_profiles
from bot.store.catalogue import current
from bot.store.engine import Store
from bot.store.items import read_catalogues
from bot.store.roster import Written, compare_rosters, read_roster, save_roster
from gateway.commands.items.importing import find_file
from gateway.commands.items.options import places
from gateway.commands.people.options import AsJson, Everybody, read_everybody, today
from gateway.deployment import DATA
from gateway.items.territory import locate_territory
from gateway.people.documents import describe_import
from gateway.people.reading import PeopleReading, Rejection, load_people_rules, read_people
from gateway.people.showing import show_import
from gateway.people.survey import Survey, take_survey
from gateway.terminal import Terminal, now, print_json, run


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What an import did."""

    reading: PeopleReading
    notices: tuple[tuple[int, str], ...]
    written: Written
    survey: Survey


def add_importing(family: typer.Typer) -> None:
    """Add ``import`` to ``family``."""
    family.command("import", help="Take over agencies and officers; every row that cannot be used is named.")(
        import_command
    )


def import_command(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="The list: CSV, XLSX, XLS or ODS; xlsx:FILE means the same.")],
    province: Annotated[str, typer.Option(help="Province of the rows that name none.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only show what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import one file. The same file again changes nothing."""
    terminal: Terminal = context.obj
    path = find_file(file)
    if not path.is_file():
        raise TracuuError(f"{path}: there is no such file")
    home = locate_territory(province, places()).province if province else ""
    rules = load_people_rules(DATA, places(), _profiles(), province=home)

    async def work() -> _Done:
        reading = await asyncio.to_thread(read_people, path, rules)
        async with terminal.store() as store:
            return await _take_over(store, reading, dry_run=dry_run)

    done = run(work())
    if as_json:
        print_json(describe_import(done.reading, done.notices, done.written, done.survey, dry_run=dry_run))
    else:
        show_import(done.reading, done.notices, done.written, done.survey, typer.echo, dry_run=dry_run)


async def _take_over(store: Store, reading: PeopleReading, *, dry_run: bool) -> _Done:
    before = await read_roster(store)
    enrolment = Enrolment(before, today=today())
    refused = []
    for row in reading.rows:
        try:
            enrolment.take(row)
        except RowError as error:
            refused.append(Rejection(sheet=row.sheet, line=row.line, reason=str(error)))
    rejected = sorted((*reading.rejected, *refused), key=lambda one: (one.sheet, one.line))
    if dry_run:
        written = compare_rosters(before, enrolment.roster)
        everybody = await read_everybody(store, enrolment.roster)
    else:
        written = await save_roster(store, before, enrolment.roster, now=now())
        everybody = await read_everybody(store)
    return _Done(
        reading=PeopleReading(rows=reading.rows, rejected=tuple(rejected), unused=reading.unused),
        notices=tuple(enrolment.notices),
        written=written,
        survey=await survey_everybody(store, everybody),
    )


async def survey_everybody(store: Store, everybody: Everybody) -> Survey:
    """What is missing today among ``everybody`` and in the catalogues."""
    _, datasets = await current(store)
    return take_survey(
        everybody.agencies.values(),
        everybody.officers.values(),
        everybody.bound,
        day=today(),
        catalogues=await read_catalogues(store),
        datasets=datasets,
    )


def _profiles() -> Mapping[str, str]:
    return {profile.id: profile.name for profile in load_profiles(DATA / "profiles")}
