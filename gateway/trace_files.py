"""The trace on disk: one file for each process and stretch of time, JSON lines, never more than a bound in all.

Noting costs a line in memory. A thread of its own redacts and writes what has come, so that no disk, full or slow,
keeps a message waiting: what cannot be written is dropped and counted.
"""

import asyncio
import contextlib
import json
import os
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from gateway.exchange import Exchange
from gateway.redaction import redact

SUFFIX = ".jsonl"
FILE_BYTES, ALL_BYTES = 4 * 1024 * 1024, 64 * 1024 * 1024
KEPT_SECONDS = 7 * 24 * 3600.0
_FLUSH_SECONDS = 0.5
_LOST_SECONDS = 130.0  # longer than any exchange may take
_MOST_WAITING = 10_000  # of a few hundred bytes each, as a rule
_TIDY_SECONDS = 60.0

log = structlog.get_logger()


class TraceFiles:
    """The trace in ``folder``. ``all_bytes`` bounds what all processes together keep; ``key`` hashes ids."""

    def __init__(
        self, folder: Path, *, key: bytes | None = None, file_bytes: int = FILE_BYTES, all_bytes: int = ALL_BYTES
    ) -> None:
        self._folder, self._key = folder, key
        self._file_bytes, self._all_bytes = file_bytes, all_bytes
        self._waiting: deque[Exchange] = deque()
        self._writing = threading.Lock()
        self._file: Path | None = None
        self._tidied = 0.0
        self.dropped = 0
        self._told = 0  # of those, how many the files tell of
        self._away = False

    def add(self, exchange: Exchange) -> None:
        """Take ``exchange``, which may go on; it is written when it is done. Never waits, never fails."""
        if len(self._waiting) >= _MOST_WAITING:
            self.dropped += 1
        else:
            self._waiting.append(exchange)

    def count_dropped(self) -> float:
        """How many exchanges were lost to the trace, as a metric wants it."""
        return float(self.dropped)

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write what comes as long as the block lasts, and what is left at its end."""
        with ThreadPoolExecutor(1, thread_name_prefix="trace") as thread:
            task = asyncio.create_task(self._write_on(thread), name="trace")
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await asyncio.get_running_loop().run_in_executor(thread, lambda: self.flush(rest=True))

    async def _write_on(self, thread: ThreadPoolExecutor) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await asyncio.get_running_loop().run_in_executor(thread, self.flush)

    def flush(self, *, rest: bool = False) -> None:
        """Write what is done, with ``rest`` everything. Never fails: what the disk does not take is dropped."""
        with self._writing:
            ready = list(self._take(rest=rest))
            if not ready and self._told == self.dropped:
                return
            lines = [self._line(exchange) for exchange in ready]
            if self.dropped > self._told:
                lines.append(json.dumps({"at": "", "dropped": self.dropped - self._told}).encode() + b"\n")
            try:
                self._append(b"".join(lines))
            except OSError as error:
                self._file = None  # half a line may stand at the end of the former one
                self.dropped += len(ready)
                if not self._away:
                    log.warning("trace.not_written", folder=str(self._folder), reason=error.strerror)
                self._away = True
            else:
                self._told, self._away = self.dropped, False

    def _take(self, *, rest: bool) -> Iterator[Exchange]:
        """What is done, in the order in which it began; what never ends is given up after a while."""
        late = time.time() - _LOST_SECONDS
        for _ in range(len(self._waiting)):
            exchange = self._waiting.popleft()
            if rest or exchange.done or exchange.at < late:
                yield exchange
            else:
                self._waiting.append(exchange)

    def _line(self, exchange: Exchange) -> bytes:
        try:
            record = redact(exchange, self._key)
        except Exception as error:  # noqa: BLE001 – whatever a provider answers, the next exchange is written
            record = {"at": "", "unreadable": type(error).__name__}
        return json.dumps(record, separators=(",", ":")).encode() + b"\n"

    def _append(self, lines: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._file is None or not self._file.exists() or self._file.stat().st_size >= self._file_bytes:
            self._file = self._folder / f"{time.time_ns() // 1000}-{os.getpid()}{SUFFIX}"
            self._tidied = 0.0
        if time.monotonic() - self._tidied > _TIDY_SECONDS or not self._tidied:
            self._tidy()
            self._tidied = time.monotonic()
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            view = memoryview(lines)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)

    def _tidy(self) -> None:
        """Delete the oldest files of any process until what is left, and what may come, keeps within the bounds."""
        found = []
        for file in self._folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                found.append((file.stat().st_mtime, file.stat().st_size, file))
        found.sort(reverse=True)
        room, oldest = self._all_bytes - self._file_bytes, time.time() - KEPT_SECONDS
        for changed, size, file in found:
            room -= size
            if room < 0 or changed < oldest:
                file.unlink(missing_ok=True)
