"""What a slot can do with its value: ``{to|number:0}``. The README of ``data/sms_presets`` lists them for people."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote

from bot.core.local_time import VIETNAM
from bot.core.text import unaccent
from gateway.phone import Form, write_number

Value = str | datetime
Filter = Callable[[Value], Value]
_ARGUMENTS = {"number": 1, "prefix": 1, "replace": 2, "choose": 2}
_FORMS: Mapping[str, Form] = {"84": "84", "+84": "+84", "0": "0"}


class FilterError(ValueError):
    """There is no such filter, or it takes other arguments."""


def make_filter(text: str) -> Filter:
    """The filter that is written ``name`` or ``name:argument:argument``. Raises FilterError."""
    name, *arguments = text.split(":")
    if name == "time":  # its pattern may hold colons
        return _at(text.partition(":")[2])
    if name in _TIMES and not arguments:
        return _at(name)
    if name in _PLAIN and not arguments:
        plain = _PLAIN[name]
        return lambda value: plain(_text(value))
    if len(arguments) != _ARGUMENTS.get(name):
        raise FilterError(f"{name} is no filter, or takes other arguments")
    return _with_arguments(name, *arguments)


def _with_arguments(name: str, first: str, second: str = "") -> Filter:
    match name:
        case "number" if first in _FORMS:
            form = _FORMS[first]
            return lambda value: _number(_text(value), form)
        case "replace" if first:
            return lambda value: _text(value).replace(first, second)
        case "prefix":
            return lambda value: f"{first}{_text(value)}" if value else ""
        case "choose":
            return lambda value: first if value in ("", "0") else second
        case _:
            raise FilterError(f"{name} takes other arguments")


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, datetime) else value


def _at(pattern: str) -> Filter:
    written = _TIMES.get(pattern)
    if written is None and "%" not in pattern:
        raise FilterError("time needs a pattern: time:%Y%m%d%H%M%S")

    def write(value: Value) -> Value:
        if not isinstance(value, datetime):
            raise FilterError("only {now} is a time")
        return written(value) if written else value.astimezone(VIETNAM).strftime(pattern)

    return write


def _number(number: str, form: Form) -> str:
    return write_number(number if number.startswith("+") else f"+{number}", form) if number else ""


_TIMES: Mapping[str, Callable[[datetime], str]] = {
    "unix": lambda moment: str(int(moment.timestamp())),
    "millis": lambda moment: str(int(moment.timestamp() * 1000)),
}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_PLAIN: Mapping[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(_bytes(text)).decode(),
    "hex": lambda text: _bytes(text).hex(),
    "utf16hex": lambda text: text.encode("utf-16-be", "surrogatepass").hex(),
    "md5": lambda text: hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest(),
    "sha1": lambda text: hashlib.sha1(_bytes(text), usedforsecurity=False).hexdigest(),
    "sha256": lambda text: hashlib.sha256(_bytes(text)).hexdigest(),
    "url": lambda text: quote(text, safe="", errors="surrogatepass"),
    "upper": str.upper,
    "lower": str.lower,
    "digits": lambda text: re.sub(r"[^0-9]", "", text),
    "unaccent": unaccent,
}
