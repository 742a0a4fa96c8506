"""What a figure depends on: cores, versions, and how long the disk takes to sync."""

import multiprocessing
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

_SYNCS = 200


def conditions() -> Iterator[str]:
    """A few sentences to print above the table."""
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    yield f"{os.cpu_count()} cores, load before the run {load}, {platform.system()} {platform.release()}"
    packages = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "sqlalchemy", "asyncpg"))
    yield f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}"
    idle = sync_time()
    yield f"one 4 KiB append with fsync: {idle:.2f} ms idle, {_with_busy_cores():.2f} ms with every core busy (medians)"


def sync_time() -> float:
    """The median time in ms of one 4 KiB append with fsync."""
    times = []
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "sync").open("wb", buffering=0) as stream:
        for _ in range(_SYNCS):
            begin = time.perf_counter()
            stream.write(b"x" * 4096)
            os.fsync(stream.fileno())
            times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def _with_busy_cores() -> float:
    spinning = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(os.cpu_count() or 1)]
    for process in spinning:
        process.start()
    try:
        return sync_time()
    finally:
        for process in spinning:
            process.kill()
            process.join()


def _spin() -> None:
    while True:
        pass


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
