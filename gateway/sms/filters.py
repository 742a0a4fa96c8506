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
_FORMS: Mapping[str, Form] = {"84": "84", "+84": "+84", "0": "0"}


class FilterError(ValueError):
    """There is no such filter, or it takes other arguments."""


def make_filter(text: str) -> Filter:
    """The filter that is written ``name`` or ``name:argument:argument``. Raises FilterError."""
    name, *arguments = text.split(":")
    if name == "time":  # its pattern may hold colons
        return _at(text.partition(":")[2])
    if name in _PLAIN and not arguments:
        plain = _PLAIN[name]
        return lambda value: plain(_text(value))
    if name in _TIMES and not arguments:
        return _at(name)
    if name == "number" and len(arguments) == 1 and arguments[0] in _FORMS:
        form = _FORMS[arguments[0]]
        return lambda value: _number(_text(value), form)
    if name == "replace" and len(arguments) == 2 and arguments[0]:
        old, new = arguments
        return lambda value: _text(value).replace(old, new)
    if name == "choose" and len(arguments) == 2:
        first, second = arguments
        return lambda value: first if value in ("", "0") else second
    raise FilterError(f"{name} is no filter, or takes other arguments")


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
