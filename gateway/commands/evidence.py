"""``tracuu evidence``: what an authority can show of the duties that it urged."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.local_time import local_day
from bot.core.record import Break
from bot.notify.listing import find_listed
from bot.register import Register, read_register
from bot.store import record
from gateway.cell import CellError, read_date, tidy
from gateway.deployment import DATA
from gateway.evidence.gathering import Window, describe, describe_listed, gather_log, gather_rows, note_letter
from gateway.evidence.letter import Letter, draft_letter
from gateway.evidence.letter_docx import write_letter
from gateway.evidence.letter_words import load_letter_words
from gateway.evidence.log_table import Log, write_log
from gateway.evidence.log_words import load_log_words
from gateway.language import Language
from gateway.period_words import read_periods
from gateway.rulebook import find_agency, find_rule_set, read_rulebook
from gateway.terminal import Terminal, print_json, run, say, set_clock

Province = Annotated[str, typer.Option(help="Id or name of the profile.")]
Now = Annotated[str | None, typer.Option(help="As if it were this time (ISO).")]
_ENTRY = re.compile(r"[1-9][0-9]{0,17}")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def add_commands(app: typer.Typer) -> None:
    """Add ``evidence`` to ``app``."""
    family = typer.Typer(help="The record of what was urged: export, check, draft a letter.", no_args_is_help=True)
    family.command("export", help="The log of reminders of a span of days as .xlsx or .csv.")(export_command)
    family.command("verify", help="Whether the record is what it was; the first place where it is not.")(verify_command)
    family.command("letter", help="Draft a công văn (.docx) for what is overdue at an agency.")(letter_command)
    family.command("listed", help="What is on the authority's list: late, and nobody is reminded of it any more.")(
        listed_command
    )
    app.add_typer(family, name="evidence")


def export_command(
    context: typer.Context,
    province: Province,
    agency: Annotated[str, typer.Option(help="Only this agency (name or alias).")] = "",
    first: Annotated[str, typer.Option("--from", help="First day, 2026-07-01 or 01/07/2026.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day, included.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file to write: .xlsx or .csv.")] = None,
    language: Annotated[Language, typer.Option(help="Of the headings.")] = Language.VI,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write the log, numbers masked."""
    terminal: Terminal = context.obj
    rulebook, clock, words = read_rulebook(terminal.settings()), set_clock(now), load_log_words(DATA)
    rules, span = find_rule_set(rulebook.rule_sets, province), (_day(first, "--from"), _day(last, "--to"))
    if span[0] and span[1] and span[1] < span[0]:
        raise ContentError("command line", "--to", f"{span[1]} is before --from")
    if out is None and not as_json:
        raise ContentError("command line", "--out", "name the file to write, or ask for --json")

    async def work() -> Log:
        async with terminal.store() as store:
            register = await read_register(store, rulebook, now=clock())
            chosen = find_agency(register, rules.id, agency) if agency else None
            window = Window(rules=rules, agency=chosen, first=span[0], last=span[1])
            return await gather_log(store, window, now=clock())

    log = run(work())
    if out is not None:
        write_log(out, log, words[language])
    if as_json:
        told = {"file": str(out) if out else None, "reminders": len(log.rows), "entries": len(log.entries)}
        print_json({**told, **_chain(log.head, log.broken), "rows": [describe(row) for row in log.rows]})
        return
    typer.echo(f"{out}: {len(log.rows)} reminders, {len(log.entries)} entries of the record")
    if log.broken:
        say(_sentence(log.broken))


