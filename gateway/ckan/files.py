"""The resources of a package: what the catalogue says of them, and which may hold tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from bot.core.catalogue import Resource
from gateway.cell import is_address
from gateway.ckan.reading import instant_of, tables_of, text_of
from gateway.portal import RemoteFile

TABLES = frozenset({"CSV", "TSV", "TXT", "XLS", "XLSX", "XLSM", "ODS", "DOCX", "PDF", "JSON", "GEOJSON", ""})
"""Formats that a table may be loaded from; without any the file itself tells."""
_SPELLINGS = {
    "EXCEL": "XLSX",
    "MS EXCEL": "XLSX",
    "WORD": "DOCX",
    "TEXT/CSV": "CSV",
    "APPLICATION/PDF": "PDF",
    "APPLICATION/JSON": "JSON",
    "APPLICATION/GEO+JSON": "GEOJSON",
}
_LONGEST_TITLE = 500
_LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The resources of one package."""

    resources: tuple[Resource, ...]
    files: tuple[RemoteFile, ...]


def read_files(package: Mapping[str, Any], base: str) -> Found:
    """The resources of ``package`` of the portal at ``base``, in its order. Raises SchemaError."""
    resources: list[Resource] = []
    files: list[RemoteFile] = []
    for found in tables_of(package, "resources"):
        if text_of(found, "state") not in {"", "active"}:
            continue
        position, url, kind = len(resources), _url(found, base), _format(found)
        resources.append(
            Resource(
                position=position,
                title=text_of(found, "name")[:_LONGEST_TITLE],
                note=text_of(found, "description")[:_LONGEST_NOTE],
                format=kind,
                url=url,
            )
        )
        rows = text_of(found, "id") if found.get("datastore_active") is True else ""
        if url and (rows or kind in TABLES):
            files.append(
                RemoteFile(
                    position=position,
                    url=url,
                    format=kind,
                    modified_at=instant_of(found, "last_modified"),
                    size=_size(found.get("size")),
                    rows=rows,
                )
            )
    return Found(resources=tuple(resources), files=tuple(files))


def _url(resource: Mapping[str, Any], base: str) -> str:
    """Where the file is. An upload lies on the portal itself, even where its settings name another host."""
    url, kind, id_ = (text_of(resource, key) for key in ("url", "url_type", "id"))
    if kind == "datastore" and id_:
        return f"{base}/datastore/dump/{id_}"
    if kind == "upload" and url:
        start = url.find("/dataset/")
        return base + url[start:] if start >= 0 else urljoin(f"{base}/", url)
    return url if is_address(url) else ""


def _format(resource: Mapping[str, Any]) -> str:
    printed = text_of(resource, "format").upper().removeprefix(".")
    if not printed:
        printed = PurePosixPath(urlsplit(text_of(resource, "url")).path).suffix.lstrip(".").upper()
    return _SPELLINGS.get(printed, printed)


def _size(printed: Any) -> int | None:
    if isinstance(printed, str) and printed.isdigit():
        printed = int(printed)
    return printed if isinstance(printed, int) and not isinstance(printed, bool) and printed >= 0 else None
