"""The form of one call: what differs from message to message is filled into it."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from yarl import URL

from gateway.sms.filters import Value
from gateway.sms.markup import MarkupError, read_markup
from gateway.sms.preset import Call
from gateway.sms.slots import Lookup, Template
from gateway.sms.writing import (
    CONTENT_TYPES,
    Tree,
    escape_header,
    escape_url,
    escape_xml,
    fill_tree,
    open_slots,
    read_tree,
    write_form,
    write_json,
)

NOW = "now"
_HOST = re.compile(r"https?://[^\s/?#]+[/?#]")
_WRITTEN = re.compile(r"[\x21-\x7e]*")
_SAMPLE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What goes over the wire, once."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """The form of one call."""

    method: str
    url: Template
    query: Tree
    headers: Tree
    type: str
    fields: Tree
    body: Template
    user: Template | None
    password: Template | None

    def write(self, look_up: Lookup) -> Request:
        """The request for one message."""
        address = self.url.fill(look_up)
        if self.query:
            address += ("&" if "?" in address else "?") + write_form(self.query, look_up)
        headers = {name: str(value) for name, value in fill_tree(self.headers, look_up).items()}
        if self.type != "none":
            headers.setdefault("Content-Type", f"{CONTENT_TYPES[self.type]}; charset=utf-8")
        user, password = (one.fill(look_up) if one else "" for one in (self.user, self.password))
        if user or password:
            headers["Authorization"] = _basic(user, password)
        return Request(self.method, URL(address, encoded=True), headers, self._body(look_up))

    def _body(self, look_up: Lookup) -> bytes | None:
        match self.type:
            case "none":
                return None
            case "json":
                return write_json(self.fields, look_up).encode("utf-8", "replace")
            case "form":
                return write_form(self.fields, look_up).encode("ascii")
            case _:
                return self.body.fill(look_up).encode("utf-8", "replace")

    @property
    def names(self) -> frozenset[str]:
        """The slots that each message has to fill."""
        basic = [one for one in (self.user, self.password) if one is not None]
        return open_slots([self.url, self.query, self.headers, self.fields, self.body, *basic])


def draw_letter(call: Call, known: Mapping[str, str]) -> Letter:
    """One call with the settings in it. Raises ValueError with a sentence."""
    if call.fields and call.type not in ("form", "json"):
        raise ValueError(f"fields are for form and json, not for {call.type}")
    if call.body and call.type not in ("xml", "text"):
        raise ValueError(f"body is for xml and text, not for {call.type}")
    if call.method == "GET" and call.type != "none":
        raise ValueError("a GET has no body: use query")
    letter = Letter(
        method=call.method,
        url=_address(call.url, known),
        query=read_tree(call.query, known),
        headers={name: Template.read(text, escape_header).bind(known) for name, text in call.headers.items()},
        type=call.type,
        fields=read_tree(call.fields, known),
        body=Template.read(call.body, escape_xml if call.type == "xml" else str).bind(known),
        user=Template.read(call.basic.user).bind(known) if call.basic else None,
        password=Template.read(call.basic.password).bind(known) if call.basic else None,
    )
    tried = letter.write(_sample)
    if call.type == "xml":
        try:
            read_markup(tried.body or b"")
        except MarkupError as error:
            raise ValueError(f"body: {error}") from None
    return letter


def _sample(name: str) -> Value:
    return _SAMPLE if name == NOW else "1"


def _address(text: str, known: Mapping[str, str]) -> Template:
    """An address: settings stand in it as they are, what a message brings is escaped."""
    bound = Template(Template.read(text).bind(known).pieces, escape_url)
    first = str(bound.pieces[0]) if bound.pieces else ""
    if not first.startswith(("http://", "https://")):
        raise ValueError("url does not begin with http:// or https://")
    if not _HOST.match(first) and (bound.names or not _HOST.match(f"{first}/")):
        raise ValueError("url names no host, or one that differs from message to message")
    if not _WRITTEN.fullmatch(bound.fixed):
        raise ValueError("url has a letter, or a space, that no address can have")
    return bound


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
