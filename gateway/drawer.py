"""The child process that draws: begun when a chart is wanted, kept for the next one, ended when nobody asks."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import bot
from bot.core.charts import Chart, to_document
from bot.core.errors import TracuuError

_LENGTH = 4
_DRAWING_SECONDS = 30.0
_IDLE_SECONDS = 60.0
_ENDING_SECONDS = 2.0
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")  # no secrets
_ROOT = Path(bot.__file__).parents[1]


class DrawingError(TracuuError):
    """A picture could not be drawn now; trying again may help."""


class BrokenProcessError(DrawingError):
    """The process that draws is gone."""


class Drawer:
    """Draws one chart at a time, apart: the process that answers neither waits nor grows.

    ``fonts`` is where matplotlib keeps its list of fonts. To begin a process holds the event loop for a moment, so it
    stays for ``idle`` seconds after its last chart.
    """

    def __init__(self, fonts: Path, *, idle: float = _IDLE_SECONDS) -> None:
        self._fonts, self._idle = fonts, idle
        self._turn = asyncio.Lock()
        self._child: Process | None = None
        self._leaving: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._child.pid if self._child else None

    async def draw(self, chart: Chart) -> bytes:
        """``chart`` as PNG. Raises DrawingError."""
        document = json.dumps(to_document(chart)).encode()
        async with self._turn:
            if self._leaving:
                self._leaving.cancel()
            try:
                picture = await self._attempt(document)
            except BrokenProcessError:  # it may have been killed while it was idle
                picture = await self._attempt(document)
            self._leaving = asyncio.create_task(self._leave(), name="drawer")
        if not picture:
            raise DrawingError("this chart cannot be drawn")
        return picture

    async def close(self) -> None:
        """End the process, if there is one."""
        if self._leaving:
            self._leaving.cancel()
        async with self._turn:
            await self._end()

    async def _attempt(self, document: bytes) -> bytes:
        try:
            async with asyncio.timeout(_DRAWING_SECONDS):
                return await self._exchange(document)
        except TimeoutError:
            await self._end()
            raise DrawingError("drawing a chart took too long") from None
        except (OSError, asyncio.IncompleteReadError):
            await self._end()
            raise BrokenProcessError("the process that draws has ended") from None
        except asyncio.CancelledError:
            await self._end()  # its answer would be taken for that to the next chart
            raise

    async def _exchange(self, document: bytes) -> bytes:
        if self._child is None:
            self._child = await self._begin()
        outward, inward = self._child.stdin, self._child.stdout
        if outward is None or inward is None:
            raise ConnectionError
        outward.write(len(document).to_bytes(_LENGTH, "big") + document)
        await outward.drain()
        length = await inward.readexactly(_LENGTH)
        return await inward.readexactly(int.from_bytes(length, "big"))

    async def _begin(self) -> Process:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "bot.drawing"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**inherited, "PYTHONPATH": str(_ROOT), "MPLCONFIGDIR": str(self._fonts)},
        )

    async def _leave(self) -> None:
        await asyncio.sleep(self._idle)
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        """The end of its input is the end of the process; one that does not notice is killed."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin:
            child.stdin.close()
        try:
            async with asyncio.timeout(_ENDING_SECONDS):
                await child.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
