"""The service as a process that the simulator starts, stops and loses: here a stand-in that says what it says."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from simulator.stage.child import Child

ACCEPTS = "import sys, time; print('tracuu: http://127.0.0.1:1', file=sys.stderr, flush=True); time.sleep(60)"
FAILS = "raise SystemExit('tracuu: port 1 is taken')"


def child(folder: Path, program: str, mourn: Callable[[int], None] = lambda _: None) -> Child:
    log = folder / "service.log"
    return Child(command=[sys.executable, "-c", program], environ={}, log=log, mourn=mourn)


async def test_it_runs_once_it_accepts_and_stops_when_asked(tmp_path: Path):
    service = child(tmp_path, ACCEPTS)
    await service.start()
    assert service.state == "running"
    await service.start()
    await service.stop()
    assert (service.state, service.code) == ("stopped", -signal.SIGTERM)
    assert not service.up.is_set()


async def test_it_is_killed_and_starts_again(tmp_path: Path):
    mourned: list[int] = []
    service = child(tmp_path, ACCEPTS, mourned.append)
    await service.start()
    await service.kill()
    assert (service.state, service.code, mourned) == ("stopped", -signal.SIGKILL, [])
    await service.start()
    assert service.state == "running"
    await service.stop()


async def test_a_start_that_fails_is_told_with_its_code(tmp_path: Path):
    service = child(tmp_path, FAILS)
    await service.start()
    assert (service.state, service.code) == ("ended", 1)
    assert "port 1 is taken" in (tmp_path / "service.log").read_text()
    await service.stop()
    assert service.state == "ended"


async def test_what_dies_by_itself_is_told_as_such(tmp_path: Path):
    mourned: list[int] = []
    service = child(tmp_path, ACCEPTS.replace("time.sleep(60)", "time.sleep(0.3); sys.exit(7)"), mourned.append)
    await service.start()
    async with asyncio.timeout(20):
        while service.state == "running":
            await asyncio.sleep(0.02)
    assert (service.state, service.code) == ("ended", 7)
    assert mourned == [7]


async def test_its_log_is_readable_by_its_owner_only(tmp_path: Path):
    await child(tmp_path, FAILS).start()
    assert (tmp_path / "service.log").stat().st_mode & 0o777 == 0o600
