"""A request that may be answered, and an answer, without a word of HTTP."""

from dataclasses import dataclass
from datetime import datetime

from gateway.api.parameters import Values
from gateway.api.shapes import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants. ``code`` is the dataset in the path, ``site`` what whole addresses begin with."""

    values: Values
    keyed: bool
    language: str
    site: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The body of an answer; since when it says so, where that is known; and whether it depends on the language."""

    body: bytes
    modified: datetime | None = None
    by_language: bool = False


def tell(shape: Shape, *, modified: datetime | None = None) -> Told:
    """The answer of that ``shape``."""
    return Told(body=shape.model_dump_json().encode(), modified=modified)
