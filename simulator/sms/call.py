"""What a provider is asked, what it answers, and what it keeps of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to the provider; ``headers`` have lower-case names."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    @property
    def content_type(self) -> str:
        """The type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Json:
        """The body as a JSON object; empty when it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def form(self) -> dict[str, str]:
        """The parameters of a form in the body; empty when there is none."""
        if self.content_type != "application/x-www-form-urlencoded":
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters in the address and in a form."""
        return {**self.query, **self.form()}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the provider says."""

    body: str
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def in_json(body: object, *, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(body=json.dumps(body, ensure_ascii=False), status=status)


class Refusal(Exception):  # noqa: N818 – an answer, not a failure
    """What the provider answers instead of doing what it was asked; ``rule`` was broken, or none ("")."""

    def __init__(self, rule: str, answer: Answer) -> None:
        super().__init__(rule)
        self.rule, self.answer = rule, answer


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A rule of docs/sms-contract.md that was broken, and where."""

    rule: str
    where: str


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message that was taken. ``to`` is ``+84…``, ``text`` what the handset shows, ``key`` the id that we gave.

    ``reports_to`` is where the provider was asked to report, ``parts`` and ``price`` what is billed.
    """

    id: str
    to: str
    text: str
    sender: str
    parts: int
    price: int
    at: datetime
    key: str = ""
    reports_to: str = ""
