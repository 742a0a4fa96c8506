"""What may stand behind the ``?`` of an address: the same description reads it and tells the world about it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, unquote

from gateway.api.problems import ProblemError

LONGEST_ADDRESS = 6000
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Values = Mapping[str, Any]
"""The parameters of a request by name, as the values that they mean; those not given have their default."""


class Kind(StrEnum):
    """What a parameter holds. A CURSOR is what an earlier answer gave: the number of a publication, and a code."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CURSOR = "cursor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter; ``least`` and ``most`` bound a number, or the length of a text."""

    name: str
    kind: Kind
    vi: str
    en: str
    least: int = 0
    most: int = 200
    required: bool = False
    default: int | None = None
    choices: Sequence[str] = ()
    example: str | int | None = None

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its values."""
        found: dict[str, Any]
        match self.kind:
            case Kind.NUMBER:
                found = {"type": "integer", "minimum": self.least, "maximum": self.most}
            case Kind.DATE:
                found = {"type": "string", "format": "date"}
            case Kind.CHOICE:
                found = {"type": "string", "enum": list(self.choices)}
            case Kind.CURSOR:
                found = {"type": "string", "pattern": r"^[0-9]{1,9}\.[^\x00-\x1f\x7f-\x9f]{0,190}$"}
            case Kind.TEXT:
                pattern = r"^[^\x00-\x1f\x7f-\x9f]*$"
                found = {"type": "string", "minLength": self.least, "maxLength": self.most, "pattern": pattern}
        return found if self.default is None else {**found, "default": self.default}

    def read(self, text: str) -> Any:
        """The value that ``text`` means. Raises ProblemError."""
        match self.kind:
            case Kind.NUMBER:
                return self._number(text)
            case Kind.DATE:
                return self._date(text)
            case Kind.CHOICE:
                if text not in self.choices:
                    raise ProblemError("not-a-choice", parameter=self.name, known=", ".join(self.choices))
                return text
            case Kind.CURSOR:
                return self._cursor(text)
            case Kind.TEXT:
                return self._text(text)

    def _number(self, text: str) -> int:
        number = int(text) if _WHOLE_NUMBER.fullmatch(text) else -1
        if not self.least <= number <= self.most:
            raise ProblemError("not-a-number", parameter=self.name, least=self.least, most=self.most)
        return number

    def _date(self, text: str) -> date:
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise ProblemError("not-a-date", parameter=self.name)

    def _cursor(self, text: str) -> tuple[int, str]:
        number, dot, code = text.partition(".")
        if not _WHOLE_NUMBER.fullmatch(number) or not dot or len(code) > 190 or CONTROL.search(code):
            raise ProblemError("not-a-cursor", parameter=self.name)
        return int(number), code

    def _text(self, text: str) -> str:
        if not self.least <= len(text) <= self.most or CONTROL.search(text):
            raise ProblemError("wrong-length", parameter=self.name, least=self.least, most=self.most)
        return text


def read_parameters(query: str, known: Sequence[Parameter]) -> Values:
    """The values in the raw ``query`` of an address. Raises ProblemError, which names the parameter."""
    if _BROKEN_ESCAPE.search(query):
        raise ProblemError("not-utf-8")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="strict", separator="&")
    except UnicodeDecodeError:
        raise ProblemError("not-utf-8") from None
    given: dict[str, str] = {}
    names = {parameter.name for parameter in known}
    for name, text in pairs:
        shown = CONTROL.sub("", name)[:50]
        if name not in names:
            raise ProblemError("unknown-parameter", parameter=shown, known=", ".join(sorted(names)) or "–")
        if name in given:
            raise ProblemError("repeated-parameter", parameter=shown)
        given[name] = text
    return {parameter.name: _value(parameter, given) for parameter in known}


def _value(parameter: Parameter, given: Mapping[str, str]) -> Any:
    if parameter.name in given:
        return parameter.read(given[parameter.name])
    if parameter.required:
        raise ProblemError("missing-parameter", parameter=parameter.name)
    return parameter.default


def read_code(segment: str) -> str:
    """The code of a dataset in a raw ``segment`` of a path. Raises ProblemError."""
    if _BROKEN_ESCAPE.search(segment):
        raise ProblemError("not-utf-8")
    try:
        code = unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise ProblemError("not-utf-8") from None
    if CONTROL.search(code) or len(code) > CODE.most:
        raise ProblemError("wrong-length", parameter="code", least=1, most=CODE.most)
    return code


CODE = Parameter(
    name="code", kind=Kind.TEXT, least=1, vi="Mã của bộ dữ liệu.", en="The code of a dataset.", example="nso-3fe7d9"
)
"""What names a dataset in a path."""
