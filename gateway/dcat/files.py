"""The distributions of a dataset: where each is, in which format, and whether it may hold a table."""

import re
from pathlib import PurePosixPath

from yarl import URL

from bot.core.catalogue import Resource
from gateway.ckan.files import TABLES
from gateway.dcat.address import complete
from gateway.dcat.graph import Graph, Link, Node, Text, Value
from gateway.dcat.wording import moment, name, pick, plain
from gateway.portal import RemoteFile

_LONGEST_TITLE = 500
_LONGEST_NOTE = 2000
_MEDIA = {
    "text/csv": "CSV",
    "application/csv": "CSV",
    "text/tab-separated-values": "TSV",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/msword": "DOC",
    "application/pdf": "PDF",
    "application/json": "JSON",
    "application/geo+json": "GEOJSON",
    "application/xml": "XML",
    "application/zip": "ZIP",
    "application/rdf+xml": "RDF",
    "text/html": "HTML",
    "text/plain": "TXT",
    "image/jpeg": "JPG",
}
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{2,7})")
_DOWNLOADS = ("dcat:downloadURL", "hueod:downloadURL")


def read_files(graph: Graph, nodes: list[Node], base: str) -> tuple[tuple[Resource, ...], tuple[RemoteFile, ...]]:
    """The resources that distributions stand for, and those of them that are files to load."""
    resources: list[Resource] = []
    files: list[RemoteFile] = []
    for position, node in enumerate(nodes):
        direct = _address(graph, node, _DOWNLOADS, base)
        url = direct or _address(graph, node, ("dcat:accessURL",), base)
        kind = read_format(graph, node, direct)
        resources.append(
            Resource(
                position=position,
                title=pick(graph.values(node, "dct:title"))[:_LONGEST_TITLE],
                note=plain(pick(graph.values(node, "dct:description")))[:_LONGEST_NOTE],
                format=kind,
                url=url,
            )
        )
        if url and kind in TABLES and (kind or direct):
            files.append(
                RemoteFile(
                    position=position,
                    url=url,
                    format=kind,
                    modified_at=moment(graph.values(node, "dct:modified")),
                    size=_size(graph.values(node, "dcat:byteSize")),
                )
            )
    return tuple(resources), tuple(files)


def read_format(graph: Graph, node: Node, url: str) -> str:
    """``CSV``, by what is printed, by the media type, by the end of the address."""
    for term in ("dct:format", "dcat:mediaType"):
        values = graph.values(node, term)
        if printed := name(graph, values) or next((v.id for v in values if isinstance(v, Link)), ""):
            return _shorten(printed)
    try:
        suffix = _SUFFIX.fullmatch(PurePosixPath(URL(url).path).suffix) if url else None
    except ValueError:
        return ""
    return suffix[1].upper() if suffix else ""


def _shorten(printed: str) -> str:
    """A media type or the address of one, the address of a file type, or a format as printed."""
    bare = printed.partition(";")[0].strip().lower()
    if "/media-types/" in bare:
        bare = bare.partition("/media-types/")[2]
    elif "://" in bare:
        bare = bare.rstrip("/").rpartition("/")[2]
    return _MEDIA.get(bare) or bare.rpartition("/")[2].lstrip(".").upper()[:30]


def _address(graph: Graph, node: Node, terms: tuple[str, ...], base: str) -> str:
    for value in graph.values(node, *terms):
        if url := complete(value.value if isinstance(value, Text) else value.id, base):
            return url
    return ""


def _size(values: list[Value]) -> int | None:
    text = pick(values).partition(".")[0]
    return int(text) if text.isdecimal() and len(text) < 16 else None
