"""``tracuu handovers``: officers want to give duties to colleagues; the operator decides where no head can be asked."""

from typing import Annotated, Any

import typer

from bot.core.local_time import local_day
from bot.core.obligations.progress import OPERATOR
from bot.handing import Wish, decide, open_wishes
from bot.register import Register, read_register
from bot.store.acts import record_all
from gateway.rulebook import read_rulebook
from gateway.terminal import Terminal, print_json, run, set_clock

_Number = Annotated[int, typer.Argument(min=1, max=2**62, help="The number that tracuu handovers list shows.")]
_By = Annotated[str, typer.Option(help="Who says so.")]
_Now = Annotated[str | None, typer.Option(help="As if it were this date and time (ISO).")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def add_commands(app: typer.Typer) -> None:
    """Add ``handovers`` to ``app``."""
    family = typer.Typer(help="Duties that officers want to give to colleagues.", no_args_is_help=True)
    family.command("list", help="Every wish that nobody has decided, and who can be asked.")(list_command)
    family.command("confirm", help="The duty goes to that colleague; both are told.")(confirm_command)
    family.command("refuse", help="The duty stays with whoever has it, who is told.")(refuse_command)
    app.add_typer(family, name="handovers")


def list_command(context: typer.Context, now: _Now = None, as_json: _AsJson = False) -> None:
    """What waits for a head or for the operator."""
    terminal: Terminal = context.obj
    rulebook, clock = read_rulebook(terminal.settings()), set_clock(now)

    async def work() -> tuple[Register, list[Wish]]:
        async with terminal.store() as store:
            register = await read_register(store, rulebook, now=clock())
        return register, list(open_wishes(register, local_day(clock())))

    register, wishes = run(work())
    if as_json:
        print_json([_describe(register, wish) for wish in wishes])
        return
    for wish in wishes:
        typer.echo(_show(register, wish))
    if not wishes:
        typer.echo("Không có đề nghị chuyển nào đang chờ.")


def confirm_command(
    context: typer.Context, number: _Number, by: _By = OPERATOR, now: _Now = None, as_json: _AsJson = False
) -> None:
    """It is on record with who confirmed it; whoever asked and whoever has it now are told at the next look."""
    _decide(context.obj, number, by, now, agrees=True, as_json=as_json)


def refuse_command(
    context: typer.Context, number: _Number, by: _By = OPERATOR, now: _Now = None, as_json: _AsJson = False
) -> None:
    """It is on record with who refused it; whoever asked is told at the next look."""
    _decide(context.obj, number, by, now, agrees=False, as_json=as_json)


def _decide(terminal: Terminal, number: int, by: str, now: str | None, *, agrees: bool, as_json: bool) -> None:
    rulebook, clock = read_rulebook(terminal.settings()), set_clock(now)

    async def work() -> tuple[Register, Wish]:
        async with terminal.store() as store:
            register, at = await read_register(store, rulebook, now=clock()), clock()
            wish, said = decide(register, number, agrees=agrees, by=by, at=at, today=local_day(at))
            await store.write(lambda connection: record_all(connection, [said]))
            return register, wish

    register, wish = run(work())
    if as_json:
        print_json({**_describe(register, wish), "confirmed": agrees, "by": by})
    else:
        typer.echo(f"{_show(register, wish)}: {'đồng ý chuyển' if agrees else 'không chuyển'}")


def _describe(register: Register, wish: Wish) -> dict[str, Any]:
    duty = wish.duty
    return {
        "number": wish.act.id,
        "agency": _agency(register, wish),
        "rule": duty.rule.id,
        "item": duty.subject.title or duty.rule.title,
        "period": duty.period,
        "nominal_due": duty.nominal_due.isoformat(),
        "from": _name(register, wish.act.officer),
        "to": _name(register, wish.act.to),
        "asked_at": wish.act.at.isoformat(),
        "waits_for": [head.name for head in wish.heads] or [OPERATOR],
    }


def _show(register: Register, wish: Wish) -> str:
    duty = wish.duty
    title, due = duty.subject.title or duty.rule.title, duty.remind_by.strftime("%d/%m/%Y")
    waits = ", ".join(head.name for head in wish.heads) or "người vận hành"
    moved = f"{_name(register, wish.act.officer)} → {_name(register, wish.act.to)}"
    return f"{wish.act.id}  {_agency(register, wish)} – {title}, kỳ {duty.period}, hạn {due}; {moved}; chờ {waits}"


def _agency(register: Register, wish: Wish) -> str:
    agency = wish.duty.agency
    return register.agencies[agency].name if agency is not None else wish.duty.owner


def _name(register: Register, officer: int | None) -> str:
    known = register.officers.get(officer) if officer is not None else None
    return known.name if known else ""
