"""The JSON of an event, read so that no number loses a digit: every number is a text, as it stands in the body."""

import json
from collections.abc import Mapping
from typing import Any

from gateway.errors import BadPayloadError


def load(body: bytes) -> dict[str, Any]:
    """The object in ``body``; numbers are texts, so that an id is the same with and without quotes.

    Raises BadPayloadError, which quotes nothing.
    """
    try:
        document = json.loads(body.decode(), parse_int=str, parse_float=str, parse_constant=str)
    except UnicodeDecodeError as error:
        raise BadPayloadError("the event is not UTF-8") from error
    except RecursionError as error:
        raise BadPayloadError("the event is nested too deeply") from error
    except ValueError as error:
        raise BadPayloadError("the event is not JSON") from error
    if not isinstance(document, dict):
        raise BadPayloadError("the event is not a JSON object")
    return document


def text_of(document: Mapping[str, Any], *path: str) -> str:
    """The text or number at ``path``; empty when there is none."""
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
