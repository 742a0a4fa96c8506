"""``tracuu items propose|proposals``: changes that agencies ask for, and the list for the submission."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.item_proposals import ItemProposal, ProposalKind, ProposalState
from bot.core.items import CatalogueItem
from bot.store.engine import Store
from bot.store.item_proposals import move_proposals, read_proposals, save_proposal
from bot.store.items import read_catalogues
from gateway.commands.items.options import COMMAND, AsJson, By, Province, filled, read_province, today
from gateway.deployment import DATA
from gateway.items.documents import describe_proposal
from gateway.items.export import list_rows, load_list_words, write_list
from gateway.items.survey import find_item
from gateway.terminal import Terminal, now, print_json, run

Agency = Annotated[str, typer.Option(help="Agency that asks for it.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Item = Annotated[str, typer.Argument(help="Code of the item.")]
Title = Annotated[str, typer.Option(help="Title as it is to be printed.")]
Owner = Annotated[str, typer.Option(help="Agency that is to publish it.")]
Theme = Annotated[str, typer.Option(help="Theme.")]
Frequency = Annotated[str, typer.Option("--cycle", help="Update frequency as it is to be printed.")]
Term = Annotated[str, typer.Option("--due", help="Deadline as it is to be printed.")]


def add_proposing(items: typer.Typer) -> None:
    """Add ``propose`` and ``proposals`` to ``items``."""
    propose = typer.Typer(help="Keep a change of the catalogue that an agency asks for.", no_args_is_help=True)
    propose.command("add", help="A new item.")(add_command)
    propose.command("change", help="Another title, owner, theme, frequency or deadline of an item.")(change_command)
    propose.command("drop", help="An item to be left out.")(drop_command)
    items.add_typer(propose, name="propose")
    items.command("proposals", help="What is proposed: list it, write it to a file, say what became of it.")(
        proposals_command
    )


def add_command(
    context: typer.Context,
    title: Title,
    province: Annotated[str, typer.Option(help="Province of the catalogue.")],
    agency: Agency,
    reason: Reason,
    by: By,
    owner: Owner = "",
    theme: Theme = "",
    cycle: Frequency = "",
    due: Term = "",
    as_json: AsJson = False,
) -> None:
    """Propose a new item; its owner is the agency that asks unless another is named."""
    values = _values({"theme": theme, "due": due})
    proposal = ItemProposal(
        province=read_province(province) or "",
        kind=ProposalKind.ADD,
        title=filled(title, "--title"),
        owner=owner or agency,
        cycle=cycle,
        values=values,
        agency=filled(agency, "--agency"),
        reason=filled(reason, "--reason"),
        by=filled(by, "--by"),
        at=now(),
    )
    _keep(context.obj, proposal, as_json=as_json)


def change_command(
    context: typer.Context,
    item: Item,
    agency: Agency,
    reason: Reason,
    by: By,
    title: Title = "",
    owner: Owner = "",
    theme: Theme = "",
    cycle: Frequency = "",
    due: Term = "",
    province: Province = "",
    as_json: AsJson = False,
) -> None:
    """Propose to change an item."""
    values = _values({"title": title, "owner": owner, "theme": theme, "cycle": cycle, "due": due})
    if not values:
        raise ContentError(
            COMMAND, "--title", "say what is to be different: --title, --owner, --theme, --cycle or --due"
        )
    found = _find(context.obj, item, province)
    _keep(context.obj, _of_item(found, ProposalKind.CHANGE, values, (agency, reason, by)), as_json=as_json)


def drop_command(
    context: typer.Context,
    item: Item,
    agency: Agency,
    reason: Reason,
    by: By,
    province: Province = "",
    as_json: AsJson = False,
) -> None:
    """Propose to leave an item out."""
    found = _find(context.obj, item, province)
    _keep(context.obj, _of_item(found, ProposalKind.DROP, {}, (agency, reason, by)), as_json=as_json)


def proposals_command(
    context: typer.Context,
    province: Province = "",
    state: Annotated[ProposalState | None, typer.Option(help="Only those in this state.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the list to this .xlsx, .csv or .docx file.")] = None,
    submit: Annotated[str, typer.Option(help="Number of the document in which the open ones are submitted.")] = "",
    accept: Annotated[
        list[int] | None, typer.Option(help="Number of a proposal that was accepted; repeatable.")
    ] = None,
    reject: Annotated[
        list[int] | None, typer.Option(help="Number of a proposal that was rejected; repeatable.")
    ] = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """List proposals; whatever moves one needs --by."""
    moves = {ProposalState.ACCEPTED: accept or [], ProposalState.REJECTED: reject or []}
    if submit or accept or reject:
        filled(by, "--by")
    if submit and state not in {None, ProposalState.OPEN}:
        raise ContentError(COMMAND, "--submit", "submits open proposals only")
    where, words = read_province(province), load_list_words(DATA / "catalogue")

    async def work(terminal: Terminal) -> tuple[ItemProposal, ...]:
        async with terminal.store() as store:
            await move_proposals(store, moves, by=by, now=now())
            chosen = await read_proposals(store, province=where, state=ProposalState.OPEN if submit else state)
            if out:
                write_list(out, list_rows(chosen, words), words)
            return await _submit(store, chosen, submit, by=by) if submit else chosen

    chosen = run(work(context.obj))
    if as_json:
        print_json([describe_proposal(one) for one in chosen])
        return
    for one, row in zip(chosen, list_rows(chosen, words), strict=True):
        document = f" in {one.document}" if one.document else ""
        typer.echo(f"{one.number}\t{one.state}{document}\t{one.title}\t{row[4]}\t{one.agency}: {one.reason}")
    if not chosen:
        typer.echo("nothing is proposed")


async def _submit(store: Store, chosen: Sequence[ItemProposal], document: str, *, by: str) -> tuple[ItemProposal, ...]:
    """Mark what was listed as submitted in ``document``; what came in meanwhile stays open."""
    if not chosen:
        raise TracuuError("no proposal is open")
    numbers = {one.number for one in chosen}
    await move_proposals(store, {ProposalState.SUBMITTED: sorted(numbers)}, by=by, now=now(), document=document)
    return tuple(one for one in await read_proposals(store) if one.number in numbers)


def _values(given: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in given.items() if value.strip()}


def _find(terminal: Terminal, code: str, province: str) -> CatalogueItem:
    async def work() -> CatalogueItem:
        async with terminal.store() as store:
            return find_item(await read_catalogues(store, province=read_province(province)), code, on=today())

    return run(work())


def _of_item(item: CatalogueItem, kind: ProposalKind, values: Mapping[str, str], said: Sequence[str]) -> ItemProposal:
    agency, reason, by = said
    return ItemProposal(
        province=item.province,
        kind=kind,
        item=item.code,
        title=item.title,
        owner=item.owner,
        cycle=item.cycle.printed,
        values=dict(values),
        agency=filled(agency, "--agency"),
        reason=filled(reason, "--reason"),
        by=filled(by, "--by"),
        at=now(),
    )


def _keep(terminal: Terminal, proposal: ItemProposal, *, as_json: bool) -> None:
    async def work() -> int:
        async with terminal.store() as store:
            return await save_proposal(store, proposal)

    number = run(work())
    if as_json:
        print_json({**describe_proposal(proposal), "number": number})
    else:
        typer.echo(f"proposal {number}: {proposal.kind} {proposal.title}")
