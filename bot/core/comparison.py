"""What a new reading of a dataset tells beside the one before: what changed, since when its rows are as they are."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import date

from bot.core.catalogue import Dataset
from bot.core.changes import Change, ChangeKind

_OF_ITSELF = frozenset({"code", "key", "changed_at", "content_at", "resources"})
"""What is no news by itself: names, dates that move without anything else, and files, which are compared apart."""
_OF_A_FILE = ("title", "note", "format", "url")


def with_evidence(after: Dataset, before: Dataset | None, *, today: date) -> Dataset:
    """``after`` with the day since when its rows are known to be as they are (:attr:`Dataset.content_at`).

    Other rows than before are of ``today``. The same rows keep their day, whatever date the source gives meanwhile;
    rows seen for the first time are as old as the source says, if it says anything.
    """
    if not _tables(after):
        return replace(after, content_at=None)
    if before is None or not _tables(before):
        return replace(after, content_at=_said(after))
    if has_other_rows(before, after):
        return replace(after, content_at=today)
    return replace(after, content_at=before.content_at or _said(before))


def has_other_rows(before: Dataset, after: Dataset) -> bool:
    """Whether its tables are others than before, in whatever order.

    A file without a table on one side says nothing: that it can be read now, or cannot, is no news of its rows.
    """
    unread = {each.url for dataset in (before, after) for each in dataset.resources if each.url and not each.table}
    return Counter(_tables(before, unread)) != Counter(_tables(after, unread))


def change_of(before: Dataset | None, after: Dataset | None, *, drift: Sequence[str] = ()) -> Change | None:
    """What changed between two readings of a dataset, of which one may lack it; None when there is nothing to tell.

    ``drift`` are sentences on how its columns changed.
    """
    known = after or before
    if known is None:
        return None
    detail: dict[str, list[str]] = {}
    if before is None:
        kind = ChangeKind.ADDED
    elif after is None:
        kind = ChangeKind.WITHDRAWN
    else:
        names = changed_fields(before, after)
        other_rows = has_other_rows(before, after)
        if not (names or other_rows or drift):
            return None
        kind = ChangeKind.SCHEMA if drift else ChangeKind.CONTENT if other_rows else ChangeKind.METADATA
        detail = {name: value for name, value in (("fields", names), ("drift", list(drift))) if value}
    return Change(code=known.code, kind=kind, title=known.title, province=known.province, detail=detail)


def changed_fields(before: Dataset, after: Dataset) -> list[str]:
    """The names of what is described otherwise than before."""
    names = [
        field.name
        for field in fields(Dataset)
        if field.name not in _OF_ITSELF and getattr(before, field.name) != getattr(after, field.name)
    ]
    return names + (["resources"] if _described(before) != _described(after) else [])


def _tables(dataset: Dataset, unread: Collection[str] = ()) -> list[str]:
    return [each.table for each in dataset.resources if each.table and each.url not in unread]


def _described(dataset: Dataset) -> list[tuple[object, ...]]:
    return [tuple(getattr(resource, name) for name in _OF_A_FILE) for resource in dataset.resources]


def _said(dataset: Dataset) -> date | None:
    return dataset.changed_at or dataset.published_at
