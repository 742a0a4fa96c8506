"""What lies behind the addresses of resources: uploads, links to elsewhere, dumps of the DataStore."""

import hashlib
from collections.abc import Iterator

from aiohttp import web

from simulator.portals.ckan.shelf import Sheet, iterate_csv
from simulator.portals.ckan.world import World

MODIFIED = "Mon, 05 Jan 2026 02:00:00 GMT"


class Files:
    """Serves files of ``world``; ``sent`` are the resources whose contents left, in order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sent: list[str] = []

    async def upload(self, request: web.Request, resource: str) -> web.StreamResponse:
        """A file on the portal itself: with an ETag and Last-Modified, and 304 for who has it."""
        content = self._content(resource)
        if content is None:
            return web.Response(status=404, text="<html><body>404</body></html>", content_type="text/html")
        etag = f'"{hashlib.sha256(b"".join(content)).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Last-Modified": MODIFIED}
        if etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return await self._send(request, resource, headers)

    async def link(self, request: web.Request, resource: str) -> web.StreamResponse:
        """The same from a server that tells nothing of its files."""
        if self._content(resource) is None:
            return web.Response(status=404)
        return await self._send(request, resource, {})

    async def dump(self, request: web.Request, resource: str) -> web.StreamResponse:
        """All rows of a table as CSV, with their ``_id``."""
        sheet = self._world.shelf.sheet(resource)
        if sheet is None or not sheet.active:
            return web.Response(status=404, text="<html><body>404</body></html>", content_type="text/html")
        return await _stream(request, iterate_csv(sheet, numbered=True), {})

    def _content(self, resource: str) -> "Iterator[bytes] | None":
        sheet = self._world.shelf.sheet(resource)
        if isinstance(sheet, Sheet):
            return iterate_csv(sheet)
        file = self._world.shelf.file(resource)
        return None if file is None else iter([file])

    async def _send(self, request: web.Request, resource: str, headers: dict[str, str]) -> web.StreamResponse:
        self.sent.append(resource)
        content = self._content(resource)
        assert content is not None  # noqa: S101 – looked at by the caller
        return await _stream(request, content, headers)


async def _stream(request: web.Request, content: Iterator[bytes], headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/csv; charset=utf-8", **headers})
    await response.prepare(request)
    for piece in content:
        await response.write(piece)
    await response.write_eof()
    return response
