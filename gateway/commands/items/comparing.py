"""``tracuu items diff``: what a decision changed of the one before."""

from typing import Annotated

import typer

from bot.core.item_versions import compare
from bot.core.items import Catalogue
from bot.store.items import read_catalogues
from gateway.commands.items.options import AsJson, Province, matching, read_province
from gateway.items.documents import describe_decision, describe_diff
from gateway.items.showing import show_diff, show_item
from gateway.items.survey import find_catalogue
from gateway.terminal import Terminal, print_json, run


def add_comparing(items: typer.Typer) -> None:
    """Add ``diff`` to ``items``."""
    items.command("diff", help="What one decision changed of another: added, dropped, changed items.")(diff_command)


def diff_command(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="Number of the older decision.")],
    new: Annotated[str, typer.Argument(help="Number of the newer decision.")],
    province: Province = "",
    as_json: AsJson = False,
) -> None:
    """Compare the items of two decisions."""

    async def work(terminal: Terminal) -> tuple[Catalogue, Catalogue]:
        async with terminal.store() as store:
            catalogues = await read_catalogues(store, province=read_province(province))
            return find_catalogue(catalogues, old), find_catalogue(catalogues, new)

    before, after = run(work(context.obj))
    diff = compare(before.items, after.items)
    alike = matching().pair_titles(diff.dropped, diff.added)
    if as_json:
        renamed = [{"before": one.code, "after": other.code, "score": score} for one, other, score in alike]
        decisions = {"old": describe_decision(before.decision), "new": describe_decision(after.decision)}
        print_json({**decisions, **describe_diff(diff), "perhaps_renamed": renamed})
        return
    show_diff(diff, typer.echo)
    for one, other, score in alike:
        typer.echo(f"  ? {show_item(one)} may have become {show_item(other)} ({score:.2f})")
