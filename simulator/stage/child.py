"""The service as a process of its own, which can be stopped, killed and started again."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

State = Literal["stopped", "starting", "running", "ended"]
STOP_SECONDS = 15.0
"""How long it may take to stop before it is killed."""
_ACCEPTS = b"tracuu: http"


@dataclass(kw_only=True, eq=False)
class Child:
    """``command`` with ``environ``; what it says goes to the file ``log``.

    ``state``: ``ended`` is stopped without having been told to, which ``mourn`` hears of; ``code`` is its exit code.
    ``up`` is set while it accepts.
    """

    command: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    mourn: Callable[[int], None] = lambda _code: None
    state: State = "stopped"
    code: int | None = None
    up: asyncio.Event = field(default_factory=asyncio.Event)
    _process: asyncio.subprocess.Process | None = None
    _watch: asyncio.Task[None] | None = None
    _told: bool = False

    async def start(self) -> None:
        """Start it, unless it runs. Returns when it accepts, or has ended."""
        if self._process is not None:
            return
        self.state, self.code, self._told = "starting", None, False
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            said = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environ),
                start_new_session=True,  # Ctrl-C is for us, who end it in order
            )
        self._watch = asyncio.create_task(self._follow(self._process))
        listening = asyncio.create_task(self._listen(said))
        await asyncio.wait([listening, self._watch], return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()

    async def stop(self) -> None:
        """Ask it to stop; after :data:`STOP_SECONDS` it is killed."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it at once, as a power cut would."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: signal.Signals) -> None:
        process, watch = self._process, self._watch
        if process is None or watch is None:
            return
        self._told = True
        _signal(process, number)
        try:
            await asyncio.wait_for(asyncio.shield(watch), STOP_SECONDS)
        except TimeoutError:
            _signal(process, signal.SIGKILL)
            await watch

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        """Notice when it is gone."""
        self.code = await process.wait()
        self.up.clear()
        self.state = "stopped" if self._told else "ended"
        self._process = self._watch = None
        if not self._told:
            self.mourn(self.code)

    async def _listen(self, said: int) -> None:
        """Notice when it accepts: it says its address."""
        while True:
            with self.log.open("rb") as log:
                log.seek(said)
                if any(line.startswith(_ACCEPTS) and line.endswith(b"\n") for line in log):
                    self.state = "running"
                    self.up.set()
                    return
            await asyncio.sleep(0.05)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """To it alone; when it is to be killed, to what it started, too: it leads a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
