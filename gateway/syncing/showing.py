"""How a sync is told to a person at a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from bot.core.changes import Change, ChangeKind
from gateway.syncing.report import SyncReport

SHOWN = 20
"""How many datasets of each kind of change are named."""
_WIDTH = 160
_VERDICTS = {
    "none": "nothing to ask",
    "warn": "over 2 % would go; taken all the same",
    "ask": "over 10 % would go; taken with --yes only",
    "halt": "over 50 % would go, or nothing would be left; taken with --yes-halt only",
}
_COUNTS = ("added", "updated", "removed", "unchanged", "tables", "rows")


def sum_up(name: str, report: SyncReport) -> str:
    """A report in one line."""
    counts = ", ".join(f"{count} {getattr(report, count)}" for count in _COUNTS)
    part = "" if report.whole else ", only what had changed was read"
    return f"{name}: {counts}, rejected {len(report.rejected)}, version {report.version}{part}"


def show_foresight(name: str, report: SyncReport, console: Console) -> None:
    """What a sync would do: the guard's verdict, the datasets concerned, what would be masked, how tables drifted."""
    if not console.is_terminal:
        console.width = _WIDTH  # whoever reads it later has no terminal to fit
    console.print(f"{name}: a dry run, nothing was changed", markup=False, highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("", "code", "title", "what"):
        table.add_column(heading)
    for row in _rows(report):
        table.add_row(*row)
    if table.row_count:
        console.print(table, markup=False, highlight=False)
    for heading, sentences in (("would be masked", report.masked), ("tables change their shape", report.drift)):
        for line in _listed(heading, sentences):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"guard: {_VERDICTS[report.guard]}", markup=False, highlight=False, soft_wrap=True)


def _rows(report: SyncReport) -> Iterator[tuple[str, str, str, str]]:
    updates = set(ChangeKind) - {ChangeKind.ADDED, ChangeKind.WITHDRAWN}
    kinds = (
        ("+", report.added, {ChangeKind.ADDED}),
        ("~", report.updated, updates),
        ("-", report.removed, {ChangeKind.WITHDRAWN}),
    )
    for sign, count, belonging in kinds:
        chosen = [change for change in report.changes if change.kind in belonging]
        for change in chosen[:SHOWN]:
            yield sign, change.code, change.title, _what(change)
        if count > SHOWN:
            yield sign, "…", f"{count} in all", ""


def _what(change: Change) -> str:
    fields = ", ".join(change.detail.get("fields", ()))
    return f"{change.kind.value}: {fields}" if fields else change.kind.value


def _listed(heading: str, sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield f"{heading}: {len(sentences)}"
        yield from (f"  {sentence}" for sentence in sentences[:SHOWN])
