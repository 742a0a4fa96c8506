"""``tracuu items import``: the annex of a catalogue decision, with a look at how it was understood before."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.items import Decision, same_number
from gateway.cell import tidy
from gateway.commands.items.options import COMMAND, AsJson, filled, places, read_day, rulebook
from gateway.heading import COLUMNS
from gateway.items.columns import IGNORED
from gateway.items.documents import describe_import
from gateway.items.importing import ConfirmError, ImportPlan, carry_out, plan_import
from gateway.items.reading import AnnexReading, read_annex
from gateway.items.showing import show_diff, show_plan
from gateway.items.territory import locate_territory
from gateway.terminal import Terminal, now, print_json, run, say

_KINDS = ("xlsx", "csv", "xls", "ods", "docx", "file")
_NOTHING = "none"


def add_importing(items: typer.Typer) -> None:
    """Add ``import`` to ``items``."""
    items.command("import", help="Take over the annex of a decision; --dry-run shows how it is understood.")(
        import_command
    )


def import_command(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="The annex: CSV, XLSX, XLS, ODS or DOCX; xlsx:FILE means the same.")],
    province: Annotated[str, typer.Option(help="Province that the decision is for, today's or a former one.")],
    number: Annotated[str, typer.Option(help='Number of the decision ("1290/QĐ-CT").')],
    signed: Annotated[str, typer.Option("--date", help="Day on which it was signed.")],
    signer: Annotated[str, typer.Option(help="Office that signed it.")] = "",
    title: Annotated[str, typer.Option(help="What the decision is called.")] = "",
    valid_from: Annotated[str, typer.Option("--from", help="First day on which it counts (default: signed).")] = "",
    valid_to: Annotated[str, typer.Option("--to", help="Last day on which it counts (default: none).")] = "",
    replaces: Annotated[list[str] | None, typer.Option(help="Number of a decision that it ends; repeatable.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="column=heading as printed; none=heading leaves it out.")
    ] = None,
    sheet: Annotated[str, typer.Option(help="Only this sheet of a workbook.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only show how it is understood and what would change.")] = False,
    yes: Annotated[bool, typer.Option(help="Accept guesses, and another annex in place of the one there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import one annex, as a whole or not at all."""
    terminal: Terminal = context.obj
    day = read_day(signed, "--date")
    decision = Decision(
        number=filled(number, "--number"),
        signed_on=day,
        province=locate_territory(province, places()).id,
        signer=tidy(signer),
        title=tidy(title),
        valid_from=read_day(valid_from, "--from") if valid_from else day,
        valid_to=read_day(valid_to, "--to") if valid_to else None,
        replaces=tuple(tidy(each) for each in replaces or ()),
    )
    if decision.valid_to and decision.valid_to < decision.valid_from:
        raise ContentError(COMMAND, "--to", "lies before the first day on which the decision counts")
    if decision.valid_from < decision.signed_on:
        raise ContentError(COMMAND, "--from", "lies before the day on which the decision was signed")
    if same_number(decision.number) in map(same_number, decision.replaces):
        raise ContentError(COMMAND, "--replaces", "a decision cannot replace itself")
    path = find_file(file)
    if not path.is_file():
        raise TracuuError(f"{path}: there is no such file")

    async def work() -> tuple[ImportPlan, AnnexReading]:
        told = read_mapping(mapping or ())
        reading = await asyncio.to_thread(read_annex, path, decision, rulebook(), told=told, sheet=sheet)
        async with terminal.store() as store:
            plan = await plan_import(store, decision, reading)
            if not dry_run:
                try:
                    await carry_out(store, plan, reading, file=path.name, now=now(), yes=yes)
                except ConfirmError:
                    if plan.diff:
                        show_diff(plan.diff, say)
                    raise
        return plan, reading

    plan, reading = run(work())
    if as_json:
        print_json(describe_import(plan, reading, file=path.name, dry_run=dry_run))
    else:
        show_plan(plan, reading, typer.echo, dry_run=dry_run)


def find_file(printed: str) -> Path:
    """The file of an argument such as ``xlsx:annex.xlsx`` or ``annex.xlsx``; its content says what it is."""
    kind, colon, rest = printed.partition(":")
    if colon and kind.lower() in _KINDS and not Path(printed).exists():
        return Path(rest.strip())
    return Path(printed)


def read_mapping(orders: list[str] | tuple[str, ...]) -> dict[str, str]:
    """Columns by printed headings, as --map gives them. Raises ContentError."""
    told: dict[str, str] = {}
    for order in orders:
        column, equals, heading = (part.strip() for part in order.partition("="))
        if not equals or not heading or column not in {*COLUMNS, _NOTHING}:
            columns = ", ".join((*COLUMNS, _NOTHING))
            raise ContentError(COMMAND, "--map", f"{order} is not column=heading with one of the columns {columns}")
        told[heading] = IGNORED if column == _NOTHING else column
    return told
