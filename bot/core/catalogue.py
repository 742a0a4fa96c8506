"""What a portal publishes, and what a search finds in it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One downloadable form of a dataset; ``table`` is the content hash of its rows, None when none are loaded.

    ``title`` is what its file prints above the table and ``note`` what it prints below; several tables of one file are
    resources of their own.
    """

    position: int
    title: str = ""
    note: str = ""
    format: str = ""
    url: str = ""
    fields: tuple[str, ...] = ()
    row_count: int = 0
    table: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What the portal publishes. A value that the source does not give is empty or None – never invented.

    ``code`` is stable and unique over all sources; ``province`` an id of ``data/places/`` or the printed name.
    """

    code: str
    title: str
    province: str = ""
    description: str = ""
    publisher: str = ""
    theme: str = ""
    cycle: str = ""
    licence: str = ""
    format: str = ""
    url: str = ""
    fields: tuple[str, ...] = ()
    issued_at: date | None = None
    published_at: date | None = None
    changed_at: date | None = None
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A loaded table: ``columns`` as printed in the source, ``rows`` of texts exactly as printed there."""

    hash: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A dataset that a question may mean; ``score`` in 0…1, ``why`` the parts of the score by name."""

    dataset: Dataset
    score: float
    why: dict[str, float]
