"""``tracuu remind``: remind officers now of whatever is due, once."""

from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Any

import typer

from bot.core.obligations.obligation import SubjectKind
from bot.core.obligations.planning import Skipped
from bot.core.obligations.steps import rank
from bot.register import Register
from bot.store.reminding import Line, Said
from gateway.reminding.desk import Looked, look
from gateway.terminal import Terminal, print_json, run, set_clock

_NAMED = frozenset({SubjectKind.ITEM, SubjectKind.DATASET})


def add_commands(app: typer.Typer) -> None:
    """Add ``remind`` to ``app``."""
    app.command("remind", help="Remind officers of whatever is due now; nobody hears of anything twice.")(
        remind_command
    )


def remind_command(
    context: typer.Context,
    now: Annotated[str | None, typer.Option(help="As if it were this date and time (ISO).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Plan and release, as the service does by itself every few minutes."""
    terminal: Terminal = context.obj
    clock, settings = set_clock(now), terminal.settings()

    async def work() -> Looked:
        async with terminal.store() as store:
            return await look(settings, store, clock=clock, rehearse=dry_run, by_hand=True)

    looked = run(work())
    if as_json:
        print_json(describe(looked))
        return
    for line in _show(looked):
        typer.echo(line)


def describe(looked: Looked) -> dict[str, Any]:
    """The JSON document. ``step`` of a message is its furthest one; each of its items has its own."""
    register = looked.register
    return {
        "planned": looked.plan.planned,
        "released": [
            {
                "recipient": register.officers[said.officer].name,
                "officer": said.officer,
                "channel": said.address.channel,
                "step": max((line.notice.duty.step for line in said.lines), key=rank),
                "items": [_item(register, line) for line in said.lines],
                "text": text,
            }
            for said, text in zip(looked.said, looked.texts, strict=True)
        ],
        "skipped": [_skipped(register, each) for each in looked.skipped],
    }


def _item(register: Register, line: Line) -> dict[str, Any]:
    obligation = line.notice.duty.obligation
    return {
        "number": line.number,
        "step": line.notice.duty.step,
        "rule": obligation.rule.id,
        "article": register.rule_sets[obligation.province].cite(obligation.rule),
        "agency": _agency(register, obligation.agency),
        "item": obligation.subject.title if obligation.subject.kind in _NAMED else None,
        "period": obligation.period,
        "nominal_due": obligation.nominal_due.isoformat(),
        "legal_due": obligation.legal_due.isoformat() if obligation.legal_due else None,
        "provisional": obligation.provisional,
        "status": line.notice.duty.status.value,
        "key": obligation.key,
    }


def _skipped(register: Register, each: Skipped) -> dict[str, Any]:
    return {
        "reason": each.reason.value,
        "province": each.province,
        "agency": _agency(register, each.agency),
        "recipient": register.officers[each.officer].name if each.officer is not None else None,
        "key": each.key,
    }


def _agency(register: Register, agency: int | None) -> str | None:
    known = register.agencies.get(agency) if agency is not None else None
    return known.name if known is not None else None


def _show(looked: Looked) -> Iterator[str]:
    for said, text in zip(looked.said, looked.texts, strict=True):
        yield f"{_name(looked.register, said)} ({said.address.channel}):"
        yield from (f"  {line}" for line in text.splitlines())
    reasons = sorted(
        (each.reason.value, _agency(looked.register, each.agency) or "–", each.province) for each in looked.skipped
    )
    for (reason, agency, province), found in groupby(reasons):
        yield f"not told, {reason}: {agency}, {province} ({len(list(found))})"
    if not looked.said and not looked.skipped:
        yield "nothing is due"


def _name(register: Register, said: Said) -> str:
    return register.officers[said.officer].name
