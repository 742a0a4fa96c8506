"""The JSON object that a provider posts."""

import json
from collections.abc import Callable
from typing import Any

from gateway.errors import BadPayloadError


def load_object(body: bytes, name: str, *, number: Callable[[str], Any] | None = None) -> dict[str, Any]:
    """The object in ``body``; ``number`` reads what is a number there. ``name`` says what it should have been.

    Raises BadPayloadError, which quotes nothing.
    """
    try:
        document = json.loads(body.decode(), parse_int=number, parse_float=number, parse_constant=number)
    except UnicodeDecodeError as error:
        raise BadPayloadError(f"the {name} is not UTF-8") from error
    except RecursionError as error:
        raise BadPayloadError(f"the {name} is nested too deeply") from error
    except ValueError as error:
        raise BadPayloadError(f"the {name} is not JSON") from error
    if not isinstance(document, dict):
        raise BadPayloadError(f"the {name} is not a JSON object")
    return document
