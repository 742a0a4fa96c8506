"""What a CKAN portal holds: packages and tables, written out or made up as they are asked for."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Package = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table: its columns and, counted from 0, its rows. ``active``: it is in the DataStore."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    active: bool = True

    def csv(self, start: int = 0, stop: int | None = None, *, numbered: bool = False) -> str:
        """Rows ``start`` … ``stop`` as CSV, with the header before the first."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if start == 0:
            writer.writerow(["_id", *self.columns] if numbered else self.columns)
        for number, row in enumerate(self.rows[start:stop], start + 1):
            writer.writerow([number, *row] if numbered else row)
        return text.getvalue()


class Shelf(Protocol):
    """Where packages come from. ``base`` is the address of the portal, as soon as it has one."""

    base: str

    def ids(self) -> Sequence[str]:
        """Every id, sorted."""

    def package(self, id_: str) -> Package:
        """The package, a new one each time. Raises KeyError."""

    def modified(self, id_: str) -> str:
        """Its ``metadata_modified``, without making the rest of it."""

    def sheet(self, resource: str) -> Sheet | None:
        """The table of a resource, None where it has none."""

    def file(self, resource: str) -> bytes | None:
        """A file that is no table."""


class Written:
    """A shelf of packages that were written out; what they leave out is what CKAN fills in."""

    def __init__(self, packages: Sequence[Mapping[str, Any]], base: str = "") -> None:
        self._sheets: dict[str, Sheet] = {}
        self._packages: dict[str, Package] = {}
        self.base = base
        for number, package in enumerate(packages, 1):
            filled = self._fill(number, package)
            self._packages[filled["id"]] = filled

    def ids(self) -> Sequence[str]:
        return sorted(self._packages)

    def package(self, id_: str) -> Package:
        package = self._packages[id_]
        return {**package, "resources": [self._placed(resource) for resource in package["resources"]]}

    def modified(self, id_: str) -> str:
        return str(self._packages[id_].get("metadata_modified", ""))

    def sheet(self, resource: str) -> Sheet | None:
        return self._sheets.get(resource)

    def file(self, resource: str) -> bytes | None:  # noqa: ARG002 – all of its files are tables
        return None

    def rewrite(self, resource: str, rows: Sequence[Sequence[Any]]) -> None:
        """Other rows behind the same address; nothing else of the portal tells it."""
        old = self._sheets[resource]
        self._sheets[resource] = Sheet(columns=old.columns, rows=rows, active=old.active)

    def _placed(self, resource: Any) -> Any:
        if not isinstance(resource, dict) or "{base}" not in str(resource.get("url", "")):
            return resource
        return {**resource, "url": resource["url"].replace("{base}", self.base)}

    def _fill(self, number: int, package: Mapping[str, Any]) -> Package:
        id_ = f"{number:08x}-0000-4000-8000-{number:012x}"
        filled = {**_EMPTY, "id": id_, "name": f"tap-d-li-u-{number}", "title": f"Tập dữ liệu {number}", **package}
        for key in package.get("without", ()):
            filled.pop(key, None)
        filled.pop("without", None)
        resources = filled.get("resources")
        if isinstance(resources, list):
            filled["resources"] = [self._resource(filled["id"], at, each) for at, each in enumerate(resources)]
            filled["num_resources"] = len(resources)
        return filled

    def _resource(self, package: str, position: int, written: Any) -> Any:
        if not isinstance(written, Mapping):
            return written
        id_ = f"{package[:8]}-{position:04x}-4000-9000-000000000000"
        resource = {**_RESOURCE, "id": id_, "package_id": package, "position": position, **written}
        table = resource.pop("table", None)
        if table is not None:
            header, *rows = csv.reader(io.StringIO(table.strip()))
            active = resource.get("datastore_active", False)
            self._sheets[resource["id"]] = Sheet(columns=tuple(header), rows=rows, active=active)
            if resource["url_type"] == "upload" and not resource["url"]:
                resource["url"] = f"{{base}}/dataset/{package}/resource/{resource['id']}/download/bang.csv"
        return resource


_EMPTY: Package = {
    "author": None,
    "author_email": None,
    "creator_user_id": "00000000-0000-4000-8000-00000000c0de",
    "extras": [],
    "groups": [],
    "isopen": False,
    "license_id": "",
    "license_title": "",
    "maintainer": None,
    "maintainer_email": None,
    "metadata_created": "2026-01-05T02:00:00.000000",
    "metadata_modified": "2026-10-01T02:00:00.000000",
    "notes": "",
    "num_tags": 0,
    "organization": None,
    "owner_org": None,
    "private": False,
    "relationships_as_object": [],
    "relationships_as_subject": [],
    "resources": [],
    "state": "active",
    "tags": [],
    "type": "dataset",
    "url": None,
    "version": None,
}
_RESOURCE: Package = {
    "cache_last_updated": None,
    "cache_url": None,
    "created": "2026-01-05T02:00:00.000000",
    "description": "",
    "format": "CSV",
    "hash": "",
    "last_modified": None,
    "metadata_modified": "2026-01-05T02:00:00.000000",
    "mimetype": None,
    "mimetype_inner": None,
    "name": "",
    "resource_type": None,
    "size": None,
    "state": "active",
    "url": "",
    "url_type": "upload",
}


def iterate_csv(sheet: Sheet, *, numbered: bool = False, step: int = 5000) -> Iterator[bytes]:
    """The whole of ``sheet`` as CSV, piece by piece."""
    for start in range(0, max(1, len(sheet.rows)), step):
        yield sheet.csv(start, start + step, numbered=numbered).encode()
