"""Pictures of charts: drawn by a child process when they are first asked for, kept as files, served by their address.

The answer holds the chart, a file only its picture: whatever is deleted here is drawn again.
"""

import asyncio
import contextlib
import json
import os
import re
import sys
from hashlib import sha256
from pathlib import Path

import structlog
from aiohttp import web

import bot
from bot.core.charts import Chart, to_document
from bot.core.errors import StoreUnavailableError, TracuuError
from bot.core.messages import Picture
from bot.store import answers
from bot.store.engine import Store

CONTENT_TYPE = "image/png"
KEPT = 500
"""Pictures on the disk, some 40 MB; the oldest go first."""

_REFERENCE = re.compile(r"(?P<code>[0-9A-Z]{5,9})-(?P<digest>[0-9a-f]{32})")
_DRAWING_SECONDS = 30.0
_AT_ONCE = 1
_WAITING = 20
_FOREVER = "public, max-age=31536000, immutable"
_RETRY_AFTER = {"Retry-After": "5", "Cache-Control": "no-store"}
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")
_ROOT = Path(bot.__file__).parents[1]

log = structlog.get_logger()


class DrawingError(TracuuError):
    """A picture could not be drawn now; trying again may help."""


def chart_address(picture: Picture) -> str:
    """Where the chat page finds ``picture``, relative to itself."""
    return f"charts/{picture.reference}.png"


class Charts:
    """The pictures of one deployment, in ``folder``. Any number of processes may share it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        self._drawing: dict[str, asyncio.Task[bytes]] = {}
        self._turn = asyncio.Semaphore(_AT_ONCE)

    def add_routes(self, app: web.Application) -> None:
        """Add ``/charts/…`` to ``app``."""
        app.router.add_get("/charts/{reference}.png", self.serve)

    async def picture(self, reference: str) -> bytes | None:
        """The PNG that :attr:`bot.core.messages.Picture.reference` names, None when there is no such chart.

        Raises DrawingError or StoreUnavailableError when it cannot be had now. Channels that upload pictures call this.
        """
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            return None
        file = self._folder / f"{match['digest']}.png"
        with contextlib.suppress(OSError):
            return await asyncio.to_thread(file.read_bytes)
        kept = await answers.find(self._store, match["code"])
        if kept is None or kept.chart is None or kept.chart.digest != match["digest"]:
            return None
        return await self._once(kept.chart, file)

    async def serve(self, request: web.Request) -> web.Response:
        """The picture, or 404. It never changes under its address."""
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
        response.headers["Cache-Control"] = _FOREVER
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
        document = json.dumps(to_document(chart), ensure_ascii=False).encode("utf-8", "replace")
        async with self._turn:
            body = await draw_apart(document, fonts=self._folder / "fonts")
        await asyncio.to_thread(_keep, file, body)
        return body


async def draw_apart(document: bytes, *, fonts: Path) -> bytes:
    """The PNG of a chart given as JSON, drawn by a process of its own: this one neither waits nor grows.

    ``fonts`` is where matplotlib keeps its list of fonts. Raises DrawingError.
    """
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}  # no secrets
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot.drawing"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**inherited, "PYTHONPATH": str(_ROOT), "MPLCONFIGDIR": str(fonts)},
    )
    try:
        async with asyncio.timeout(_DRAWING_SECONDS):
            body, _ = await child.communicate(document)
    except TimeoutError:
        raise DrawingError("drawing a chart took too long") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode or not body:
        raise DrawingError(f"drawing a chart ended with {child.returncode}")
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
