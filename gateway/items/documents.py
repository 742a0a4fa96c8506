"""Decisions, items and what is said of them as JSON documents."""

from dataclasses import fields
from typing import Any

from bot.core.due import DueWording
from bot.core.item_proposals import ItemProposal
from bot.core.item_versions import Changed, ItemDiff
from bot.core.items import CatalogueItem, Decision
from gateway.items.importing import ImportPlan
from gateway.items.reading import AnnexReading, SheetReading
from gateway.items.rows import Rejection


def describe_decision(decision: Decision) -> dict[str, Any]:
    """The document of a decision: dates in ISO form."""
    return {
        "number": decision.number,
        "date": decision.signed_on.isoformat(),
        "province": decision.province,
        "signer": decision.signer,
        "title": decision.title,
        "valid_from": decision.valid_from.isoformat(),
        "valid_to": decision.last_day.isoformat() if decision.last_day else None,
        "replaces": list(decision.replaces),
        "replaced_by": decision.replaced_by or None,
    }


def describe_item(item: CatalogueItem) -> dict[str, Any]:
    """The document of an item."""
    return {
        "code": item.code,
        "title": item.title,
        "decision": item.decision,
        "province": item.province,
        "position": item.position,
        "theme": item.theme,
        "owner": item.owner,
        "update_frequency": item.cycle.printed,
        "cycle": item.cycle.code.value,
        "cycle_note": item.cycle.note,
        "due_printed": item.due_printed,
        "due": describe_due(item.due),
        "format": item.format,
        "fields": list(item.fields),
        "valid_from": item.valid_from.isoformat() if item.valid_from else None,
        "valid_to": item.valid_to.isoformat() if item.valid_to else None,
    }


def describe_due(due: DueWording | None) -> dict[str, Any] | None:
    """What a deadline was understood as, by the names of its fields; None for none."""
    if due is None:
        return None
    return {each.name: getattr(due, each.name) for each in fields(due) if each.name != "printed"}


def describe_diff(diff: ItemDiff) -> dict[str, Any]:
    """What a newer catalogue changed."""
    return {
        "added": [describe_item(item) for item in diff.added],
        "dropped": [describe_item(item) for item in diff.dropped],
        "changed": [
            {
                "code": change.after.code,
                "before_code": change.before.code,
                "title": change.after.title,
                "changes": _describe_changes(change.changes),
            }
            for change in diff.changed
        ],
        "unchanged": diff.unchanged,
    }


def describe_import(plan: ImportPlan, reading: AnnexReading, *, file: str, dry_run: bool) -> dict[str, Any]:
    """What an import did, or in a dry run would do, and how everything was understood."""
    return {
        "decision": describe_decision(plan.decision),
        "file": file,
        "dry_run": dry_run,
        "outcome": plan.outcome.value,
        "items": [describe_item(item) for item in reading.items],
        "sheets": [_describe_sheet(sheet) for sheet in reading.sheets],
        "cycles": [
            {
                "printed": each.cycle.printed,
                "cycle": each.cycle.code.value,
                "note": each.cycle.note,
                "items": each.items,
            }
            for each in reading.cycles
        ],
        "deadlines": [
            {"printed": each.printed, "due": describe_due(each.due), "items": each.items} for each in reading.terms
        ],
        "rejected": [describe_rejection(each) for each in reading.rejected],
        "doubts": list(reading.doubts),
        "notices": list(reading.notices),
        "changes": _describe_changes(plan.changes),
        "diff": describe_diff(plan.diff) if plan.diff else None,
        "replaces": [
            {"number": each.number, "diff": describe_diff(each.diff) if each.diff else None} for each in plan.replaces
        ],
    }


def describe_rejection(rejection: Rejection) -> dict[str, Any]:
    """A row that was not taken. Of one that is not public not even the title is repeated."""
    return {
        "sheet": rejection.sheet,
        "line": rejection.line,
        "title": "" if rejection.secret else rejection.title,
        "reason": rejection.reason,
        "not_public": rejection.secret,
    }


def describe_proposal(proposal: ItemProposal) -> dict[str, Any]:
    """The document of a proposal."""
    document = {each.name: getattr(proposal, each.name) for each in fields(proposal)}
    document["values"] = dict(proposal.values)
    document["at"] = proposal.at.isoformat()
    document["settled_at"] = proposal.settled_at.isoformat() if proposal.settled_at else None
    return document


def _describe_sheet(sheet: SheetReading) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "line": sheet.line,
        "columns": [
            {
                "position": each.position + 1,
                "heading": each.heading,
                "column": each.column or None,
                "why": each.why.value,
                "sure": each.sure,
                "samples": list(each.samples),
            }
            for each in sheet.columns
        ],
        "groups": [
            {"line": group.line, "text": group.text, "kind": group.kind.value, "sure": group.sure}
            for group in sheet.groups
        ],
    }


def _describe_changes(changes: tuple[Changed, ...]) -> list[dict[str, str]]:
    return [{"field": each.field, "before": each.before, "after": each.after} for each in changes]
