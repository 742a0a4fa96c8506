"""``tracuu items assign``: which dataset publishes an item, and which does not."""

from typing import Annotated

import typer

from bot.core.errors import ContentError, TracuuError
from bot.core.items import CatalogueItem, LinkState
from bot.store.catalogue import entries
from bot.store.item_links import remove_link, save_link
from bot.store.items import read_catalogues
from gateway.commands.items.options import COMMAND, AsJson, By, Number, Province, filled, read_province, today
from gateway.items.survey import find_catalogue, find_item
from gateway.terminal import Terminal, now, print_json, run


def add_assigning(items: typer.Typer) -> None:
    """Add ``assign`` to ``items``."""
    items.command("assign", help="Confirm that a dataset publishes an item, or reject it with --none.")(assign_command)


def assign_command(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Code of the item.")],
    by: By,
    dataset: Annotated[str, typer.Argument(help="Code of the dataset that publishes it.")] = "",
    none: Annotated[str, typer.Option(help="Code of a dataset that does not publish it.")] = "",
    forget: Annotated[str, typer.Option(help="Code of a dataset: whatever was said of the two is taken back.")] = "",
    province: Province = "",
    decision: Number = "",
    as_json: AsJson = False,
) -> None:
    """Say what an item and a dataset are to each other."""
    said = [(code, state) for code, state in ((dataset, LinkState.CONFIRMED), (none, LinkState.REJECTED)) if code]
    if len(said) + bool(forget) != 1:
        raise ContentError(COMMAND, "DATASET", "give either DATASET, or --none DATASET, or --forget DATASET")
    code, state = said[0] if said else (forget, None)
    who = filled(by, "--by")

    async def work(terminal: Terminal) -> CatalogueItem:
        async with terminal.store() as store:
            catalogues = await read_catalogues(store, province=read_province(province))
            chosen = (find_catalogue(catalogues, decision),) if decision else catalogues
            found = find_item(chosen, item, on=today())
            if state is None:
                if not await remove_link(store, found, code):
                    raise TracuuError(f"nothing was said of {item} and {code}")
                return found
            if not [entry async for entry in entries(store, code=code)]:
                raise TracuuError(f"no dataset has the code {code}; tracuu datasets list shows them all")
            await save_link(store, found, code, state, by=who, now=now())
            return found

    found = run(work(context.obj))
    if as_json:
        print_json({"item": found.code, "decision": found.decision, "dataset": code, "state": state, "by": who})
    else:
        word = {LinkState.CONFIRMED: "is published by", LinkState.REJECTED: "is not published by"}
        typer.echo(f"{found.code} {word[state] if state else 'may or may not be published by'} {code}")
