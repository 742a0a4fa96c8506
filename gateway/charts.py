"""Pictures of charts: drawn by a child process when they are first asked for, kept as files, served by their address.

The answer holds the chart, a file only its picture: whatever is deleted here is drawn again.
"""

import asyncio
import contextlib
import os
import re
from hashlib import sha256
from pathlib import Path

import structlog
from aiohttp import web

from bot.core.charts import Chart
from bot.core.errors import StoreUnavailableError
from bot.core.messages import Picture
from bot.store import answers, takedown
from bot.store.engine import Store
from gateway.drawer import Drawer, DrawingError

CONTENT_TYPE = "image/png"
KEPT = 500
"""Pictures on the disk, some 40 MB; the oldest go first."""

_REFERENCE = re.compile(r"(?P<code>[0-9A-Z]{5,9})-(?P<digest>[0-9a-f]{32})")
_WAITING = 20
_ASK_AGAIN = "public, no-cache"
"""Whoever keeps a picture asks each time whether it may still be shown."""
_RETRY_AFTER = {"Retry-After": "5", "Cache-Control": "no-store"}

log = structlog.get_logger()


def chart_address(picture: Picture) -> str:
    """Where the chat page finds ``picture``, relative to itself."""
    return f"charts/{picture.reference}.png"


class Charts:
    """The pictures of one deployment, in ``folder``. Any number of processes may share it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._drawing: dict[str, asyncio.Task[bytes]] = {}
        self._drawer = Drawer(folder / "fonts")

    def add_routes(self, app: web.Application) -> None:
        """Add ``/charts/…`` to ``app``."""
        app.router.add_get("/charts/{reference}.png", self.serve)

    async def close(self) -> None:
        """End what is being drawn, and the process that draws."""
        for task in self._drawing.values():
            task.cancel()
        await asyncio.gather(*self._drawing.values(), return_exceptions=True)
        await self._drawer.close()

    async def picture(self, reference: str) -> bytes | None:
        """The PNG that :attr:`bot.core.messages.Picture.reference` names, None when there is no such chart or its
        dataset was taken down.

        Raises DrawingError or StoreUnavailableError when it cannot be had now. Channels that upload pictures call this.
        """
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            return None
        kept = await answers.find(self._store, match["code"])
        if kept is None or kept.chart is None or kept.chart.digest != match["digest"]:
            return None
        if await takedown.is_hidden(self._store, kept.dataset):
            return None
        file = self._folder / f"{match['digest']}.png"
        with contextlib.suppress(OSError):
            return await asyncio.to_thread(file.read_bytes)
        return await self._once(kept.chart, file)

    async def serve(self, request: web.Request) -> web.Response:
        """The picture, or 404. It never changes under its address, but it may be taken down."""
        try:
            body = await self.picture(request.match_info["reference"])
        except (DrawingError, StoreUnavailableError) as error:
            log.warning("charts.unavailable", reason=str(error))
            return web.Response(status=503, text="the chart cannot be drawn now", headers=_RETRY_AFTER)
        if body is None:
            return web.Response(status=404, text="there is no such chart", headers={"Cache-Control": "no-store"})
        etag = sha256(body).hexdigest()[:16]
        known = any(tag.value == etag for tag in request.if_none_match or ())
        response = web.Response(status=304) if known else web.Response(body=body, content_type=CONTENT_TYPE)
        response.etag = etag
        response.headers["Cache-Control"] = _ASK_AGAIN
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    async def _once(self, chart: Chart, file: Path) -> bytes:
        """Asked for by many at once, a picture is drawn once – and to its end, whoever goes away."""
        task = self._drawing.get(file.name)
        if task is None:
            if len(self._drawing) >= _WAITING:
                raise DrawingError("too many charts are being drawn")
            task = self._drawing[file.name] = asyncio.create_task(self._draw(chart, file), name="chart")
            task.add_done_callback(lambda _: self._drawing.pop(file.name, None))
        return await asyncio.shield(task)

    async def _draw(self, chart: Chart, file: Path) -> bytes:
        body = await self._drawer.draw(chart)
        await asyncio.to_thread(_keep, file, body)
        return body


def _keep(file: Path, body: bytes) -> None:
    """Write ``body`` to ``file``, whole before anybody sees it, and let the oldest go. A full disk only costs time."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_bytes(body)
        draft.replace(file)
        sweep(file.parent, kept=KEPT)


def sweep(folder: Path, *, kept: int) -> None:
    """Delete all pictures in ``folder`` but the ``kept`` newest. Raises OSError."""
    pictures = [(entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(folder) if entry.is_file()]
    for _, path in sorted(pictures)[: max(0, len(pictures) - kept)]:
        Path(path).unlink(missing_ok=True)
