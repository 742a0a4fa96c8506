"""``sms_cases/<preset>.toml``: what a provider says and hears, in its own words; written from what is known of the
provider, not from the preset."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from gateway.channel import Hook

FOLDER = Path(__file__).parent / "sms_cases"
PRESETS = sorted(file.stem for file in FOLDER.glob("*.toml"))
Cell = Literal["inbound", "signature", "send", "error", "receipt"]
CELLS: tuple[Cell, ...] = ("inbound", "signature", "send", "error", "receipt")
Form = Literal["query", "form", "json", "xml"]
_TYPES = {"form": "application/x-www-form-urlencoded", "json": "application/json", "xml": "text/xml; charset=utf-8"}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shape(_Table):
    """How a hook is built: ``each`` is the list that holds the fields, ``token`` the word in its address."""

    method: Literal["GET", "POST"] = "POST"
    format: Form = "query"
    path: str = ""
    fields: dict[str, Any] = {}
    body: str = ""
    each: str = ""
    id: str = ""
    token: str = "hook-token-0123456"  # noqa: S105 – it opens nothing


class Row(_Table):
    """What every case has. ``source`` is a letter that the head of the file explains."""

    what: str
    source: Literal["M", "C", "J", "?"]


class Changed(Row):
    """A hook that differs from the usual one; ``account`` are other settings."""

    method: Literal["GET", "POST"] | None = None
    format: Form | None = None
    fields: dict[str, Any] = {}
    body: str | None = None
    account: dict[str, str] = {}


class InboundRow(Changed):
    """A message, and what is read in it; ``nobody``: nothing; ``also``: a second one in the same hook, which counts
    unless the first is the ``only`` one."""

    user: str = ""
    text: str = ""
    id: str = ""
    sent_at: datetime | None = None
    nobody: bool = False
    also: dict[str, Any] = {}
    only: bool = False


class SignatureRow(Changed):
    """A proof, and whether it holds; ``tampered`` fields and ``replaced`` words change after it was made."""

    given: Literal["right", "base64", "hex", "inner", "wrong", "missing", "empty"]
    tampered: dict[str, Any] = {}
    replaced: dict[str, str] = {}
    accepted: bool = False


class SendRow(Row):
    """A text, what the provider is called with (by path) and what the phone shows."""

    text: str
    call: dict[str, str] = {}
    shown: str | None = None


class ErrorRow(Row):
    """An answer of the provider, and what may become of the message."""

    becomes: list[str] = Field(min_length=1)
    code: str = ""
    status: int | None = None
    body: str | None = None


class ReceiptRow(Row):
    """A report, the state that it means and the ``detail`` that is kept of it; ``forged`` ones are not taken."""

    method: Literal["GET", "POST"] | None = None
    format: Form | None = None
    fields: dict[str, Any] = {}
    token: str | None = None
    given: Literal["right", "missing"] = "right"
    state: str = ""
    detail: str | None = None
    forged: bool = False


class Said(_Table):
    """How the provider says an error; ``<code>`` is filled in."""

    status: int = 200
    body: str = ""


class Heard(_Table):
    """What the provider has to hear of us: the whole ``body``, or what it ``contains``. ``lacks`` is the field without
    which a message is not understood."""

    status: int = 200
    body: str | None = None
    contains: str = ""
    lacks: str = ""


class SmsCases(_Table):
    """One file. ``address`` is the setting that takes the double's address; ``answers``: only answers can be sent.

    ``forged`` and ``unreadable`` are what the provider hears to a message of that kind.
    """

    double: str
    address: str
    proof: Literal["token", "esms", "vcom", "twilio", "none"]
    answers: bool = False
    account: dict[str, Any]
    message: Shape | None = None
    inbound: tuple[InboundRow, ...] = ()
    signature: tuple[SignatureRow, ...] = ()
    send: tuple[SendRow, ...] = ()
    answer: Said
    forged: Heard | None = None
    unreadable: Heard | None = None
    error: tuple[ErrorRow, ...] = ()
    report: Shape | None = None
    receipt: tuple[ReceiptRow, ...] = ()
    lacks: dict[Cell, str] = {}

    def rows(self, cell: Cell) -> tuple[Row, ...]:
        """The cases of one column of the table."""
        found: tuple[Row, ...] = getattr(self, cell)
        return found


def load_sms_cases(preset: str) -> SmsCases:
    """The cases of a preset."""
    return SmsCases.model_validate(tomllib.loads((FOLDER / f"{preset}.toml").read_text(encoding="utf-8")))


def build(shape: Shape, fields: Mapping[str, Any], *, body: str = "", also: Mapping[str, Any] | None = None) -> Hook:
    """The hook with ``fields`` in the form of ``shape``, without proof."""
    query: dict[str, str] = {}
    raw = b""
    if shape.format == "query":
        query = {name: str(value) for name, value in fields.items()}
    elif shape.format == "form":
        raw = urlencode({name: str(value) for name, value in fields.items()}).encode()
    elif shape.format == "json":
        items = [fields, *([{**fields, **also}] if also else [])]
        raw = json.dumps({shape.each: items} if shape.each else fields, ensure_ascii=False).encode()
    else:
        raw = (body or shape.body).encode()
    headers = {"content-type": _TYPES[shape.format]} if shape.format in _TYPES else {}
    return Hook(method=shape.method, path=shape.path, query=query, headers=headers, cookies={}, body=raw)
