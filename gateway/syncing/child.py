"""Have a source synced by a process of its own, so that whoever answers people is not held up.

The process ends with this one, however that ends: it watches the pipe by which it was ordered.
"""

import asyncio
import contextlib
import json
import os
import sys
from typing import Any

from bot.core.errors import TracuuError
from bot.indexing.child import search_path
from gateway.syncing.order import Order

SILENCE_SECONDS = 900.0
"""A sync that has not come any further for so long hangs: no single step of it takes as long."""
_LONGEST_LINE = 2**20
_COMPLAINT = 200


class AsideError(TracuuError):
    """The process did not come to an end of its own; its reason is in the sentence."""


async def sync_aside(order: Order, *, patience: float = SILENCE_SECONDS) -> dict[str, Any]:
    """Sync in another process; returns its ``report``, or the ``error`` in one sentence with ``grave`` and ``consent``.

    One that says nothing for ``patience`` seconds is ended. Raises AsideError. Cancelled, it ends the process.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gateway.syncing"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": search_path()},
            limit=_LONGEST_LINE,
        )
    except OSError as error:
        raise AsideError(f"no process can be started ({error.strerror})") from error
    complaining = asyncio.create_task(_last_line(process.stderr), name="sync complaints")
    try:
        told = await _listen(process, order, patience)
        if told is None:
            await process.wait()
            raise AsideError(f"it ended with {process.returncode}: {await complaining}")
        return told
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        complaining.cancel()
        await process.wait()


async def _listen(process: asyncio.subprocess.Process, order: Order, patience: float) -> dict[str, Any] | None:
    """What the process says at its end; None when it ends without a word."""
    assert process.stdin is not None  # noqa: S101 – pipes were asked for
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(ConnectionError):
        process.stdin.write(f"{order.text()}\n".encode())
        await process.stdin.drain()
    place = "its beginning"
    while True:
        try:
            async with asyncio.timeout(patience):
                line = await process.stdout.readline()
        except TimeoutError:
            raise AsideError(f"it came no further than {place} for {patience:.0f} s and was ended") from None
        if not line:
            return None
        told: dict[str, Any] = json.loads(line)
        if "stage" not in told:
            return told
        place = f"{told['stage']} {told['done']}"


async def _last_line(stream: asyncio.StreamReader | None) -> str:
    said = b""
    while stream is not None and (more := await stream.read(_LONGEST_LINE)):
        said = (said + more)[-_COMPLAINT:]
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "without a word"
