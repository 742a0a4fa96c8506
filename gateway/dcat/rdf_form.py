"""DCAT as RDF/XML and Turtle, read by rdflib – which comes with the extra ``tracuu[rdf]``.

It is given bytes and opens nothing. A document that defines entities is refused before rdflib sees it.
"""

import logging
from typing import TYPE_CHECKING

from gateway.dcat.graph import Graph, Link, Text, Value, is_blank, shorten
from gateway.portal import PortalError

if TYPE_CHECKING:
    from rdflib.term import Node as Term

_MISSING = (
    "the source publishes RDF/XML or Turtle only: reading that needs the extra tracuu[rdf], which is not installed"
)
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def read_xml(body: bytes, *, base: str) -> Graph:
    """The nodes of an RDF/XML document. Raises PortalError when it is broken, or defines a document type."""
    _refuse_entities(body)
    return _read(body, "xml", base)


def read_turtle(body: bytes, *, base: str) -> Graph:
    """The nodes of a Turtle document. Raises PortalError when it is broken."""
    return _read(body, "turtle", base)


def _refuse_entities(body: bytes) -> None:
    """Whatever entities stand for, small or far away, nothing here needs them."""
    try:
        from defusedxml import DefusedXmlException  # noqa: PLC0415 – part of the extra
        from defusedxml.sax import parseString  # noqa: PLC0415
    except ImportError as error:
        raise PortalError(_MISSING) from error
    from xml.sax import ContentHandler, SAXException  # noqa: PLC0415 – only its base class: nothing is parsed by it

    try:
        parseString(body, ContentHandler(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise PortalError("the document defines a document type or entities, which is not read") from error
    except (SAXException, ValueError, LookupError) as error:
        raise PortalError("the answer is no whole XML document") from error


def _read(body: bytes, form: str, base: str) -> Graph:
    try:
        import rdflib  # noqa: PLC0415 – an extra, and slow to load
    except ImportError as error:
        raise PortalError(_MISSING) from error
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # it prints a trace for every date that is none
    found = rdflib.Graph()
    try:
        found.parse(data=body, format=form, publicID=base)
    except Exception as error:  # its parsers raise whatever they come across
        name = {"xml": "RDF/XML", "turtle": "Turtle"}[form]
        raise PortalError(f"the answer is no whole {name} document") from error
    graph = Graph()
    for subject, predicate, value in found:
        node = graph.node(_name(subject))
        if str(predicate) == _TYPE:
            node.kinds.add(shorten(str(value)))
        elif term := shorten(str(predicate)):
            node.add(term, _value(value))
    return _ordered(graph)


def _name(term: "Term") -> str:
    from rdflib import BNode  # noqa: PLC0415 – see above

    return f"_:{term}" if isinstance(term, BNode) else str(term)


def _value(term: "Term") -> Value:
    from rdflib import Literal  # noqa: PLC0415 – see above

    return Text(str(term), (term.language or "").lower()) if isinstance(term, Literal) else Link(_name(term))


def _ordered(graph: Graph) -> Graph:
    """rdflib keeps no order: named nodes by their names, the same at every reading."""
    ordered = Graph()
    for name in sorted(graph.nodes, key=lambda name: (is_blank(name), name)):
        node = graph.nodes[name]
        for values in node.terms.values():
            values.sort(key=lambda value: value.value if isinstance(value, Text) else value.id)
        ordered.nodes[name] = node
    return ordered
