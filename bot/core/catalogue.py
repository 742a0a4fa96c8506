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

    ``code`` is stable and unique over all sources; ``province`` an id of ``data/places/`` or the printed name; ``key``
    is what the portal itself calls it. ``changed_at`` is what the source says; ``content_at`` what we have seen: since
    when its rows are known to be as they are. ``cycle`` is the wording of its update frequency as printed.
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
    content_at: date | None = None
    key: str = ""
    resources: tuple[Resource, ...] = ()

    @property
    def data_date(self) -> date | None:
        """The day up to which its data are known to be: what we saw ourselves counts more than what is said."""
        return self.content_at or self.changed_at or self.published_at or self.issued_at


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
