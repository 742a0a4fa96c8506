"""``tracuu unanswered``: what people asked in vain, which words would have helped, and adding them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.local_time import local_day
from bot.search.lexicon import load_lexicon
from bot.search.lookup import Lookup
from bot.search.places import load_places
from bot.search.proposals import Evidence, Proposal, propose
from bot.store import catalogue
from bot.store.unanswered import Asked, Digest, K, digest
from gateway.commands.tickets import AsJson, read_day
from gateway.deployment import DATA
from gateway.own_words import add_row
from gateway.settings import Settings
from gateway.terminal import Terminal, now, print_json, run

_SPAN = timedelta(days=90)
_PLACE = re.compile(r"(?P<question>[1-9]\d{0,5})(?:\.(?P<proposal>[1-9]\d?))?")
_WHY = {
    Evidence.CHOICE: "{people} people opened {dataset} then",
    Evidence.SPELLING: "spelt almost the same ({strength:.0%})",
    Evidence.NEAR: "the nearest title, {dataset} ({strength:.0%})",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The digest with what is proposed for each of its questions, in the same order; which have titles by now."""

    digest: Digest
    proposals: tuple[tuple[Proposal, ...], ...]
    answered: tuple[bool, ...]


def add_commands(app: typer.Typer) -> None:
    """Add ``unanswered`` to ``app``."""
    family = typer.Typer(help="What people asked without an answer, and rows for the lexicon that would have helped.")
    family.callback(invoke_without_command=True)(list_command)
    family.command("accept", help="Add a row to the operator's own file.")(accept_command)
    app.add_typer(family, name="unanswered")


def list_command(
    context: typer.Context,
    since: Annotated[str, typer.Option(help="From this day on (default: the last 90 days).")] = "",
    as_json: AsJson = False,
) -> None:
    """List questions without an answer, most asked first; nobody is in it."""
    if context.invoked_subcommand is not None:
        return
    reading = run(_read(context.obj, since))
    if as_json:
        print_json(_describe(reading))
        return
    asked = reading.digest
    typer.echo(f"{asked.total} questions had no answer; those that at least {K} different people asked:")
    entries = zip(asked.questions, reading.proposals, reading.answered, strict=True)
    for number, (question, proposals, answered) in enumerate(entries, 1):
        by_now = ", answered by now" if answered else ""
        typer.echo(f"{number}  {question.text}  ({question.count} times, last {question.last:%d/%m/%Y}{by_now})")
        for place, one in enumerate(proposals, 1):
            why = _WHY[one.evidence].format(people=one.people, dataset=one.dataset, strength=one.strength)
            helps = ", and then it is answered" if one.helps else ""
            typer.echo(f'   {number}.{place}  [{one.section}] "{one.typed}" = ["{one.official}"]  – {why}{helps}')


def accept_command(
    context: typer.Context,
    place: Annotated[str, typer.Argument(help="Which proposal: 3 (the first of question 3), 3.2, or nothing.")] = "",
    typed: Annotated[str, typer.Option(help="What people type (default: as proposed).")] = "",
    official: Annotated[
        list[str] | None, typer.Option(help="The words of the titles; may be repeated (default: as proposed).")
    ] = None,
    section: Annotated[str, typer.Option(help="words, broader or short (default: as proposed, else broader).")] = "",
    since: Annotated[str, typer.Option(help="As it was listed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a row; a service that runs uses it after its next start, the commands at once."""
    settings = context.obj.settings()
    proposed = _at(run(_read(context.obj, since)), place) if place else None
    if proposed is None and not (typed and official):
        raise ContentError("command line", "PLACE", "give the place of a proposal, or both --typed and --official")
    row = _accept(settings, proposed, typed=typed, official=tuple(official or ()), section=section)
    if as_json:
        print_json({"file": str(settings.lexicon_file), **row})
    else:
        typer.echo(f"{settings.lexicon_file}: [{row['section']}] {row['row']}")
        typer.echo("a service that runs uses it after its next start")


def _accept(
    settings: Settings, proposed: Proposal | None, *, typed: str, official: tuple[str, ...], section: str
) -> dict[str, str]:
    if proposed is not None:
        typed, official = typed or proposed.typed, official or (proposed.official,)
        section = section or proposed.section
    section = section or "broader"
    row = add_row(settings.lexicon_file, shipped=DATA / "synonyms", section=section, typed=typed, official=official)
    return {"section": section, "row": row}


def _at(reading: Reading, place: str) -> Proposal:
    match = _PLACE.fullmatch(place)
    if match is None:
        raise ContentError("command line", "PLACE", f"{place} is not a place like 3 or 3.2")
    question, proposal = int(match["question"]) - 1, int(match["proposal"] or 1) - 1
    if question >= len(reading.proposals) or proposal >= len(reading.proposals[question]):
        raise TracuuError(f"nothing is proposed at {place}; tracuu unanswered lists what is")
    return reading.proposals[question][proposal]


async def _read(terminal: Terminal, since: str) -> Reading:
    first = read_day(since) if since else local_day(now()) - _SPAN
    lexicon = load_lexicon(DATA / "synonyms", terminal.settings().lexicon_file)
    async with terminal.store() as store:
        found = await digest(store, since=first)
        datasets = (await catalogue.current(store))[1] if found.questions else ()
    lookup = Lookup.build(datasets, lexicon=lexicon, places=load_places(DATA / "places"), version=1)
    answered = tuple(lookup.titles(question.text, limit=1).answered for question in found.questions)
    proposals = (
        () if done else _propose(lookup, question) for question, done in zip(found.questions, answered, strict=True)
    )
    return Reading(digest=found, proposals=tuple(proposals), answered=answered)


def _propose(lookup: Lookup, question: Asked) -> tuple[Proposal, ...]:
    return propose(lookup, question.text, {one.dataset: one.picked + one.rephrased for one in question.chosen})


def _describe(reading: Reading) -> dict[str, Any]:
    asked = reading.digest
    entries = zip(asked.questions, reading.proposals, reading.answered, strict=True)
    shown = sum(question.count for question in asked.questions)
    return {
        "k": K,
        "total": asked.total,
        "hidden": max(0, asked.total - shown),
        "questions": [
            _question(number, question, proposals, answered=answered)
            for number, (question, proposals, answered) in enumerate(entries, 1)
        ],
    }


def _question(number: int, question: Asked, proposals: tuple[Proposal, ...], *, answered: bool) -> dict[str, Any]:
    return {
        "number": number,
        "text": question.text,
        "count": question.count,
        "first": question.first.isoformat(),
        "last": question.last.isoformat(),
        "answered_now": answered,
        "chosen": [
            {"dataset": one.dataset, "picked": one.picked, "rephrased": one.rephrased} for one in question.chosen
        ],
        "proposals": [{"place": f"{number}.{place}", **_line(one)} for place, one in enumerate(proposals, 1)],
    }


def _line(proposal: Proposal) -> dict[str, Any]:
    return {
        "section": proposal.section,
        "typed": proposal.typed,
        "official": [proposal.official],
        "evidence": proposal.evidence,
        "dataset": proposal.dataset,
        "people": proposal.people,
        "strength": proposal.strength,
        "helps": proposal.helps,
    }
