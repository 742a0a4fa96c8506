"""Write a body of each type, whatever stands in its slots: what was put in is what whoever reads it gets out."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from gateway.sms.slots import Lookup, SlotError, Template, as_it_is

CONTENT_TYPES: Mapping[str, str] = {
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
    "xml": "text/xml",
    "text": "text/plain",
    "html": "text/html",
}
OPTIONAL = "?"
"""Behind a name: it is left out where its text is empty."""

Tree = Any
"""What JSON can hold, with templates for texts."""
Known = Mapping[str, str]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"} | {
    char: f"&#{ord(char)};"
    for char in "\t\n\r"  # else a reader makes them one space, or one line end
}
_SPECIAL = re.compile("[&<>\"'\t\n\r]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TYPED = re.compile(r"\{([^{}]*)\|(int|bool)\}")


def escape_xml(text: str) -> str:
    """``text`` as it stands in an element or attribute (XML 1.0); what no XML can hold is left out."""
    return _SPECIAL.sub(lambda found: _MARKUP[found.group()], _NOT_XML.sub("", text))


def escape_url(text: str) -> str:
    """``text`` as one part of an address."""
    return quote(text, safe="", errors="surrogatepass")


def escape_header(text: str) -> str:
    """``text`` without what would end a header."""
    return _CONTROL.sub("", text)


ESCAPES: Mapping[str, Callable[[str], str]] = {
    "xml": escape_xml,
    "html": escape_xml,
    "text": as_it_is,
    "json": as_it_is,  # whole values are written, and the writer escapes them
    "form": as_it_is,
}


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """A number, or true or false, in JSON."""

    template: Template
    kind: str

    def fill(self, look_up: Lookup) -> int | bool | str:
        """The value; what is none stays a text, for the provider to refuse."""
        text = self.template.fill(look_up)
        if self.kind == "bool":
            return text not in ("", "0", "false")
        return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text


def read_tree(value: Tree, known: Known) -> Tree:
    """``value`` with each of its texts as a template, bound to ``known``. Raises SlotError."""
    if isinstance(value, str):
        typed = _TYPED.fullmatch(value)
        if typed:
            return Typed(Template.read(f"{{{typed[1]}}}").bind(known), typed[2])
        return Template.read(value).bind(known)
    if isinstance(value, dict):
        return {name: read_tree(one, known) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [read_tree(one, known) for one in value]
    if value is None or isinstance(value, (int, float)):
        return value
    raise SlotError("only texts, numbers, true, false, lists and tables can be sent")


def fill_tree(tree: Tree, look_up: Lookup) -> Tree:
    """``tree`` with its templates filled; optional names without text are left out."""
    if isinstance(tree, (Template, Typed)):
        return tree.fill(look_up)
    if isinstance(tree, dict):
        filled = ((name, fill_tree(one, look_up)) for name, one in tree.items())
        return {
            name.removesuffix(OPTIONAL): one
            for name, one in filled
            if not name.endswith(OPTIONAL) or one not in ("", [])
        }
    if isinstance(tree, list):
        return [fill_tree(one, look_up) for one in tree]
    return tree


def open_slots(tree: Tree) -> frozenset[str]:
    """The slots of ``tree`` that are not filled yet."""
    if isinstance(tree, Template):
        return tree.names
    if isinstance(tree, Typed):
        return tree.template.names
    inside = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return frozenset[str]().union(*(open_slots(one) for one in inside))


def write_json(tree: Tree, look_up: Lookup) -> str:
    """A JSON document."""
    return json.dumps(fill_tree(tree, look_up), ensure_ascii=False, separators=(",", ":"))


def write_form(tree: Mapping[str, Tree], look_up: Lookup) -> str:
    """The fields of a form or of an address, in their order; a list is its name again and again."""
    return urlencode(list(_pairs(fill_tree(tree, look_up))), errors="surrogatepass")


def _pairs(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, one if isinstance(one, str) else json.dumps(one)
