"""Have the look at all duties made by a process of its own, so that whoever answers people is not held up.

The process reads the same settings as this one and ends with it: it watches the pipe by which it was started.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from bot.core.errors import TracuuError
from bot.indexing.child import search_path
from bot.store.engine import Store
from bot.store.reminding import holds_posts
from gateway.reminding.desk import look
from gateway.settings import Settings
from gateway.terminal import now

PATIENCE_SECONDS = 300.0
"""A look that takes longer hangs: 40,000 items take some seconds."""
_COMPLAINT = 200

log = structlog.get_logger()


class LookError(TracuuError):
    """The process did not come to an end of its own; its reason is in the sentence."""


class Looking:
    """Looks whenever it is called, unless nobody is an officer here.

    The log says how many were told, and which agencies have nobody to be told, once while it stays the same.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._unmet: Mapping[str, Any] = {}

    async def __call__(self) -> None:
        """Look in another process. Settings that were read from no file are known to this one only: then it looks
        itself. Raises LookError."""
        if not await holds_posts(self._store):
            return
        told: Mapping[str, Any]
        if self._settings.file is None:
            told = (await look(self._settings, self._store, clock=now)).summary()
        else:
            told = await _look_aside(self._settings.file)
        if "error" in told:
            raise LookError(told["error"])
        if told["messages"]:
            log.info("reminding.told", messages=told["messages"])
        if told["unmet"] and told["unmet"] != self._unmet:
            log.error("alarm.nobody_to_remind", **told["unmet"])
        self._unmet = told["unmet"]


async def _look_aside(file: Path) -> Mapping[str, Any]:
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gateway.reminding", *_arguments(file)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": search_path()},
        )
    except OSError as error:
        raise LookError(f"no process can be started ({error.strerror})") from error
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            said, complaint = await _both(process)
    except TimeoutError:
        raise LookError(f"it was not done in {PATIENCE_SECONDS:.0f} s and was ended") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if not said:
        last = (complaint.decode(errors="replace").strip().splitlines() or ["without a word"])[-1]
        raise LookError(f"it ended with {process.returncode}: {last[:_COMPLAINT]}")
    told: Mapping[str, Any] = json.loads(said)
    return told


def _arguments(file: Path) -> list[str]:
    return [str(file)] if file.exists() else []


async def _both(process: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    """What the process says to its end; its input stays open as long as this process lives."""
    assert process.stdout is not None  # noqa: S101 – pipes were asked for
    assert process.stderr is not None  # noqa: S101
    said, complaint = await asyncio.gather(process.stdout.read(), process.stderr.read())
    return said, complaint
