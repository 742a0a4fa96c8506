"""What a sync found changed in a dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Position = tuple[int, str]
"""A place in the order of all changes: number of the publication, code of the dataset."""
START: Position = (0, "")


class ChangeKind(StrEnum):
    """How a dataset changed; of several that hold, the last of these."""

    METADATA = "metadata"
    CONTENT = "content"
    SCHEMA = "schema"
    ADDED = "added"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A dataset that a publication changed.

    ``detail`` tells more where there is more to tell: ``fields`` of its metadata that changed (names), how its columns
    drifted (``drift``, sentences for an operator). ``at`` and ``publication`` are None and 0 before it was published.
    """

    code: str
    kind: ChangeKind
    title: str
    province: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    publication: int = 0

    @property
    def position(self) -> Position:
        """Where it stands in the order of all changes."""
        return (self.publication, self.code)
