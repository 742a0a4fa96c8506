"""The fields of what came in – an address, a form, JSON or XML – by name, and what they hold unpacked."""

import base64
import binascii
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from gateway.channel import Hook
from gateway.errors import BadPayloadError
from gateway.sms.markup import Element, MarkupError, fold_name, leaves_of, read_markup

MAX_FIELDS = 64
MAX_ITEMS = 500
"""Messages or reports in one request."""
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_MANY_DIGITS = 30


class Fields(Protocol):
    """What came in, by name."""

    def get(self, name: str) -> str | None:
        """The text of a field; None when it is not there."""

    def each(self, name: str) -> "Sequence[Fields]":
        """The items of a list, each as if it had come alone; names that it has not are those of the whole."""


@dataclass(frozen=True, slots=True)
class Flat:
    """Names and texts."""

    values: Mapping[str, str]

    def get(self, name: str) -> str | None:
        """The text of a parameter."""
        return self.values.get(name)

    def each(self, _name: str) -> Sequence[Fields]:
        """One: parameters are no list."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Document:
    """JSON: names are dotted paths, looked for in each of ``roots`` in turn."""

    roots: tuple[Any, ...]

    def get(self, name: str) -> str | None:
        """The text, or the number as it would be written, at a path."""
        for root in self.roots:
            found = _scalar(_at(root, name))
            if found is not None:
                return found
        return None

    def each(self, name: str) -> Sequence[Fields]:
        """The items of a list. Raises BadPayloadError where it is none."""
        items = _at(self.roots[0], name) if name else self.roots[0]
        if not isinstance(items, list) or len(items) > MAX_ITEMS:
            raise BadPayloadError(f"there is no list, or one of more than {MAX_ITEMS} entries, where it should be")
        return [Document((item, *self.roots)) for item in items]


@dataclass(frozen=True, slots=True)
class Markup:
    """XML: names are local names, looked for in each of ``leaves`` in turn: those of ``root``, then of the whole."""

    root: Element
    leaves: tuple[Mapping[str, str], ...]

    def get(self, name: str) -> str | None:
        """The text of the first element of that name."""
        folded = fold_name(name)
        return next((leaves[folded] for leaves in self.leaves if folded in leaves), None)

    def each(self, name: str) -> Sequence[Fields]:
        """The elements of that name."""
        folded = fold_name(name)
        found = [element for element in self.root.walk() if element.name == folded]
        if len(found) > MAX_ITEMS:
            raise BadPayloadError(f"more than {MAX_ITEMS} entries")
        return [Markup(element, (leaves_of(element), *self.leaves)) for element in found]


def read_fields(hook: Hook, form: str) -> Fields:
    """What ``hook`` carries in the form of its preset. Raises BadPayloadError."""
    match form:
        case "json":
            return Document((read_json(hook.body),))
        case "xml":
            try:
                root = read_markup(hook.body)
            except MarkupError as error:
                raise BadPayloadError(str(error)) from error
            return Markup(root, (leaves_of(root),))
        case "form-or-json" if _type_of(hook) == _JSON:
            return Document((read_json(hook.body),))
        case "form" | "form-or-json":
            return Flat({**hook.query, **read_form(hook)})
        case _:
            return Flat(hook.query)


def read_json(body: bytes) -> Any:
    """The JSON in ``body``; a number stays as it is written. Raises BadPayloadError, which quotes nothing."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_int=_digits, parse_float=str)
    except UnicodeDecodeError as error:
        raise BadPayloadError("the body is not UTF-8") from error
    except RecursionError as error:
        raise BadPayloadError("the body is nested too deeply") from error
    except ValueError as error:
        raise BadPayloadError("the body is not JSON") from error


def read_form(hook: Hook) -> Mapping[str, str]:
    """The fields of a form; of two with one name the last. Raises BadPayloadError for what is none."""
    if hook.method != "POST" or not hook.body:
        return {}
    if _type_of(hook) not in ("", _FORM):
        raise BadPayloadError("the body is no form")
    try:
        return dict(
            parse_qsl(
                hook.body.decode("ascii"), keep_blank_values=True, errors="surrogatepass", max_num_fields=MAX_FIELDS
            )
        )
    except ValueError as error:
        raise BadPayloadError("the body is no form in UTF-8") from error


def _type_of(hook: Hook) -> str:
    return hook.headers.get("content-type", "").partition(";")[0].strip().lower()


def unpack(text: str, how: str) -> str:
    """``text`` as it was before it was packed. Raises BadPayloadError."""
    if how == "plain":
        return text
    unpacked, charset = _PACKED[how]
    try:
        return unpacked(text).decode(charset, "surrogatepass")
    except (binascii.Error, ValueError) as error:
        raise BadPayloadError(f"a field is not packed as {how}") from error


def _base64(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


_PACKED: Mapping[str, tuple[Callable[[str], bytes], str]] = {
    "base64": (_base64, "utf-8"),
    "hex": (bytes.fromhex, "utf-8"),
    "hex-utf16": (bytes.fromhex, "utf-16-be"),
    "base64-utf16": (_base64, "utf-16-be"),
}
PACKINGS = frozenset({"plain", *_PACKED})
"""How a text can be packed."""


def _digits(number: str) -> str:
    if len(number) > _MANY_DIGITS:
        raise ValueError("no number of a provider is so long")
    return number


def _at(root: Any, path: str) -> Any:
    value = root
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and len(step) < 6 and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _scalar(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return None if math.isnan(value) else str(value)
    return value if isinstance(value, str) else None
