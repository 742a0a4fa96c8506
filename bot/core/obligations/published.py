"""What is known of a published dataset for the sake of duties."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A dataset as far as duties follow from it; ``lineage`` is that of the item of ``home`` that it is known to
    publish."""

    code: str
    title: str
    province: str = ""
    publisher: str = ""
    published_at: date | None = None
    home: str = ""
    lineage: str = ""
