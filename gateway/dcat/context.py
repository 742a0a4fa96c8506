"""The names in a JSON document: what each stands for, by its own context and by the profiles that name no prefixes.

A context behind an address is never fetched: those that portals refer to define the names in ``_PLAIN``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.dcat.graph import VOCABULARIES, shorten

_PREFIXES = {prefix: address for address, prefix in reversed(VOCABULARIES.items())} | {
    "dcterms": "http://purl.org/dc/terms/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_PLAIN = {
    **dict.fromkeys(
        ("title", "description", "identifier", "issued", "modified", "publisher", "license", "accrualPeriodicity"),
        "dct",
    ),
    **dict.fromkeys(("format", "accessRights", "rights"), "dct"),
    **dict.fromkeys(("dataset", "distribution", "keyword", "theme", "landingPage", "downloadURL", "accessURL"), "dcat"),
    **dict.fromkeys(("mediaType", "byteSize", "Dataset", "Distribution", "Catalog"), "dcat"),
    **dict.fromkeys(("name", "homepage"), "foaf"),
    **dict.fromkeys(("prefLabel", "altLabel"), "skos"),
    "label": "rdfs",
    "fn": "vcard",
    "accessLevel": "pod",
}
_KEYWORDS = {"id": "@id", "type": "@type", "value": "@value", "language": "@language"}
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a name of a document stands for: a short term or a keyword (``@id``); ``links``: its texts are addresses,
    ``by_language``: its object has languages for names."""

    short: str
    links: bool = False
    by_language: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The names in force at one place of a document."""

    names: Mapping[str, Any] = field(default_factory=dict)
    vocabulary: str = ""
    language: str = ""
    _read: dict[str, Term | None] = field(default_factory=dict)

    def extend(self, printed: object) -> "Context":
        """This one with what ``printed``, the value of ``@context``, adds."""
        context = self
        for part in _parts(printed):
            names = {name: meant for name, meant in part.items() if name[:1] != "@"}
            vocabulary, language = part.get("@vocab"), part.get("@language")
            context = Context(
                names={**context.names, **names},
                vocabulary=vocabulary if isinstance(vocabulary, str) else context.vocabulary,
                language=language if isinstance(language, str) else context.language,
            )
        return context

    def read(self, name: str) -> Term | None:
        """What ``name`` stands for, None when that is of no interest here."""
        if name not in self._read:
            self._read[name] = self._find(name)
        return self._read[name]

    def _find(self, name: str) -> Term | None:
        if name.startswith("@"):
            return Term(short=name)
        bare, _, language = name.partition("@")
        defined = self.names.get(bare)
        if isinstance(defined, Mapping):
            short = self._short(defined.get("@id", bare))
            container, links = defined.get("@container"), defined.get("@type") in ("@id", "@vocab")
            spoken = defined.get("@language", language)
            by_language = "@language" in (container if isinstance(container, list) else [container])
            spoken = spoken if isinstance(spoken, str) else ""
            return Term(short=short, links=links, by_language=by_language, language=spoken) if short else None
        short = self._short(defined if isinstance(defined, str) else bare)
        return Term(short=short, language=language) if short else None

    def shorten(self, name: object) -> str:
        """The short term for ``name`` as the name of a kind; empty when it is of no interest here."""
        return self._short(name)

    def _short(self, name: object) -> str:
        address = self.expand(name)
        if address.startswith("@") or not address:
            return address
        if short := shorten(address):
            return short
        if address in _KEYWORDS:
            return _KEYWORDS[address]
        return f"{_PLAIN[address]}:{address}" if address in _PLAIN else ""

    def expand(self, name: object) -> str:
        """``name`` as an address where its prefix or the vocabulary of the document says so, else as it is."""
        if not isinstance(name, str):
            return ""
        for _ in range(_DEEPEST):
            defined = self.names.get(name)
            meant = defined.get("@id") if isinstance(defined, Mapping) else defined
            if not isinstance(meant, str) or meant == name:
                break
            name = meant
        prefix, colon, rest = name.partition(":")
        if colon and not rest.startswith("//"):
            defined = self.names.get(prefix, _PREFIXES.get(prefix, ""))
            meant = defined.get("@id") if isinstance(defined, Mapping) else defined
            return f"{meant}{rest}" if isinstance(meant, str) and meant else name
        known = colon or name[:1] in ("@", "_") or name in _PLAIN or name in _KEYWORDS
        return name if known or not self.vocabulary else f"{self.vocabulary}{name}"


def _parts(printed: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(printed, Mapping):
        yield printed
    elif isinstance(printed, list) and depth < _DEEPEST:
        for part in printed:
            yield from _parts(part, depth + 1)
