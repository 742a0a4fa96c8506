"""Datasets as statements: subject, term, value. How they are written down is in :mod:`simulator.portals.dcat.writing`.

The terms are those of ckanext-dcat's profiles (ckan/ckanext-dcat, docs/mapping.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

NAMESPACES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "hueod": "https://data.thuathienhue.gov.vn/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """``term`` of ``subject`` is ``value``: an address, or a text in ``language``."""

    subject: str
    term: str
    value: str
    address: bool = False
    language: str = ""


_TEXTS = {
    "identifier": "dct:identifier",
    "issued": "dct:issued",
    "modified": "dct:modified",
    "title": "dct:title",
    "description": "dct:description",
    "keyword": "dcat:keyword",
    "theme": "dcat:theme",
    "accrualPeriodicity": "dct:accrualPeriodicity",
    "license": "dct:license",
    "accessRights": "dct:accessRights",
}
_ADDRESSES = ("accrualPeriodicity", "license", "accessRights")


def describe(dataset: Mapping[str, Any], base: str) -> Iterator[Statement]:
    """The statements about a dataset of a shelf, at ``base``."""
    subject = f"{base}/dataset/{dataset['identifier']}"
    yield Statement(subject=subject, term="rdf:type", value="dcat:Dataset", address=True)
    for key, term in _TEXTS.items():
        for language, text in _spoken(dataset.get(key, "")):
            address = key in _ADDRESSES and "://" in text
            yield Statement(subject=subject, term=term, value=text, address=address, language=language)
    if publisher := dataset.get("publisher", ""):
        office = f"{base}/organization/{quote(publisher)}"
        yield Statement(subject=subject, term="dct:publisher", value=office, address=True)
        yield Statement(subject=office, term="foaf:name", value=publisher)
    for number, part in enumerate(dataset.get("distribution", ()), 1):
        yield from _distribution(part, subject, f"{subject}/resource/{number}")


def _distribution(part: Mapping[str, Any], dataset: str, subject: str) -> Iterator[Statement]:
    yield Statement(subject=dataset, term="dcat:distribution", value=subject, address=True)
    yield Statement(subject=subject, term="rdf:type", value="dcat:Distribution", address=True)
    for key, term in (("title", "dct:title"), ("format", "dct:format"), ("mediaType", "dcat:mediaType")):
        if key in part:
            yield Statement(subject=subject, term=term, value=part[key])
    for key in ("downloadURL", "accessURL"):
        if key in part:
            yield Statement(subject=subject, term=f"dcat:{key}", value=part[key], address=True)
    if "byteSize" in part:
        yield Statement(subject=subject, term="dcat:byteSize", value=str(part["byteSize"]))


def catalogue(datasets: Sequence[Mapping[str, Any]], base: str) -> Iterator[Statement]:
    """The statements of a catalogue with ``datasets``."""
    yield Statement(subject=base, term="rdf:type", value="dcat:Catalog", address=True)
    for dataset in datasets:
        name = f"{base}/dataset/{dataset['identifier']}"
        yield Statement(subject=base, term="dcat:dataset", value=name, address=True)
        yield from describe(dataset, base)


def paging(pages: Mapping[str, str], here: str, total: int) -> Iterator[Statement]:
    """What a page says of the others: ``pages`` by the names of Hydra."""
    yield Statement(subject=here, term="rdf:type", value="hydra:PagedCollection", address=True)
    yield Statement(subject=here, term="hydra:totalItems", value=str(total))
    for name, address in pages.items():
        yield Statement(subject=here, term=f"hydra:{name}", value=address)


def lone_distribution(part: Mapping[str, Any], subject: str) -> Iterator[Statement]:
    """A document of Huế: a distribution without a dataset, its file in a term of its own, with backslashes."""
    yield Statement(subject=subject, term="rdf:type", value="dcat:Distribution", address=True)
    yield Statement(subject=subject, term="dct:identifier", value=part["identifier"])
    yield Statement(subject=subject, term="dct:title", value=part["title"], language="vi")
    yield Statement(subject=subject, term="dct:modified", value=part["modified"])
    yield Statement(subject=subject, term="hueod:apiMethod", value="get", address=True)
    yield Statement(subject=subject, term="hueod:downloadURL", value=part["file"])
    yield Statement(subject=subject, term="dcat:mediaType", value=part["mediaType"], language="vi")
    yield Statement(subject=subject, term="hueod:ratingStars", value="1")


def _spoken(printed: Any) -> Sequence[tuple[str, str]]:
    """The texts of a field with their languages: one text, several, or one for each language."""
    if isinstance(printed, Mapping):
        return list(printed.items())
    return [("", str(text)) for text in (printed if isinstance(printed, (list, tuple)) else [printed]) if text]
