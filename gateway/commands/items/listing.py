"""``tracuu items list|coverage``: what must be published, what of it is, and what is published besides."""

from collections import defaultdict
from typing import Annotated, Any

import typer

from bot.core.catalogue import Dataset
from bot.core.item_coverage import Holding, cover_by_owner, find_unlisted
from bot.core.items import Catalogue, CatalogueItem
from bot.search.item_matching import Proposed
from gateway.commands.items.options import AsJson, Number, On, Province, matching, read_day, read_province, today
from gateway.items.documents import describe_decision, describe_item
from gateway.items.showing import show_item
from gateway.items.survey import Choice, Survey, propose, take_survey
from gateway.terminal import Terminal, print_json, run

Key = tuple[str, str, str]


def add_listing(items: typer.Typer) -> None:
    """Add ``list`` and ``coverage`` to ``items``."""
    items.command("list", help="Items with their datasets; --unmatched proposes some for the others.")(list_command)
    items.command("coverage", help="How many items have a live dataset, by agency; what is missing on either side.")(
        coverage_command
    )


def list_command(
    context: typer.Context,
    province: Province = "",
    decision: Number = "",
    on: On = "",
    unmatched: Annotated[bool, typer.Option(help="Only items without a dataset, each with proposals.")] = False,
    as_json: AsJson = False,
) -> None:
    """Items that count today (or all of one decision), each with its datasets."""
    day = read_day(on, "--on") if on else None if decision else today()
    compare = matching()
    choice = Choice(province=read_province(province), number=decision, on=day)
    survey = run(_survey(context.obj, choice))
    proposals: dict[Key, list[Proposed]] = defaultdict(list)
    for proposed in propose(survey, compare) if unmatched else ():
        proposals[_key(proposed.item)].append(proposed)
    shown = [each for each in survey.matched if not (unmatched and each.holdings)]
    if as_json:
        rows = [
            {
                **describe_item(each.item),
                "datasets": [_describe_holding(holding) for holding in each.holdings],
            }
            | ({"proposed": [_describe_proposed(one) for one in proposals[_key(each.item)]]} if unmatched else {})
            for each in shown
        ]
        decisions = [{**describe_decision(each.decision), "items": len(each.items)} for each in survey.catalogues]
        print_json({"decisions": decisions, "items": rows})
        return
    for catalogue in survey.catalogues:
        typer.echo(_show_decision(catalogue))
    for each in shown:
        typer.echo(f"{show_item(each.item)}\t{each.item.cycle.code}\t{each.item.due_printed or '–'}")
        for holding in each.holdings:
            typer.echo(f"    = {holding.dataset.code}  {holding.dataset.title}  ({holding.how})")
        for one in proposals[_key(each.item)]:
            typer.echo(f"    ? {one.dataset.code}  {one.dataset.title}  ({one.score:.2f}: {', '.join(one.why)})")


def coverage_command(context: typer.Context, province: Province = "", as_json: AsJson = False) -> None:
    """Coverage of the items that count today."""
    survey = run(_survey(context.obj, Choice(province=read_province(province), on=today())))
    owners = cover_by_owner(survey.matched)
    covered = sum(each.covered for each in owners)
    missing = [each.item for each in survey.matched if not each.holdings]
    unlisted = find_unlisted(survey.everywhere, survey.datasets)
    if as_json:
        print_json(
            {
                "items": len(survey.matched),
                "covered": covered,
                "owners": [{"owner": e.owner, "items": e.items, "covered": e.covered} for e in owners],
                "missing": [describe_item(item) for item in missing],
                "unlisted": [_describe_dataset(dataset) for dataset in unlisted],
            }
        )
        return
    for each in owners:
        typer.echo(f"{each.covered}/{each.items}\t{each.owner or '(no agency given)'}")
    typer.echo(f"{covered}/{len(survey.matched)}\tall items that count today")
    for item in missing:
        typer.echo(f"without a dataset: {show_item(item)}")
    for dataset in unlisted:
        typer.echo(f"in no decision: {dataset.code}  {dataset.title}")


def _key(item: CatalogueItem) -> Key:
    return item.province, item.decision, item.code


async def _survey(terminal: Terminal, choice: Choice) -> Survey:
    async with terminal.store() as store:
        return await take_survey(store, matching(), choice)


def _show_decision(catalogue: Catalogue) -> str:
    decision = catalogue.decision
    end = f" to {decision.last_day.isoformat()}" if decision.last_day else ""
    ended = f", replaced by {decision.replaced_by}" if decision.replaced_by else ""
    return (
        f"{decision.number} of {decision.signed_on.isoformat()} ({decision.province}): {len(catalogue.items)} items, "
        f"counts from {decision.valid_from.isoformat()}{end}{ended}"
    )


def _describe_holding(holding: Holding) -> dict[str, Any]:
    link = holding.link
    return {
        "code": holding.dataset.code,
        "title": holding.dataset.title,
        "how": holding.how.value,
        "by": link.by if link else None,
        "at": link.at.isoformat() if link else None,
    }


def _describe_proposed(proposed: Proposed) -> dict[str, Any]:
    return {
        "code": proposed.dataset.code,
        "title": proposed.dataset.title,
        "score": proposed.score,
        "why": list(proposed.why),
    }


def _describe_dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "code": dataset.code,
        "title": dataset.title,
        "publisher": dataset.publisher,
        "province": dataset.province,
    }
