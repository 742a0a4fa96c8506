"""``tracuu due``: every deadline that follows from a province's decision, computed for a span of days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import typer

from bot.core.errors import ContentError
from bot.core.local_time import local_day
from bot.core.obligations.obligation import Obligation
from bot.core.obligations.profile import RuleSet
from bot.core.obligations.rule import Trigger
from bot.register import Register, read_register
from bot.reports.due_list import DueList, load_list_words
from bot.reports.table_words import load_table_words
from gateway.cell import CellError, read_date, tidy
from gateway.deployment import DATA
from gateway.language import Language
from gateway.rulebook import find_rule_set, read_rulebook
from gateway.terminal import Terminal, print_json, run, say, set_clock

COMMAND = "command line"
_YEARS = range(2000, 2101)


def add_commands(app: typer.Typer) -> None:
    """Add ``due`` to ``app``."""
    app.command("due", help="Every deadline by a province's decision whose date lies in a span.")(due_command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The days ``first`` to ``last`` of a profile, one rule or all, counted from ``event`` where that is given."""

    province: str
    first: date
    last: date
    rule: str
    event: date | None


def due_command(
    context: typer.Context,
    province: Annotated[str, typer.Option(help="Id or name of the profile.")],
    first: Annotated[str, typer.Option("--from", help="First day, 2026-07-01 or 01/07/2026.")],
    last: Annotated[str, typer.Option("--to", help="Last day, included.")],
    rule: Annotated[str, typer.Option(help="Only the rule with this id.")] = "",
    event: Annotated[str, typer.Option(help="Count the rules that an event starts from this day.")] = "",
    now: Annotated[str | None, typer.Option(help="How it stands at this time (ISO), not now.")] = None,
    language: Annotated[Language, typer.Option(help="In which language.")] = Language.VI,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Deadlines by profile, whatever its status is: whether anybody is reminded of them is another matter."""
    terminal: Terminal = context.obj
    rulebook = read_rulebook(terminal.settings())
    asked = _read(rulebook.rule_sets, province, (first, last), rule, event)
    clock = set_clock(now)

    async def work() -> Register:
        async with terminal.store() as store:
            return await read_register(store, rulebook, span=(asked.first, asked.last), now=clock())

    register, today = run(work()), local_day(clock())
    found = sorted(_find(register, asked), key=lambda one: (one.nominal_due, one.rule.id, one.owner, one.subject.title))
    listed = DueList(register=register, rules=register.rule_sets[asked.province], duties=found, today=today)
    standing = tuple(_standing(listed, language))
    if as_json:
        for line in standing:
            say(line)
        print_json([_describe(listed, each) for each in found])
        return
    words = load_list_words(DATA / "reports", language)
    for line in (*standing, *listed.lines(words, english=language is Language.EN)):
        typer.echo(line)
    for line in listed.remarks(words):
        say(line)


def _read(rule_sets: Mapping[str, RuleSet], province: str, span: tuple[str, str], rule: str, event: str) -> Asked:
    """What the options say. Raises ContentError, which names the option."""
    rules = find_rule_set(rule_sets, province)
    first, last = _day(span[0], "--from"), _day(span[1], "--to")
    if last < first:
        raise ContentError(COMMAND, "--to", f"{last.isoformat()} lies before --from {first.isoformat()}")
    chosen = next((each for each in rules.rules if each.id == rule), None)
    if rule and chosen is None:
        known = ", ".join(each.id for each in rules.rules)
        raise ContentError(COMMAND, "--rule", f"{rule} is no rule of {rules.id}, which has {known}")
    if event and chosen and chosen.trigger not in {Trigger.EVENT, Trigger.LAST_DONE}:
        raise ContentError(COMMAND, "--event", f"{rule} counts from the end of a period, not from an event")
    day = _day(event, "--event") if event else None
    return Asked(province=rules.id, first=first, last=last, rule=rule, event=day)


def _day(text: str, option: str) -> date:
    try:
        day = read_date(tidy(text))
    except CellError as error:
        raise ContentError(COMMAND, option, str(error)) from None
    if day is None or day.year not in _YEARS:
        raise ContentError(COMMAND, option, f"must be a day from {_YEARS[0]} to {_YEARS[-1]}, such as 2026-07-01")
    return day


def _find(register: Register, asked: Asked) -> Iterator[Obligation]:
    """The duties asked for. Raises ContentError for a rule that counts from events when there are none."""
    for rule in register.rule_sets[asked.province].rules:
        if asked.rule in {"", rule.id}:
            if asked.event and (rule.trigger is Trigger.EVENT or asked.rule):
                yield from register.after(asked.event, asked.first, asked.last, province=asked.province, rule=rule.id)
            else:
                yield from register.between(asked.first, asked.last, province=asked.province, rule=rule.id)
    if asked.event is None and _counts_from_nothing(register, asked.province, asked.rule):
        raise ContentError(COMMAND, "--event", f"{asked.rule} counts from an event and none is recorded: name its day")


def _counts_from_nothing(register: Register, province: str, rule_id: str) -> bool:
    """Whether the rule counts from events and none was ever recorded."""
    rule = next((each for each in register.rule_sets[province].rules if each.id == rule_id), None)
    if rule is None or rule.trigger is not Trigger.EVENT:
        return False
    return next(register.between(date.min, date.max, province=province, rule=rule_id), None) is None


def _describe(listed: DueList, duty: Obligation) -> dict[str, Any]:
    return {
        "rule": duty.rule.id,
        "article": listed.rules.cite(duty.rule),
        "agency": listed.agency(duty) or None,
        "item": listed.item(duty) or None,
        "period": duty.period,
        "nominal_due": duty.nominal_due.isoformat(),
        "legal_due": duty.legal_due.isoformat() if duty.legal_due else None,
        "provisional": duty.provisional,
        "status": listed.status(duty).value,
    }


def _standing(listed: DueList, language: Language) -> Iterator[str]:
    """How the decision stands, where nobody is reminded or called late by it."""
    if listed.rules.id not in listed.register.confirmed:
        words = load_table_words(DATA / "reports", language)
        yield words.status.format(status=words.statuses[listed.rules.status])
        yield words.unconfirmed
