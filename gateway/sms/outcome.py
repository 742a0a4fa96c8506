"""What an answer of a provider means: most of them say 200 to everything, so the body decides."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from gateway.errors import (
    BadPayloadError,
    ElsewhereError,
    MisconfiguredError,
    OptedOutError,
    OutcomeUnknownError,
    RefusedError,
    Scope,
    SendError,
    ThrottledError,
    UnreachableError,
)
from gateway.sms.fields import Document, read_json
from gateway.sms.markup import MarkupError, fold_name, leaves_of, read_markup
from gateway.sms.matching import Codes, compile_pattern
from gateway.sms.preset import Fault, Outcome, Test

WAIT_SECONDS = 60.0
"""How long a provider is left in peace that asks for it and does not say how long."""
MAX_ID = 128
_SHOWN = re.compile(r"[\w.:+-]{1,24}")
_OURS = frozenset({401, 403, 404, 405, 407})
_UNKNOWN = frozenset({408, 500, 502, 504})

Find = Callable[[str], str | None]
"""What stands at a place of an answer."""


class StaleTokenError(MisconfiguredError):
    """The token that a call was made with is over."""


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """An answer. ``text`` may name a person, so it is never quoted."""

    status: int
    retry_after: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class _Row:
    codes: Codes
    statuses: Codes
    body: re.Pattern[str] | None
    fault: Fault

    def fits(self, code: str, answer: Reading) -> bool:
        if not self.codes.fit(code) or (self.fault.code and not code) or not self.statuses.fit(str(answer.status)):
            return False
        return self.body is None or self.body.search(answer.text) is not None


@dataclass(frozen=True, slots=True, repr=False)
class Judge:
    """How the answers of one provider are read."""

    outcome: Outcome
    tests: tuple[tuple[Test, re.Pattern[str] | None], ...]
    rows: tuple[_Row, ...]
    patterns: Mapping[str, re.Pattern[str]]
    with_token: bool

    @classmethod
    def of(cls, outcome: Outcome, faults: Sequence[Fault], *, with_token: bool) -> "Judge":
        """The judge of a preset. Raises ValueError with a sentence."""
        places = [*outcome.id, *outcome.code, *(test.at for test in outcome.success if test.at)]
        in_text = outcome.type == "text"
        return cls(
            outcome=outcome,
            tests=tuple((test, compile_pattern(test.matches) if test.matches else None) for test in outcome.success),
            rows=tuple(
                _Row(
                    Codes.of(fault.code),
                    Codes.of(fault.status),
                    compile_pattern(fault.body) if fault.body else None,
                    fault,
                )
                for fault in faults
            ),
            patterns={place: _with_group(place) for place in places} if in_text else {},
            with_token=with_token,
        )

    def judge(self, answer: Reading, *, key: str, now: datetime) -> str:
        """The provider's id of what it has taken – ``key`` where it gives none. Raises SendError."""
        find = self._finder(answer.text)
        readable = find is not None
        look = find or _nothing
        if readable and answer.status in self.outcome.status and self._succeeded(look, answer.text):
            return self._id(look) or key
        code = next(filter(None, (look(place) for place in self.outcome.code)), "")
        for row in self.rows:
            if row.fits(code, answer):
                return _apply(row.fault, answer, id_=self._id(look) or key, now=now)
        raise self._by_status(answer, code, now)

    def _succeeded(self, look: Find, text: str) -> bool:
        return all(_holds(test, pattern, look(test.at) if test.at else text) for test, pattern in self.tests)

    def _id(self, look: Find) -> str:
        found = next(filter(None, (look(place) for place in self.outcome.id)), "")
        return found if len(found) <= MAX_ID and found.isprintable() else ""

    def _by_status(self, answer: Reading, code: str, now: datetime) -> SendError:
        status = answer.status
        shown = f" {code}" if _SHOWN.fullmatch(code) else ""
        if status == 401 and self.with_token:
            return StaleTokenError("the provider does not take the token that it gave")
        if status in _OURS or 300 <= status < 400:
            return MisconfiguredError(f"the provider does not know us, or its address is another one ({status}{shown})")
        if status == 429:
            asked = wait_of(answer.retry_after, now)
            return ThrottledError("the provider asks to wait", after=WAIT_SECONDS if asked is None else asked)
        if status == 503:
            return UnreachableError("the provider has trouble of its own (503)")
        nothing = status in _UNKNOWN or status >= 500 or (status < 400 and not code)
        # a code that is in no row concerns this message: a dead letter that can be sent again, never a loop
        return (
            OutcomeUnknownError(f"an answer that tells nothing ({status})")
            if nothing
            else RefusedError(f"the provider refused the message ({status}{shown})")
        )

    def _finder(self, text: str) -> Find | None:
        """How to find a place in the answer; None where it cannot be read."""
        match self.outcome.type:
            case "json":
                return _json_finder(text)
            case "xml":
                return _xml_finder(text)
            case _:
                return lambda place: _group(self.patterns[place], text)


def find_in(kind: str, text: str, place: str) -> str:
    """What stands at ``place`` in an answer; empty when it is not there or cannot be read."""
    finder = {"json": _json_finder, "xml": _xml_finder}.get(kind)
    if finder is None:
        return _group(_with_group(place), text) or ""
    found = finder(text)
    return (found(place) or "") if found else ""


def wait_of(retry_after: str, now: datetime) -> float | None:
    """The seconds of a ``Retry-After`` header (RFC 9110, 10.2.3); None where there is none that can be read."""
    if re.fullmatch(r"[0-9]{1,6}", retry_after.strip()):
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _apply(fault: Fault, answer: Reading, *, id_: str, now: datetime) -> str:
    """What a row of the table means: the id where it was sent before. Raises SendError."""
    match fault.becomes:
        case "repeated":
            return id_
        case "throttled":
            asked = wait_of(answer.retry_after, now)
            scope = Scope.PERSON if fault.person else Scope.ACCOUNT
            raise ThrottledError(fault.says, after=fault.after if asked is None else asked, scope=scope)
        case _:
            raise _ERRORS[fault.becomes](fault.says)


_ERRORS: Mapping[str, type[SendError]] = {
    "refused": RefusedError,
    "opted_out": OptedOutError,
    "unreachable": UnreachableError,
    "misconfigured": MisconfiguredError,
    "unknown": OutcomeUnknownError,
    "elsewhere": ElsewhereError,
    "stale_token": StaleTokenError,
}


def _holds(test: Test, pattern: re.Pattern[str] | None, value: str | None) -> bool:
    if value is None:
        return False
    if test.equals and value not in test.equals:
        return False
    if pattern is None:
        return bool(test.equals or value)
    return (pattern.fullmatch(value) if test.at else pattern.search(value)) is not None


def _nothing(_place: str) -> None:
    return None


def _with_group(place: str) -> re.Pattern[str]:
    pattern = compile_pattern(place)
    if pattern.groups != 1:
        raise ValueError(f"{place} needs one group: what is in it counts")
    return pattern


def _group(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None


def _json_finder(text: str) -> Find | None:
    try:
        return Document((read_json(text.encode()),)).get
    except (BadPayloadError, json.JSONDecodeError):
        return None


def _xml_finder(text: str) -> Find | None:
    try:
        leaves = leaves_of(read_markup(text.encode()))
    except MarkupError:
        return None
    return lambda place: leaves.get(fold_name(place))
