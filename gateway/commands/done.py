"""``tracuu done``: an agency has done what it had to, as the operator knows it from elsewhere."""

from datetime import date
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError
from bot.core.local_time import local_day
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.progress import OPERATOR
from bot.register import Register, read_register
from bot.settling import Settled, Settling, following, settle, unsettle
from bot.store.acts import record_all
from gateway.cell import CellError, read_date, tidy
from gateway.rulebook import read_rulebook
from gateway.terminal import Terminal, print_json, run, set_clock

COMMAND = "command line"


def add_commands(app: typer.Typer) -> None:
    """Add ``done`` to ``app``."""
    app.command("done", help="Record that an agency has done what a rule or an item of the catalogue wants.")(
        done_command
    )


def done_command(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="RULE_OR_CODE", help="Id of a rule, code of an item or dataset.")],
    agency: Annotated[str, typer.Option(help="Name, alias or number of the agency.")],
    on: Annotated[str, typer.Option("--on", help="The day on which it was done, 2026-07-01 or 01/07/2026.")],
    period: Annotated[str, typer.Option(help="For which period (2026-Q3); otherwise the one open on that day.")] = "",
    by: Annotated[str, typer.Option(help="Who says so.")] = OPERATOR,
    undo: Annotated[bool, typer.Option("--undo", help="It was not done after all.")] = False,
    now: Annotated[str | None, typer.Option(help="As if it were this date and time (ISO).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """It counts as verified; the same again changes nothing. A rule that counts from the last time counts from it."""
    terminal: Terminal = context.obj
    rulebook, clock = read_rulebook(terminal.settings()), set_clock(now)
    day = _day(on, local_day(clock()))
    asked = Settling(what=what, agency=agency, on=day, at=clock(), period=period, by=by)

    async def work() -> tuple[Register, Settled]:
        async with terminal.store() as store:
            register = await read_register(store, rulebook, now=clock())
            settled = unsettle(register, asked) if undo else settle(register, asked)
            if settled.said is not None:
                said = [settled.said]
                await store.write(lambda connection: record_all(connection, said))
            return await read_register(store, rulebook, now=clock()), settled

    register, settled = run(work())
    told = _describe(register, settled, asked, undo=undo)
    if as_json:
        print_json(told)
    else:
        typer.echo(_show(register, settled, asked, undo=undo))


def _day(text: str, today: date) -> date:
    try:
        day = read_date(tidy(text))
    except CellError as error:
        raise ContentError(COMMAND, "--on", str(error)) from None
    if day is None:
        raise ContentError(COMMAND, "--on", "must be a day such as 2026-07-01")
    if day > today:
        raise ContentError(COMMAND, "--on", f"{day.isoformat()} is still to come")
    return day


def _describe(register: Register, settled: Settled, asked: Settling, *, undo: bool) -> dict[str, Any]:
    duty, after = settled.duty, following(register, settled.duty)
    return {
        "rule": duty.rule.id,
        "agency": _agency(register, duty),
        "item": duty.subject.title,
        "period": duty.period,
        "on": asked.on.isoformat(),
        "done": not undo,
        "changed": settled.said is not None,
        "next": after
        and {
            "period": after.period,
            "nominal_due": after.nominal_due.isoformat(),
            "legal_due": after.legal_due.isoformat() if after.legal_due else None,
        },
    }


def _show(register: Register, settled: Settled, asked: Settling, *, undo: bool) -> str:
    duty, after = settled.duty, following(register, settled.duty)
    if settled.said is None:
        first = "đã được ghi từ trước, không có gì thay đổi"
    else:
        first = "không còn ghi là đã thực hiện" if undo else f"đã ghi thực hiện ngày {_write(asked.on)}"
    coming = f" Kỳ sau hạn {_write(after.nominal_due)}." if after and not undo else ""
    return f"{_agency(register, duty)} – {duty.subject.title}, kỳ {duty.period}: {first}.{coming}"


def _agency(register: Register, duty: Obligation) -> str:
    return register.agencies[duty.agency].name if duty.agency is not None else duty.owner


def _write(day: date) -> str:
    return day.strftime("%d/%m/%Y")
