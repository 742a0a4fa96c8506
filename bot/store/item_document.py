"""Decisions and items as JSON, and back."""

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache
from typing import Any

from bot.core.cycle import Cycle, UpdateCycle
from bot.core.due import DueAnchor, DueUnit, DueWording
from bot.core.items import CatalogueItem, Decision
from bot.store.types import to_json

_DERIVED = frozenset({"replaced_by", "replaced_on"})
_ELSEWHERE = frozenset({"decision", "province", "valid_from", "valid_to", "code", "position", "lineage"})
"""What an item has from its decision or in columns of its own."""


def decision_to_document(decision: Decision) -> dict[str, Any]:
    """``decision`` as a JSON document without what follows from other decisions."""
    return {name: value for name, value in _plain(decision).items() if name not in _DERIVED}


def decision_from_document(document: dict[str, Any]) -> Decision:
    """The decision of :func:`decision_to_document`."""
    values = dict(document)
    for name in ("signed_on", "valid_from", "valid_to"):
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    return Decision(**{**values, "replaces": tuple(values.get("replaces", ()))})


def item_to_document(item: CatalogueItem) -> dict[str, Any]:
    """``item`` as a JSON document without its place in the decision."""
    document = {name: value for name, value in _plain(item).items() if name not in _ELSEWHERE}
    document["cycle"] = _plain(item.cycle)
    if item.due:
        document["due"] = _plain(item.due)
    return document


def item_from_document(document: dict[str, Any], *, code: str, position: int, lineage: str) -> CatalogueItem:
    """The item of :func:`item_to_document`, which knows nothing of its decision yet."""
    cycle, due = document["cycle"], document.get("due")
    values = {
        **document,
        "fields": tuple(document.get("fields", ())),
        "cycle": _cycle(**cycle),
        "due": _due(**due) if due else None,
    }
    return CatalogueItem(**values, code=code, position=position, lineage=lineage)


def digest_of_annex(decision: Decision, items: Sequence[CatalogueItem]) -> str:
    """Tells whether two annexes say the same, whatever the lineages of their items are."""
    parts = [[item.code, item.position, item_to_document(item)] for item in items]
    return hashlib.sha256(to_json([decision_to_document(decision), parts]).encode()).hexdigest()[:32]


@lru_cache(1000)
def _cycle(*, code: str, **values: Any) -> Cycle:
    return Cycle(**values, code=UpdateCycle(code))


@lru_cache(1000)
def _due(*, anchor: str, unit: str, **values: Any) -> DueWording:
    """Thousands of items share a few wordings."""
    return DueWording(**values, anchor=DueAnchor(anchor), unit=DueUnit(unit))


def _plain(record: Decision | CatalogueItem | Cycle | DueWording) -> dict[str, Any]:
    """The filled fields by name, dates in ISO form."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in sorted(values.items())
        if value not in {None, "", ()}
    }
