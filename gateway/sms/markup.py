"""XML and SOAP as providers post it: elements by their local names, and nothing that a document can do to its reader.

A document with a DTD is refused before an entity can be declared, so that nothing expands and nothing is fetched.
"""

import re
import xml.parsers.expat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MAX_DEPTH = 32
MAX_ELEMENTS = 5000
_SEPARATOR = " "  # cannot stand in a name
_SIXTEEN = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]{0,80}encoding=.utf-16", re.IGNORECASE)
"""Whoever can read this in single bytes reads no UTF-16, whatever a program for .NET declares."""


class MarkupError(ValueError):
    """This is no XML that we read; says why without quoting it."""


@dataclass(slots=True)
class Element:
    """One element: its folded local name, its text without that of its children, and these."""

    name: str
    text: str = ""
    children: "list[Element]" = field(default_factory=list)

    def walk(self) -> "Iterator[Element]":
        """This element and all inside, in the order of the document."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


def fold_name(name: str) -> str:
    """``name`` without prefix, case and underscores: partners of one provider spell them as they like."""
    return re.sub(r"[_-]", "", name.rpartition(":")[2].rpartition(_SEPARATOR)[2]).lower()


def read_markup(body: bytes) -> Element:
    """The root of the document. Raises MarkupError."""
    reader = _Reader()
    alphabet = "utf-8" if _SIXTEEN.match(body) else None
    parser = xml.parsers.expat.ParserCreate(alphabet, namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.take
    try:
        parser.Parse(body, True)  # noqa: FBT003 – expat names no arguments
    except xml.parsers.expat.ExpatError as error:
        raise MarkupError("the body is not XML") from error
    except (LookupError, ValueError) as error:
        if isinstance(error, MarkupError):
            raise
        raise MarkupError("the body is not in an alphabet that we read") from error
    return reader.document.children[0]


class _Reader:
    def __init__(self) -> None:
        self.document = Element("")
        self._open = [self.document]
        self._count = 0

    def refuse(self, *_declared: object) -> None:
        raise MarkupError("the body declares a document type")

    def start(self, name: str, _attributes: object) -> None:
        self._count += 1
        if len(self._open) > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise MarkupError("the body is nested too deeply, or has too many elements")
        element = Element(fold_name(name))
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def take(self, text: str) -> None:
        self._open[-1].text += text


def leaves_of(root: Element) -> Mapping[str, str]:
    """The texts of the elements below ``root`` that have no children, by folded name; of several the first counts."""
    leaves: dict[str, str] = {}
    for element in root.walk():
        if not element.children:
            leaves.setdefault(element.name, element.text.strip())
    return leaves
