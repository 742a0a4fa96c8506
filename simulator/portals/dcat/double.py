"""A portal that publishes DCAT in every form, on a port of this machine.

The rules D1 … that it obeys and enforces are those of docs/portals-dcat.md; K1 … are those of every portal.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from simulator.portals.dcat.files import conditional
from simulator.portals.dcat.pages import Pages
from simulator.portals.dcat.shelf import Dataset, Shelf
from simulator.portals.dcat.triples import describe, lone_distribution
from simulator.portals.dcat.writing import KINDS, write
from simulator.portals.door import TODAY, Door, not_found

BROKEN = frozenset({"loop", "empty page", "strange page"})


class DcatDouble(Door):
    """What a test sees: the portal at ``url``, its datasets on the ``shelf``, its catalogue in ``pages``.

    ``lone`` are documents of a single distribution each, by name. ``kind`` is the media type of everything, where the
    portal names a wrong one.
    """

    def __init__(self, datasets: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.kind = ""
        self.shelf = Shelf(datasets)
        self.lone: dict[str, Mapping[str, str]] = {}
        self.pages = Pages(self.shelf, self.manners)

    def change(self, key: str, **fields: Any) -> None:
        """Edit the dataset ``key``, or add it."""
        self.shelf.change(key, fields)

    def withdraw(self, key: str, *, private: bool = False) -> None:  # noqa: ARG002 – the same from outside
        """Delete the dataset ``key``, or leave it out of what everybody may see."""
        self.shelf.withdraw(key)

    def fault(self, name: str, *, times: int = 1, after: int = 0, seconds: int = 0) -> None:
        """As of every portal. Until :meth:`recover`: ``loop`` (the second page names itself as the next one),
        ``empty page`` (those behind the first hold nothing), ``strange page`` (those are no catalogue)."""
        if name in BROKEN:
            self.pages.broken.add(name)
        else:
            super().fault(name, times=times, after=after, seconds=seconds)

    def recover(self) -> None:
        """All goes well again."""
        super().recover()
        self.pages.broken.clear()

    async def route(self, request: web.Request) -> web.Response:
        """The portal's own answer."""
        first, *rest = request.path.strip("/").split("/")
        routes: dict[str, Callable[..., web.Response | None]] = {
            "data.json": self._data_json,
            "danh-sach.json": self._list,
            "dataset": self._dataset,
            "Distribution": self._lone,
            "files": self._file,
        }
        if first.startswith("catalog.") and not rest:
            text, status = self.pages.page(request, first.removeprefix("catalog."), self.url, self._with_files)
            return self._text(text, first.removeprefix("catalog."), status=status)
        route = routes.get(first)
        return (route(request, *rest) if route else None) or not_found()

    def _data_json(self, request: web.Request, *_rest: str) -> web.Response:
        document = {
            "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
            "@type": "dcat:Catalog",
            "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
            "dataset": [_as_json(dataset) for dataset in map(self._with_files, self.shelf.datasets.values())],
        }
        body = json.dumps(document, ensure_ascii=False).encode()
        return conditional(request, body, self.kind or "application/json", TODAY + self.shelf.changes)

    def _list(self, _request: web.Request, *_rest: str) -> web.Response:
        return web.json_response([f"/Distribution/{name}" for name in self.lone])

    def _dataset(self, _request: web.Request, document: str = "", *_rest: str) -> web.Response | None:
        name, _, form = document.rpartition(".")
        dataset = self.shelf.datasets.get(name)
        return self._text(write(describe(self._with_files(dataset), self.url), form), form) if dataset else None

    def _lone(self, _request: web.Request, name: str = "", *_rest: str) -> web.Response | None:
        if name not in self.lone:
            return None
        return self._text(write(lone_distribution(self.lone[name], f"{self.url}/Distribution/{name}"), "rdf"), "rdf")

    def _file(self, request: web.Request, identifier: str = "", file: str = "", *_rest: str) -> web.Response | None:
        number = file.partition(".")[0]
        parts = self.shelf.datasets.get(identifier, {}).get("distribution", ())
        if not number.isdecimal() or int(number) >= len(parts):
            return None
        return conditional(request, parts[int(number)]["table"].encode(), "text/csv", TODAY)

    def _with_files(self, dataset: Dataset) -> Dataset:
        """The dataset with an address for each distribution that has a table of its own."""
        parts = []
        for number, part in enumerate(dataset.get("distribution", ())):
            own = {"downloadURL": f"{self.url}/files/{dataset['identifier']}/{number}.csv"} if "table" in part else {}
            parts.append({**{key: value for key, value in part.items() if key != "table"}, **own})
        return {**dataset, "distribution": parts}

    def _text(self, text: str, form: str, *, status: int = 200) -> web.Response:
        return web.Response(status=status, text=text, content_type=self.kind or KINDS.get(form, "text/plain"))


def _as_json(dataset: Dataset) -> dict[str, Any]:
    """A dataset of ``data.json``; texts in several languages have names of their own (``title@vi``)."""
    printed: dict[str, Any] = {"@type": "dcat:Dataset"}
    for key, value in dataset.items():
        if key in ("title", "description") and isinstance(value, Mapping):
            printed.update({f"{key}@{language}" if language else key: text for language, text in value.items()})
        elif key == "publisher":
            printed[key] = {"@type": "org:Organization", "name": value}
        else:
            printed[key] = value
    return printed


@contextlib.asynccontextmanager
async def open_double(case: Mapping[str, Any]) -> AsyncIterator[DcatDouble]:
    """A portal with the ``datasets`` of ``case``, written as in ``data.json``, ``per_page`` of them on a page.

    A distribution with a ``table`` (CSV) has it as its file.
    """
    double = DcatDouble(case["datasets"])
    double.pages.size = case.get("per_page", double.pages.size)
    double.lone = {part["name"]: part for part in case.get("lone", ())}
    async with double.open():
        yield double
