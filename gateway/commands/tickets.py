"""``tracuu tickets``: what people reported, and closing it."""

from datetime import date, datetime, time
from random import Random
from typing import Annotated, Any

import typer

from bot.content import load_content
from bot.core.accounts import Account
from bot.core.errors import ContentError, TracuuError
from bot.core.local_time import VIETNAM
from bot.core.messages import Reply
from bot.core.tickets import LONGEST, Ticket, TicketKind, TicketState
from bot.store import tickets
from bot.store.tickets import Closed
from bot.wording.speech import Speech
from bot.wording.ticket import word_closed
from gateway.deployment import DATA, read_presences
from gateway.pools import read_pools
from gateway.terminal import Terminal, now, print_json, run

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Number = Annotated[int, typer.Argument(min=1, max=10**LONGEST, help="The number that the person was told.")]


def add_commands(app: typer.Typer) -> None:
    """Add ``tickets`` to ``app``."""
    family = typer.Typer(help="What people reported: wrong figures, missing data, feedback.", no_args_is_help=True)
    family.command("list", help="Every report, the newest first; nobody is named.")(list_command)
    family.command("show", help="All that is known about one report.")(show_command)
    family.command("close", help="Close a report and tell whoever wrote it.")(close_command)
    app.add_typer(family, name="tickets")


def list_command(
    context: typer.Context,
    kind: Annotated[TicketKind | None, typer.Option(help="Only this kind.")] = None,
    state: Annotated[TicketState | None, typer.Option(help="Only in this state.")] = None,
    since: Annotated[str, typer.Option(help="Only from this day on (2026-11-16).")] = "",
    as_json: AsJson = False,
) -> None:
    """List reports."""
    terminal: Terminal = context.obj
    first = None if not since else datetime.combine(read_day(since), time(), tzinfo=VIETNAM)

    async def work() -> list[Ticket]:
        async with terminal.store() as store:
            return await tickets.list_tickets(store, kind=kind, state=state, since=first)

    found = run(work())
    if as_json:
        print_json([describe(ticket) for ticket in found])
        return
    for ticket in found:
        about = ticket.figure or ticket.text.replace("\n", " ")
        typer.echo(f"{ticket.number}\t{ticket.state}\t{ticket.kind}\t{_day(ticket.opened_at)}\t{about}")
    if not found:
        typer.echo("nothing")


def show_command(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Show one report."""
    terminal: Terminal = context.obj

    async def work() -> Ticket | None:
        async with terminal.store() as store:
            return await tickets.find(store, number)

    ticket = run(work())
    if ticket is None:
        raise _unknown(number)
    if as_json:
        print_json(describe(ticket))
        return
    for name, value in describe(ticket).items():
        typer.echo(f"{name}: {'–' if value in ('', None, []) else value}")


def close_command(
    context: typer.Context,
    number: Number,
    note: Annotated[str, typer.Option(help="What to tell the reporter besides.")] = "",
    as_json: AsJson = False,
) -> None:
    """Close one report."""
    terminal: Terminal = context.obj
    content = load_content(DATA)

    def word(ticket: Ticket, language: str) -> Reply:
        account = Account(channel=ticket.channel, name="")
        return word_closed(Speech(content=content, language=language, account=account), ticket)

    async def work() -> Closed | None:
        async with terminal.store() as store:
            settings = terminal.settings()
            pools = read_pools(settings, read_presences(settings, store))
            chance = Random().random()
            return await tickets.close(store, number, note=note, word=word, now=now(), pools=pools, draw=chance)

    closed = run(work())
    if closed is None:
        raise _unknown(number)
    if as_json:
        print_json({**describe(closed.ticket), "told": closed.told})
    else:
        typer.echo(f"{number} is closed; {'its reporter will be told' if closed.told else 'nobody is told'}")


def describe(ticket: Ticket) -> dict[str, Any]:
    """The JSON document of a report. The person is not in it, only whether there is still one to tell."""
    return {
        "number": ticket.number,
        "kind": ticket.kind,
        "state": ticket.state,
        "dataset": ticket.dataset,
        "table": ticket.table,
        "rows": list(ticket.rows),
        "answer_code": ticket.answer,
        "figure": ticket.figure,
        "publisher": ticket.publisher,
        "text": ticket.text,
        "channel": ticket.channel,
        "opened_at": ticket.opened_at.isoformat(),
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
        "note": ticket.note,
        "reachable": ticket.person is not None,
    }


def read_day(text: str) -> date:
    """The day of ``--since``. Raises ContentError when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ContentError("command line", "--since", f"{text} is not a day like 2026-11-16") from error


def _day(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y")


def _unknown(number: int) -> TracuuError:
    return TracuuError(f"there is no ticket {number}; tracuu tickets list shows them all")
