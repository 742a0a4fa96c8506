"""What of an exchange may be written down: only what stands in these lists, never what is left after a search.

Nothing a person wrote, no number, no name, no key and no id of anybody can stand in a list, so none of them is
written, whatever a provider repeats and wherever. Everything else is told by its kind and length.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from yarl import URL

from gateway.exchange import Exchange
from gateway.redaction_words import FIELDS, ID_FIELDS, PHRASES, SECRET_FIELDS, SEGMENTS, STATUS_FIELDS, STATUS_WORDS

_DEPTH, _FIELDS = 3, 40
_HIGHEST_CODE = 99_999
"""A code of a provider is shorter than any phone number, and than a one-time code of six digits."""
_CODE = re.compile(r"-?\d{1,5}")
_LEADING_CODE = re.compile(r"\s*(\d{1,3})\s*:")
_PART_NAME = re.compile(rb'; name="([A-Za-z_]{1,40})"')
_OWN_ERRORS = ("aiohttp.", "gateway.errors", "builtins", "asyncio.")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})


def redact(exchange: Exchange, key: bytes | None) -> dict[str, Any]:
    """``exchange`` as a JSON object. Ids are told by a hash with ``key``, without one by their length."""
    behalf = exchange.behalf
    record: dict[str, Any] = {
        "at": datetime.fromtimestamp(exchange.at, UTC).isoformat(timespec="milliseconds"),
        "channel": behalf.channel if behalf else "",
        "account": behalf.account if behalf else "",
        "message": behalf.message if behalf else None,
        "part": behalf.part if behalf else None,
        "method": exchange.method if exchange.method in _METHODS else "…",
        "host": f"{exchange.url.host}:{exchange.url.port}" if exchange.known else "…",
        "path": _path(exchange.url),
        "request": _request(exchange),
        "status": exchange.status,
        "ms": round(exchange.seconds * 1000, 1),
    }
    if exchange.answer is not None:
        record["answer"] = _answer(exchange.answer, key)
        record["length"] = len(exchange.answer)
    if _CODE.fullmatch(exchange.retry_after):
        record["retry_after"] = int(exchange.retry_after)
    if exchange.error is not None:
        record["error"] = _error(exchange.error)
    return record


def kind_of(value: object, name: str = "") -> str:
    """Of what kind ``value`` is, and how long; never what it is."""
    if name.rpartition(".")[2].lower() in SECRET_FIELDS:
        return "token"
    match value:
        case None | bool():
            return "none" if value is None else "yes/no"
        case int() | float():
            return "number"
        case str():
            return f"digits({len(value)})" if value.isdecimal() else f"text({len(value)})"
        case list():
            return f"list({len(value)})"
    return "object"


def _path(url: URL) -> str:
    return "/".join(_segment(piece) for piece in url.path.split("/"))


def _segment(piece: str) -> str:
    if not piece or piece in SEGMENTS:
        return piece
    return "bot…" if piece.startswith("bot") else f"…({len(piece)})"


def _request(exchange: Exchange) -> dict[str, str]:
    """The names of the fields of query and body, with the kinds of their values."""
    fields = [(f"?{_name(name)}", kind_of(value, name)) for name, value in exchange.url.query.items()]
    fields += [(name, kind) for name, kind in _fields(bytes(exchange.sent))]
    return dict(fields[:_FIELDS])


def _fields(body: bytes) -> Iterator[tuple[str, str]]:
    if not body:
        return
    if body.startswith(b"--"):
        yield from ((_name(name.decode()), "part") for name in _PART_NAME.findall(body))
        return
    if body.startswith(b"<"):  # XML, in which an attribute would pass for a field
        yield "body", f"text({len(body)})"
        return
    document = _load(body)
    if document is not None:
        yield from ((name, kind_of(value, name)) for name, value in _flat(document))
        return
    try:
        form = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS)
    except ValueError:
        yield "body", f"text({len(body)})"
        return
    yield from ((_name(name), kind_of(value, name)) for name, value in form)


def _answer(body: bytes, key: bytes | None) -> dict[str, Any]:
    """Codes, status words and ids in an answer; of everything else that it holds, kinds and lengths."""
    document = _load(body)
    if document is None:
        return _plain(body)
    return {name: _shown(name, value, key) for name, value in list(_flat(document))[:_FIELDS]}


def _plain(body: bytes) -> dict[str, Any]:
    text = body.decode("utf-8", "replace")
    shown: dict[str, Any] = {"body": f"text({len(text)})"}
    if code := _LEADING_CODE.match(text):
        shown["code"] = int(code[1])
    if said := [phrase for phrase in PHRASES if phrase in text]:
        shown["said"] = said
    return shown


def _shown(name: str, value: object, key: bytes | None) -> object:
    last = name.rpartition(".")[2].lower()
    if isinstance(value, bool) and last in STATUS_FIELDS:
        return value
    if last in STATUS_FIELDS and isinstance(value, int | str):
        text = str(value)
        if _CODE.fullmatch(text) and abs(int(text)) <= _HIGHEST_CODE:
            return int(text)
        if text.lower() in STATUS_WORDS:
            return text.lower()
    if last in ID_FIELDS and key is not None and isinstance(value, int | str):
        return f"id {id_hash(str(value), key)}"
    if isinstance(value, str) and (said := [phrase for phrase in PHRASES if phrase in value]):
        return f"{kind_of(value, name)}: {', '.join(said)}"
    return kind_of(value, name)


def id_hash(value: str, key: bytes) -> str:
    """What stands for a provider's id. Whoever has no ``key`` cannot try which id it was."""
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=key, digest_size=6).hexdigest()


def _error(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if f"{kind.__module__}.".startswith(_OWN_ERRORS) else "another error"


def _flat(document: object, place: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """The values of a JSON document under dotted names; what lies deeper is one value."""
    if isinstance(document, Mapping) and depth < _DEPTH:
        for name, value in document.items():
            yield from _flat(value, f"{place}.{_name(name)}" if place else _name(name), depth + 1)
    elif isinstance(document, list) and depth < _DEPTH and document and isinstance(document[0], Mapping):
        yield from _flat(document[0], f"{place}[]", depth + 1)
    else:
        yield place or "body", document


def _name(name: str) -> str:
    return name if name.lower() in FIELDS else f"…({len(name)})"


def _load(body: bytes) -> dict[str, Any] | list[Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict | list) else None
