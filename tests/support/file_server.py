"""A web server with the files of a portal, honest or not about what changed."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import aiohttp
from aiohttp import web

from gateway.portal_client import PortalClient


@dataclass
class FileServer:
    """Serves ``body`` under every path; ``asked`` are the headers of each request, ``status`` answers everything.

    ``tags`` = it sends an ETag and honours it; ``sleepy`` = it says "unchanged" of everything, ``seen`` or not.
    """

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    tags: bool = True
    sleepy: bool = False
    missing: int = 0
    asked: list[Mapping[str, str]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(dict(request.headers))
        tag = f'"{sha256(self.body).hexdigest()[:8]}"'
        wanted = request.headers.get("If-None-Match")
        if self.sleepy or (self.tags and wanted == tag):
            return web.Response(status=304)
        headers = {**self.headers, **({"ETag": tag} if self.tags else {})}
        if not self.missing:
            return web.Response(status=self.status, body=self.body, headers=headers)
        response = web.StreamResponse(headers={**headers, "Content-Length": str(len(self.body) + self.missing)})
        await response.prepare(request)
        await response.write(self.body)
        if request.transport is not None:
            request.transport.close()
        return response


async def _at_once(_seconds: float) -> None:
    """No pause."""


@contextlib.asynccontextmanager
async def serving(server: FileServer) -> AsyncIterator[PortalClient]:
    """``server`` on a port of this machine, and a client that may call it and does not wait before it asks again."""
    runner = web.ServerRunner(web.Server(server.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/a.csv"
    async with aiohttp.ClientSession() as session:
        yield PortalClient(session, agent="tracuu (test)", sleep=_at_once)
    await runner.cleanup()
