"""``tracuu sync`` and ``tracuu datasets``: what is published, and what of it is shown."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TaskID

from bot.core.errors import ContentError, TracuuError
from bot.store.catalogue import Entry, entries, hide, unhide
from bot.store.dataset import to_document
from gateway.follow import locate_province, read_configured
from gateway.portal import BadSourceError, Portal, Progress, Request, read_source
from gateway.settings import Settings
from gateway.sync import SyncReport, sync
from gateway.terminal import Terminal, now, print_json, run, say

Source = tuple[Portal, Request]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Code = Annotated[str, typer.Argument(help="Code of the dataset.")]
_COUNTS = ("added", "updated", "removed", "unchanged", "tables", "rows")


def add_commands(app: typer.Typer) -> None:
    """Add ``sync`` and ``datasets`` to ``app``."""
    app.command("sync", help="Bring the catalogue and its tables to what the sources publish.")(sync_command)
    datasets = typer.Typer(help="What is published: list, show, take down, show again.", no_args_is_help=True)
    datasets.command("list", help="Every dataset, with its dates.")(list_command)
    datasets.command("show", help="All that is known about one dataset.")(show_command)
    datasets.command("hide", help="Take a dataset down, at once and until unhide.")(hide_command)
    datasets.command("unhide", help="Undo hide.")(unhide_command)
    app.add_typer(datasets, name="datasets")


def sync_command(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="kind:address, such as csv:catalogue.csv. Default: all.")] = None,
    name: Annotated[str, typer.Option(help="Name of the source (default: its address).")] = "",
    province: Annotated[str, typer.Option(help="Province of datasets that name none.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Only say what would change.")] = False,
    yes: Annotated[bool, typer.Option(help="Accept that over 10 % of the datasets are gone.")] = False,
    yes_halt: Annotated[bool, typer.Option(help="Accept that over 50 % of the datasets are gone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sync one source, or all that are configured."""
    terminal: Terminal = context.obj
    wanted = [_given(source, name, province)] if source else _configured(terminal.settings())
    choices = {"dry_run": dry_run, "yes": yes, "yes_halt": yes_halt}
    run(_sync(terminal, wanted, choices, as_json=as_json))


async def _sync(terminal: Terminal, wanted: Sequence[Source], choices: dict[str, Any], *, as_json: bool) -> None:
    """One source after the other; one that fails does not keep the others from going on."""
    done: dict[str, SyncReport] = {}
    failures: list[TracuuError] = []
    async with terminal.store() as store:
        for portal, request in wanted:
            try:
                with _progress(request.name) as progress:
                    done[request.name] = await sync(store, portal, request, now=now(), progress=progress, **choices)
            except TracuuError as error:
                if len(wanted) == 1:
                    raise
                failures.append(error)
                say(f"tracuu: {request.name}: {error}")
    for report in done.values():
        for notice in report.notices:
            say(f"tracuu: {notice}")
    if as_json and done:
        print_json(_merged(done))
    elif not as_json:
        _show_reports(done)
    if failures:
        raise typer.Exit(1)


def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """Every dataset in force, one a line: code, province, date of the data, rows, title, whether it is hidden."""
    summaries = [_summary(entry) for entry in run(_entries(context.obj))]
    if as_json:
        print_json(summaries)
        return
    for summary in summaries:
        shown = [summary[name] for name in ("code", "province", "changed_at", "rows", "title")]
        hidden = ["(hidden)"] if summary["hidden"] else []
        typer.echo("\t".join(str(value or "–") for value in [*shown, *hidden]))


def show_command(context: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """One dataset with its resources."""
    found = run(_entries(context.obj, code))
    if not found:
        raise _unknown(code)
    details = {**_summary(found[0]), **to_document(found[0].dataset)}
    if as_json:
        print_json(details)
        return
    for name, value in details.items():
        typer.echo(f"{name}: {value}")


def hide_command(
    context: typer.Context,
    code: Code,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take a dataset down."""
    changed = run(_hide(context.obj, code, reason))
    _confirm(code, "hidden", changed=changed, as_json=as_json)


def unhide_command(context: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """Show a dataset again."""
    changed = run(_unhide(context.obj, code))
    _confirm(code, "shown", changed=changed, as_json=as_json)


async def _entries(terminal: Terminal, code: str | None = None) -> list[Entry]:
    async with terminal.store() as store:
        return [entry async for entry in entries(store, code=code)]


async def _hide(terminal: Terminal, code: str, reason: str) -> bool:
    async with terminal.store() as store:
        if not [entry async for entry in entries(store, code=code)]:
            raise _unknown(code)
        return await hide(store, code, now=now(), reason=reason)


async def _unhide(terminal: Terminal, code: str) -> bool:
    async with terminal.store() as store:
        if await unhide(store, code):
            return True
        if not [entry async for entry in entries(store, code=code)]:
            raise _unknown(code)
        return False


def _unknown(code: str) -> TracuuError:
    return TracuuError(f"no dataset has the code {code}; tracuu datasets list shows them all")


def _confirm(code: str, state: str, *, changed: bool, as_json: bool) -> None:
    if as_json:
        print_json({"code": code, "hidden": state == "hidden", "changed": changed})
    else:
        typer.echo(f"{code} is {state}" if changed else f"{code} was {state} already")


def _given(source: str, name: str, province: str) -> Source:
    try:
        return read_source(source, name=name, province=locate_province(province, "command line", "--province"))
    except BadSourceError as error:
        raise ContentError("command line", "--source", str(error)) from error


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


def _show_reports(done: dict[str, SyncReport]) -> None:
    for name, report in done.items():
        for rejected in report.rejected:
            say(f"tracuu: {name}: line {rejected.line} rejected: {rejected.reason}")
        counts = ", ".join(f"{count} {getattr(report, count)}" for count in _COUNTS)
        typer.echo(f"{name}: {counts}, rejected {len(report.rejected)}, version {report.version}")


def _merged(done: dict[str, SyncReport]) -> dict[str, Any]:
    """The report of one source; of several the sums, with each report under ``sources``."""
    documents = {name: _document(report) for name, report in done.items()}
    first, *others = documents.values()
    if not others:
        return first
    merged: dict[str, Any] = {count: sum(document[count] for document in documents.values()) for count in _COUNTS}
    merged["rejected"] = [line for document in documents.values() for line in document["rejected"]]
    merged["version"] = max(document["version"] for document in documents.values())
    return {**merged, "sources": documents}


def _document(report: SyncReport) -> dict[str, Any]:
    document = asdict(report)
    del document["notices"]  # on stderr already
    return document


def _summary(entry: Entry) -> dict[str, Any]:
    dataset = entry.dataset
    return {
        "code": dataset.code,
        "title": dataset.title,
        "province": dataset.province,
        "publisher": dataset.publisher,
        "cycle": dataset.cycle,
        "changed_at": dataset.changed_at.isoformat() if dataset.changed_at else None,
        "synced_at": entry.synced_at.isoformat(),
        "source": entry.source,
        "sample": entry.sample,
        "hidden": entry.hidden,
        "tables": sum(resource.table is not None for resource in dataset.resources),
        "rows": sum(resource.row_count for resource in dataset.resources),
    }
