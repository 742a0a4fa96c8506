"""A catalogue as nodes with terms, whichever form it came in.

A term is written with the prefix of its vocabulary (``dct:title``); terms of other vocabularies are not kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

VOCABULARIES = {
    "http://www.w3.org/ns/dcat#": "dcat",
    "http://purl.org/dc/terms/": "dct",
    "http://purl.org/dc/elements/1.1/": "dct",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.w3.org/2006/vcard/ns#": "vcard",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://www.w3.org/ns/hydra/core#": "hydra",
    "http://schema.org/": "schema",
    "https://schema.org/": "schema",
    "https://project-open-data.cio.gov/v1.1/schema#": "pod",
    "https://data.thuathienhue.gov.vn/": "hueod",
    "https://data.hue.gov.vn/": "hueod",
}
"""The vocabularies whose terms are kept, by the address of each."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as printed; ``language`` in lower case, empty when none is named."""

    value: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to another node: an address, or a name within the document."""

    id: str


Value = Text | Link


@dataclass(slots=True)
class Node:
    """One thing of a catalogue, with its values by term in the order of the document."""

    id: str
    kinds: set[str] = field(default_factory=set)
    terms: dict[str, list[Value]] = field(default_factory=dict)

    def add(self, term: str, value: Value) -> None:
        """Keep ``value`` once."""
        values = self.terms.setdefault(term, [])
        if value not in values[:50]:
            values.append(value)


@dataclass(slots=True)
class Graph:
    """The nodes of one document by id, in its order."""

    nodes: dict[str, Node] = field(default_factory=dict)

    def node(self, name: str) -> Node:
        """The node called ``name``, made when there is none."""
        return self.nodes.setdefault(name, Node(name))

    def of_kind(self, kind: str) -> Iterator[Node]:
        """The nodes of a kind such as ``dcat:Dataset``."""
        return (node for node in self.nodes.values() if kind in node.kinds)

    def values(self, node: Node, *terms: str) -> list[Value]:
        """The values of the first of ``terms`` that ``node`` has."""
        return next((node.terms[term] for term in terms if term in node.terms), [])

    def linked(self, node: Node, term: str) -> list[Node]:
        """The nodes that ``node`` refers to by ``term``."""
        links = (value.id for value in node.terms.get(term, ()) if isinstance(value, Link))
        return [self.nodes[name] for name in links if name in self.nodes]


def shorten(address: str) -> str:
    """``http://purl.org/dc/terms/title`` as ``dct:title``; empty for a term of another vocabulary."""
    cut = max(address.rfind("#"), address.rfind("/")) + 1
    prefix = VOCABULARIES.get(address[:cut], "")
    return f"{prefix}:{address[cut:]}" if prefix and address[cut:] else ""


def is_blank(name: str) -> bool:
    """Whether ``name`` is good within its document only."""
    return name.startswith("_:")
