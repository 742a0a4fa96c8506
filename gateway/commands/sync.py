"""``tracuu sync``: bring the copy of the catalogue to what the sources publish."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TaskID

from bot.core.errors import ContentError, TracuuError
from bot.store.engine import Store
from bot.store.presence import others
from bot.store.source import find_source
from gateway.deployment import DATA
from gateway.follow import locate_province, read_configured
from gateway.masking import load_personal_rules
from gateway.portal import BadSourceError, Portal, Progress, Request, read_source
from gateway.portal_client import name_agent, open_client
from gateway.settings import Settings
from gateway.sync import SyncReport, sync
from gateway.syncing.forgetting import emptied, is_emptied
from gateway.syncing.order import outbound_for
from gateway.syncing.report import changes_document
from gateway.syncing.showing import show_foresight, sum_up
from gateway.terminal import Terminal, now, print_json, run, say

Source = tuple[Portal, Request]
_SUMS = ("added", "updated", "removed", "unchanged", "tables", "rows")


def add_commands(app: typer.Typer) -> None:
    """Add ``sync`` to ``app``."""
    app.command("sync", help="Bring the catalogue and its tables to what the sources publish.")(sync_command)


def sync_command(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="kind:address, such as csv:catalogue.csv. Default: all.")] = None,
    name: Annotated[str, typer.Option(help="Name of the source (default: its address).")] = "",
    province: Annotated[str, typer.Option(help="Province of datasets that name none.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only say what would change.")] = False,
    yes: Annotated[bool, typer.Option(help="Accept that over 10 % of the datasets are gone.")] = False,
    yes_halt: Annotated[bool, typer.Option(help="Accept that over 50 % of the datasets are gone.")] = False,
    whole: Annotated[bool, typer.Option(help="Read everything, also where only what changed could be read.")] = False,
    forget: Annotated[bool, typer.Option(help="Let go of what the source gave, without asking it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Sync one source, or all that are configured."""
    terminal: Terminal = context.obj
    if forget and not source:
        raise ContentError("command line", "--source", "is missing: which one is to be forgotten?")
    wanted = [_given(source, name, province)] if source else _configured(terminal.settings())
    if forget:
        wanted = [(emptied(portal), request) for portal, request in wanted]
    choices = {"dry_run": dry_run, "yes": yes, "yes_halt": yes_halt or forget, "whole": whole or forget}
    run(_sync(terminal, wanted, choices, as_json=as_json))


async def _sync(terminal: Terminal, wanted: Sequence[Source], choices: dict[str, Any], *, as_json: bool) -> None:
    """One source after the other; one that fails does not keep the others from going on."""
    done: dict[str, SyncReport] = {}
    failures: list[TracuuError] = []
    settings = terminal.settings()
    rules = load_personal_rules(DATA / "personal", settings.personal_file)
    outbound = outbound_for(settings, [request for _, request in wanted])
    async with terminal.store() as store, open_client(outbound, agent=name_agent(settings)) as client:
        if await others(store):
            store.go_gently()
        for portal, request in wanted:
            try:
                await _refuse_unknown(store, portal, request)
                with _progress(request.name) as progress:
                    done[request.name] = await sync(
                        store, portal, request, now=now(), client=client, rules=rules, progress=progress, **choices
                    )
            except TracuuError as error:
                if len(wanted) == 1:
                    raise
                failures.append(error)
                say(f"tracuu: {request.name}: {error}")
    for report in done.values():
        for notice in report.notices:
            say(f"tracuu: {notice}")
    if as_json and done:
        print_json(_merged(done, dry_run=choices["dry_run"]))
    elif not as_json:
        _show_reports(done, dry_run=choices["dry_run"])
    if failures:
        raise typer.Exit(1)


def _given(source: str, name: str, province: str) -> Source:
    try:
        return read_source(source, name=name, province=locate_province(province, "command line", "--province"))
    except BadSourceError as error:
        raise ContentError("command line", "--source", str(error)) from error


async def _refuse_unknown(store: Store, portal: Portal, request: Request) -> None:
    """Raises ContentError for a source that is to be forgotten and never gave anything."""
    kind, name, province = request.identity
    if is_emptied(portal) and await find_source(store, kind=kind, name=name, province=province) is None:
        raise ContentError("command line", "--source", "never gave anything by this name and for this province")


def _configured(settings: Settings) -> list[Source]:
    if not settings.sources:
        raise ContentError("command line", "--source", "is missing, and the settings have no [[sources]]")
    return read_configured(settings)


@contextmanager
def _progress(name: str) -> Iterator[Progress]:
    """A bar for each stage on stderr, for people only."""
    console = Console(stderr=True)
    with Bar(console=console, disable=not console.is_terminal, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(f"{name}: {stage}", total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report


def _show_reports(done: dict[str, SyncReport], *, dry_run: bool) -> None:
    for name, report in done.items():
        for rejected in report.rejected:
            say(f"tracuu: {name}: line {rejected.line} rejected: {rejected.reason}")
        if dry_run:
            show_foresight(name, report, Console())
        typer.echo(sum_up(name, report))


def _merged(done: dict[str, SyncReport], *, dry_run: bool) -> dict[str, Any]:
    """The report of one source; of several the sums, with each report under ``sources``."""
    documents = {name: _document(report, dry_run=dry_run) for name, report in done.items()}
    first, *more = documents.values()
    if not more:
        return first
    merged: dict[str, Any] = {count: sum(document[count] for document in documents.values()) for count in _SUMS}
    for name in ("rejected", "masked", "drift", "notices"):
        merged[name] = [line for document in documents.values() for line in document[name]]
    merged["version"] = max(document["version"] for document in documents.values())
    return {**merged, "sources": documents}


def _document(report: SyncReport, *, dry_run: bool) -> dict[str, Any]:
    return {**report.document(), **({"changes": changes_document(report)} if dry_run else {})}
