"""A call of a method: what came in whichever of the four encodings, and how each kind of parameter is read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from simulator.telegram.answers import ApiError

MAX_UPLOAD = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file of a multipart body."""

    name: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call. ``values`` are as they came: strings, or whatever JSON has. ``method`` is in lower case."""

    method: str
    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string; empty when it is missing. Numbers are taken for their digits, as Telegram does."""
        value = self.values.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; ``default`` when it is missing or none."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """True for the words that Telegram takes for it."""
        return self.text(name).lower() in {"true", "yes", "1"}

    def parsed(self, name: str, what: str, *, rule: str) -> Any:
        """A structure, whether it came as JSON or as JSON in a string; None when it is missing."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(400, f"can't parse {what} JSON object", rule=rule) from None


async def read_call(request: web.Request) -> Call:
    """The call in ``request``: parameters of the address and of the body. Raises ApiError when the body is no such."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    kind = request.content_type
    if kind == "application/json":
        values.update(_from_json(await request.read()))
    elif kind == "application/x-www-form-urlencoded":
        values.update((await request.post()).items())
    elif kind == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                continue
            body = bytes(await part.read())
            if part.filename is None:
                values[part.name] = body.decode()
            else:
                files[part.name] = Upload(name=part.filename, body=body)
    return Call(method=request.match_info["method"].lower(), values=values, files=files)


def _from_json(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        values = json.loads(body)
    except ValueError:
        raise ApiError(400, "can't parse JSON object", rule="T4") from None
    if not isinstance(values, dict):
        raise ApiError(400, "JSON object expected", rule="T4")
    return values
