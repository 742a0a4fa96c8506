"""A portal that runs CKAN, on a port of this machine.

It answers as docs/portals.md says; the rules K1 … there say what it enforces, notes and does.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiohttp import web

from simulator.portals.ckan.actions import Actions
from simulator.portals.ckan.answers import RefusalError, done, refused
from simulator.portals.ckan.files import Files
from simulator.portals.ckan.search import DEFAULT_SORT
from simulator.portals.ckan.shelf import Shelf, Written
from simulator.portals.ckan.world import World
from simulator.portals.door import Door


class CkanDouble(Door):
    """What a test sees: the portal at ``url``."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.shelf = shelf
        self.world = World(shelf=shelf)
        self.actions = Actions(self.world)
        self.files = Files(self.world)

    def change(self, key: str, **fields: Any) -> None:
        """Edit the dataset ``key``; a ``key`` that is new is added."""
        known = key in self.shelf.ids() or key in self.world.database.changed
        self.world.change(key, fields if known else {**Written([{**fields, "id": key}]).package(key), **fields})

    def withdraw(self, key: str, *, private: bool = False) -> None:
        """Delete the dataset ``key``, or make it private."""
        self.world.hide(key, private=private)

    def fault(self, name: str, *, times: int = 1, after: int = 0, seconds: int = 0) -> None:
        """After ``after`` more requests the next ``times`` go wrong: see :mod:`simulator.portals.fault`.

        Of CKAN only: ``schema`` (an answer without its count), ``counts`` (the count jumps from page to page) and
        ``repeated`` (every page is the first one), until :meth:`recover`.
        """
        match name:
            case "schema":
                self.world.broken_schema = True
            case "counts":
                self.world.jumping = True
            case "repeated":
                self.world.deaf = True
            case _:
                super().fault(name, times=times, after=after, seconds=seconds)

    def recover(self) -> None:
        """All goes well again."""
        super().recover()
        self.world.broken_schema = self.world.jumping = self.world.deaf = False

    async def route(self, request: web.Request) -> web.StreamResponse:
        """The portal's own answer."""
        match request.path.strip("/").split("/"):
            case ["api", "3" | "rest", "action", action] | ["api", "action", action]:
                return await self._act(action, request)
            case ["dataset", _, "resource", resource, "download", _]:
                return await self.files.upload(request, resource)
            case ["links", resource]:
                return await self.files.link(request, resource)
            case ["datastore", "dump", resource]:
                return await self.files.dump(request, resource)
            case _:
                return web.Response(status=404, text="<html><body>404</body></html>", content_type="text/html")

    async def _act(self, action: str, request: web.Request) -> web.Response:
        try:
            params = await _params(request)
            if action == "package_search" and _is_paging(params) and not _is_steady(params):
                self.manners.note("K5", str(request.rel_url))
            return done(self.url, action, self.actions.run(action, params))
        except RefusalError as refusal:
            return refused(self.url, action, refusal)


def _is_paging(params: Mapping[str, Any]) -> bool:
    return str(params.get("start", "")).lstrip("0").isdigit()


def _is_steady(params: Mapping[str, Any]) -> bool:
    return str(params.get("sort") or DEFAULT_SORT) in {"id asc", "name asc", "metadata_created asc"}


async def _params(request: web.Request) -> Mapping[str, Any]:
    if request.method == "GET":
        return dict(request.query)
    try:
        document = await request.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise RefusalError(400, "Bad request - JSON Error: Error decoding JSON data.")
    return document


@contextlib.asynccontextmanager
async def open_ckan(shelf: Shelf, *, port: int = 0) -> AsyncIterator[CkanDouble]:
    """A portal with ``shelf`` on ``port`` (a free one) of this machine, as long as the block lasts."""
    double = CkanDouble(shelf)
    async with double.open(port=port):
        shelf.base = double.url
        yield double


@contextlib.asynccontextmanager
async def open_double(case: Mapping[str, Any]) -> AsyncIterator[CkanDouble]:
    """A portal with the ``datasets`` of ``case``: packages, of which only what is not usual need be written; a resource
    with a ``table`` (CSV) has it as its file."""
    packages: Sequence[Mapping[str, Any]] = case["datasets"]
    async with open_ckan(Written(packages)) as double:
        double.world.rows_max = case.get("rows_max", double.world.rows_max)
        yield double