def listed_command(context: typer.Context, province: Province, now: Now = None, as_json: AsJson = False) -> None:
    """List what is for a letter, agency by agency; see ``letter``."""
    terminal: Terminal = context.obj
    rulebook, clock = read_rulebook(terminal.settings()), set_clock(now)
    rules = find_rule_set(rulebook.rule_sets, province)

    async def work() -> Register:
        async with terminal.store() as store:
            return await read_register(store, rulebook, now=clock())

    register, today = run(work()), local_day(clock())
    rows = [describe_listed(register, duty, today) for duty in find_listed(register, rules.id, today)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        late = f"{row['days_late']} days late"
        typer.echo("\t".join((row["agency"], row["title"], row["period"], row["legal_due"], late, row["article"])))
    if not rows:
        typer.echo(f"nothing of {rules.name} is on the list")


def verify_command(
    context: typer.Context,
    known: Annotated[
        str, typer.Option(help="NUMBER:HASH of an entry as an earlier export says it; it must still be so.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Read the whole record; it fails at the first entry that is not what it was."""
    terminal: Terminal = context.obj
    number, digest = _known(known)

    async def work() -> tuple[tuple[int, str], Break | None]:
        async with terminal.store() as store:
            broken = await record.verify(store)
            if broken is None and number:
                broken = await record.compare(store, number, digest)
            return await record.head(store), broken

    head, broken = run(work())
    if as_json:
        print_json(_chain(head, broken))
        if broken:
            raise typer.Exit(1)
        return
    if broken:
        raise TracuuError(_sentence(broken))
    typer.echo(f"the record is whole: {head[0]} entries, the last one {head[1]}")


def letter_command(
    context: typer.Context,
    province: Province,
    agency: Annotated[str, typer.Option(help="The agency (name or alias).")],
    out: Annotated[Path, typer.Option(help="The file to write: .docx.")],
    on: Annotated[str, typer.Option(help="As it stands on this day; today unless given.")] = "",
    first: Annotated[str, typer.Option("--from", help="Only what was due from this day on; 400 days before.")] = "",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Draft the letter; number, place, date and signer stay blank. That it was made goes on record."""
    terminal: Terminal = context.obj
    rulebook, clock, words = read_rulebook(terminal.settings()), set_clock(now), load_letter_words(DATA)
    rules, day = find_rule_set(rulebook.rule_sets, province), _day(on, "--on") or local_day(clock())
    since, say_period = _day(first, "--from"), read_periods("vi")
    if day > local_day(clock()):
        raise ContentError("command line", "--on", f"{day} is still to come")
    if out.suffix.lower() != ".docx":
        raise ContentError("command line", "--out", f"{out.name}: a letter is written as .docx")

    async def work() -> Letter:
        async with terminal.store() as store:
            register = await read_register(store, rulebook, now=clock())
            chosen = find_agency(register, rules.id, agency)
            if chosen.rule_set != rules.id:
                bound = chosen.rule_set or "no rule set that is recorded"
                raise ContentError("command line", "--agency", f"{chosen.name} is bound by {bound}, not by {rules.id}")
            rows, _ = await gather_rows(store, Window(rules=rules, agency=chosen))
            letter = draft_letter(register, chosen, rows, on=day, since=since)
            _write(out, write_letter(letter, words, say_period))
            await note_letter(store, letter, now=clock())
            return letter

    letter = run(work())
    if as_json:
        counted = {"overdue": len(letter.late), "without_term": len(letter.unmet)}
        print_json({"file": str(out), "agency": letter.agency.name, "on": day.isoformat(), **counted})
    else:
        typer.echo(f"{out}: {len(letter.late)} overdue, {len(letter.unmet)} without a term; it is a draft to be signed")


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise TracuuError(f"{out} cannot be written ({error.strerror})") from error


def _day(text: str, option: str) -> date | None:
    try:
        return read_date(tidy(text))
    except CellError as error:
        raise ContentError("command line", option, str(error)) from None


def _known(text: str) -> tuple[int, str]:
    number, _, digest = text.replace(" ", "").partition(":")
    if text and not (_ENTRY.fullmatch(number) and digest):
        raise ContentError("command line", "--known", f"{text} is not NUMBER:HASH")
    return (int(number), digest) if text else (0, "")


def _chain(head: tuple[int, str], broken: Break | None) -> dict[str, Any]:
    return {
        "head": {"seq": head[0], "hash": head[1]},
        "whole": broken is None,
        "broken": {"seq": broken.seq, "reason": broken.reason} if broken else None,
    }


def _sentence(broken: Break) -> str:
    return f"the record is not whole: entry {broken.seq}: {broken.reason}"
