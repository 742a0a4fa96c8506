"""The JSON of an event, read so that no number loses a digit: every number is a text, as it stands in the body."""

from collections.abc import Mapping
from typing import Any

from gateway.json_body import load_object


def load(body: bytes) -> dict[str, Any]:
    """The object in ``body``; numbers are texts, so that an id is the same with and without quotes.

    Raises BadPayloadError, which quotes nothing.
    """
    return load_object(body, "event", number=str)


def text_of(document: Mapping[str, Any], *path: str) -> str:
    """The text or number at ``path``; empty when there is none."""
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
