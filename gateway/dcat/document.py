"""What a source answered: in which form, and the nodes in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.cell import is_address
from gateway.dcat.graph import Graph
from gateway.dcat.json_form import read_graph, read_json
from gateway.dcat.rdf_form import read_turtle, read_xml
from gateway.portal import PortalError

_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TURTLE = re.compile(rb"(?:\A|\n)\s*(?:@prefix|@base|PREFIX|BASE)\s", re.IGNORECASE)
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A catalogue, or the ``addresses`` of documents that each hold a part of it."""

    graph: Graph
    addresses: tuple[str, ...] = ()


def read_document(body: bytes, kind: str, *, base: str) -> Document:
    """What ``body``, sent as the media type ``kind``, holds; relative addresses start at ``base``.

    The content decides, the media type only where that could be either. Reads and computes: keep it off the event
    loop. Raises PortalError when it is no catalogue.
    """
    start = body.removeprefix(_MARK).lstrip()
    if not start:
        raise PortalError("the answer is empty")
    if start[:1] in (b"{", b"["):
        return _read_json(body)
    if _HTML.match(start[:4096]):
        raise PortalError("the answer is a web page, not a catalogue")
    if start[:1] == b"<" and not _TURTLE.search(start[:65536]) and "turtle" not in kind:
        return Document(graph=read_xml(start, base=base))
    if _TURTLE.search(start[:65536]) or "turtle" in kind:
        return Document(graph=read_turtle(start, base=base))
    if addresses := _addresses(start):
        return Document(graph=Graph(), addresses=addresses)
    raise PortalError("the answer is no catalogue: neither JSON nor RDF/XML nor Turtle")


def _read_json(body: bytes) -> Document:
    printed = read_json(body)
    if isinstance(printed, list) and printed and all(isinstance(part, str) for part in printed):
        return Document(graph=Graph(), addresses=tuple(part.strip() for part in printed))
    if isinstance(printed, Mapping) and "dataset" in printed and not isinstance(printed["dataset"], (list, Mapping)):
        raise PortalError("the catalogue's list of datasets is no list")
    return Document(graph=read_graph(printed))


def _addresses(body: bytes) -> tuple[str, ...]:
    lines = tuple(filter(None, map(str.strip, body.decode("utf-8", "replace").splitlines())))
    return lines if lines and all(map(is_address, lines)) else ()
