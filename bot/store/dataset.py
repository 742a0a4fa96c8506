"""A dataset as JSON, and back."""

import hashlib
from dataclasses import fields
from datetime import date
from typing import Any

from bot.core.catalogue import Dataset, Resource
from bot.store.types import to_json

_DATES = ("issued_at", "published_at", "changed_at", "content_at")


def to_document(dataset: Dataset) -> dict[str, Any]:
    """``dataset`` as a JSON document, its names in alphabetical order; what is empty is left out."""
    document = _filled(dataset)
    for name in _DATES:
        if name in document:
            document[name] = document[name].isoformat()
    if dataset.resources:
        document["resources"] = [_filled(resource) for resource in dataset.resources]
    return document


def from_document(document: dict[str, Any]) -> Dataset:
    """The dataset of :func:`to_document`."""
    values = dict(document)
    for name in _DATES:
        if name in values:
            values[name] = date.fromisoformat(values[name])
    values["fields"] = tuple(values.get("fields", ()))
    values["resources"] = tuple(_resource(entry) for entry in values.get("resources", ()))
    return Dataset(**values)


def digest_of(document: dict[str, Any]) -> str:
    """Tells whether two documents say the same."""
    return hashlib.sha256(to_json(document).encode()).hexdigest()[:32]


def _filled(record: Dataset | Resource) -> dict[str, Any]:
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: values[name] for name in sorted(values) if values[name] or name == "position"}


def _resource(entry: dict[str, Any]) -> Resource:
    return Resource(**{**entry, "fields": tuple(entry.get("fields", ()))})
