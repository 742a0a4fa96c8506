"""Annexes, diffs and coverage as lines for a person."""

from collections.abc import Callable

from bot.core.cycle import UpdateCycle
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.item_versions import ItemDiff
from bot.core.items import CatalogueItem
from bot.store.items import Outcome
from gateway.items.columns import IGNORED, ColumnReading, Why
from gateway.items.importing import ImportPlan
from gateway.items.reading import AnnexReading, SheetReading

Print = Callable[[str], object]
_WHY = {
    Why.TOLD: "as --map says",
    Why.HEADING: "a known heading",
    Why.PART: "a line of the heading is known",
    Why.BEGINNING: "begins like a known heading",
    Why.VALUES: "its values look so",
    Why.UNUSED: "not used",
}
_MONTHS = {None: "of any month", 0: "last month of the period", 1: "month after the period"}
_ANCHORS = {
    DueAnchor.PERIOD_END: "end of the period",
    DueAnchor.UNSTATED: "end of the period",
    DueAnchor.CHANGE: "change",
    DueAnchor.PUBLICATION: "publication",
}
_DONE = {
    Outcome.ADDED: "is new",
    Outcome.CHANGED: "takes the place of what was imported before",
    Outcome.UNCHANGED: "is there already and says the same",
}


def show_plan(plan: ImportPlan, reading: AnnexReading, say: Print, *, dry_run: bool) -> None:
    """How an annex was understood, and what its import changes."""
    for sheet in reading.sheets:
        _show_sheet(sheet, say)
    _show_wordings(reading, say)
    for rejected in reading.rejected:
        place = f"{rejected.sheet}, " if rejected.sheet else ""
        say(f"{'refused' if rejected.secret else 'rejected'}: {place}line {rejected.line}: {rejected.reason}")
    for notice in reading.notices:
        say(f"note: {notice}")
    for doubt in reading.doubts:
        say(f"to be confirmed: {doubt}")
    for change in plan.changes:
        say(f"decision: {change.field}: {change.before or '–'} → {change.after or '–'}")
    if plan.diff:
        show_diff(plan.diff, say)
    for replaced in plan.replaces:
        if replaced.diff is None:
            say(f"replaces {replaced.number}, which was not imported")
        else:
            say(f"replaces {replaced.number} from {plan.decision.valid_from.isoformat()} on:")
            show_diff(replaced.diff, say)
    say(
        f"{plan.decision.number}: {len(reading.items)} items, {len(reading.rejected)} rows not taken; "
        f"it {_DONE[plan.outcome]}{' (dry run: nothing was written)' if dry_run else ''}"
    )


def show_diff(diff: ItemDiff, say: Print) -> None:
    """What a newer catalogue changed, a line for each item and field."""
    for item in diff.added:
        say(f"  + {show_item(item)}")
    for item in diff.dropped:
        say(f"  - {show_item(item)}")
    for change in diff.changed:
        say(f"  ~ {show_item(change.after)}")
        for field in change.changes:
            say(f"      {field.field}: {field.before or '–'} → {field.after or '–'}")
    say(
        f"  {len(diff.added)} added, {len(diff.dropped)} dropped, {len(diff.changed)} changed, "
        f"{diff.unchanged} unchanged"
    )


def show_item(item: CatalogueItem) -> str:
    """Code, title and owner on one line."""
    return f"{item.code}  {item.title}" + (f" ({item.owner})" if item.owner else "")


def show_due(due: DueWording | None) -> str:
    """What a deadline was understood as."""
    if due is None:
        return "no term that can be counted"
    if due.anchor is DueAnchor.DAY:
        month = f"month {due.month}" if due.month else _MONTHS.get(due.months_after, f"{due.months_after} months later")
        return f"{'before' if due.strictly_before else 'up to'} day {due.day}, {month}"
    unit = "months" if due.unit is DueUnit.MONTH else f"{due.unit.value} days"
    told = f"{'before' if due.strictly_before else 'up to'} {due.offset_days} {unit} after the {_ANCHORS[due.anchor]}"
    return f"{told} (not said of what)" if due.anchor is DueAnchor.UNSTATED else told


def _show_sheet(sheet: SheetReading, say: Print) -> None:
    say(f"{sheet.name or 'table'}, headings in line {sheet.line}:")
    for column in sheet.columns:
        say(f"  {column.position + 1:>2}  {_show_column(column)}")
    for group in sheet.groups:
        say(f"  line {group.line}: {group.text} is the {group.kind} of what follows{'' if group.sure else ' (?)'}")


def _show_column(column: ColumnReading) -> str:
    meaning = "left out" if column.column == IGNORED else column.column or "not used"
    samples = f"   such as {' | '.join(column.samples)}" if column.samples else ""
    why = "" if column.why is Why.UNUSED else f"   {column.sure:.0%}, {_WHY[column.why]}"
    return f'"{column.heading}" → {meaning}{why}{samples}'


def _show_wordings(reading: AnnexReading, say: Print) -> None:
    say("frequencies:")
    for each in reading.cycles:
        known = each.cycle.code is not UpdateCycle.UNKNOWN
        note = f" (besides: {each.cycle.note})" if each.cycle.note else ""
        meaning = f"{each.cycle.code}{note}" if known else "unknown"
        say(f'  "{each.cycle.printed}" → {meaning}, {each.items} items')
    say("deadlines:")
    for term in reading.terms:
        printed = f'"{term.printed}"' if term.printed else "none given"
        say(f"  {printed} → {show_due(term.due)}, {term.items} items")
