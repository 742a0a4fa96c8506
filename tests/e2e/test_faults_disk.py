"""The real service on a disk that is full, read-only, broken, slow, or loses its power. A… are ids of the checklist."""

import asyncio
import errno
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.store.engine import Store
from tests.conftest import open_store
from tests.support.crowd import percentile
from tests.support.disk import Disk
from tests.support.serving import KEY, Person, Serving, running
from tests.support.writers import PEOPLE, Throng, nothing_is_lost, writing

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"])
POWER_CUTS = 3
SLOW = timedelta(milliseconds=4)
"""What a sync costs on a virtual machine that shares its disks."""
FAILING = {
    "full": {"writes": errno.ENOSPC},
    "read-only": {"writes": errno.EROFS},
    "broken": {"syncs": errno.EIO},
}


@ON_SQLITE
@pytest.mark.parametrize("fault", FAILING)
async def test_a4_a_failing_disk_is_answered_503_and_loses_nothing(
    tmp_path: Path, engine: str, engine_url: str, store: Store, fault: str
) -> None:
    """The disk under the log fails as well. Afterwards the service goes on by itself."""
    disk = Disk(tmp_path, tools=tmp_path / "tools")
    with running(Serving(folder=tmp_path, store_url=engine_url, variables=disk.variables)) as (service,):
        async with writing(service.url) as writers:
            await writers.until_answered(PEOPLE, seconds=10)
            with disk.failing(**FAILING[fault]):
                await writers.until_refused(seconds=20)
                taken = len(writers.answered)
                await asyncio.sleep(1)
                late = len(writers.answered) - taken
            await writers.until_answered(PEOPLE, seconds=20)
        await nothing_is_lost(store, writers.answered)
    assert late <= PEOPLE, "what was committed before may be answered late; nothing else may be answered"
    assert set(writers.statuses) == {503}
    assert "Traceback" not in service.said()


async def _cut_power(folder: Path, cuts: int, chance: random.Random) -> tuple[Serving, Throng, int]:
    """Let a throng write through several power cuts; each start finds what had been synced, and nothing else."""
    disk = Disk(folder / "disk-0", tools=folder / "tools-0", shadow=folder / "disk-1")
    service = Serving(folder=folder, store_url=_url(disk.folder), variables=disk.variables).start()
    throng = Throng(service, chance)
    writers = asyncio.create_task(throng.write())
    syncs = 0
    for cut in range(1, cuts + 1):
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        await asyncio.to_thread(service.kill)
        syncs += disk.syncs
        disk = Disk(folder / f"disk-{cut}", tools=folder / f"tools-{cut}", shadow=folder / f"disk-{cut + 1}")
        service.store_url, service.variables = _url(disk.folder), disk.variables
        await asyncio.to_thread(service.start)
    throng.closing = True
    await writers
    return service, throng, syncs


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'tracuu.db'}"


async def test_a5_a_power_cut_takes_nothing_that_was_answered(tmp_path: Path) -> None:
    service, throng, syncs = await _cut_power(tmp_path, POWER_CUTS, random.Random(5))
    with running(service):
        async with open_store(service.store_url, key=KEY) as store:
            await throng.check(store, title=f"sqlite: {POWER_CUTS} power cuts, {syncs} syncs")
    assert syncs > len(throng.answered) / 64, "the disk was really in between"


SCRIPT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute(f"PRAGMA synchronous = {sys.argv[2]}")
connection.execute("CREATE TABLE IF NOT EXISTS told (number INTEGER PRIMARY KEY)")
for number in range(1, 1_000_000):
    connection.execute("INSERT INTO told VALUES (?)", (number,))
    print(number, flush=True)
"""


@pytest.mark.parametrize(("synchronous", "lost"), [("FULL", False), ("NORMAL", True), ("OFF", True)])
def test_a5_the_power_cut_bites_whoever_does_not_sync(tmp_path: Path, synchronous: str, lost: bool) -> None:
    """A program that tells what it has committed: with less than FULL, some of that is gone after the cut."""
    disk = Disk(tmp_path / "disk", tools=tmp_path / "tools", shadow=tmp_path / "after")
    command = [sys.executable, "-c", SCRIPT, str(disk.folder / "a.db"), synchronous]
    told = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(disk.variables)) as program:
        assert program.stdout is not None
        while told < 300:
            told = int(program.stdout.readline())
        program.kill()
        told = max([told, *(int(line) for line in program.stdout if line.endswith(b"\n"))])
    assert (_rows(tmp_path / "after" / "a.db") < told) is lost


def _rows(file: Path) -> int:
    program = (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM told').fetchone()[0])"
    )
    done = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True, check=False)
    return int(done.stdout or 0)  # without any sync there is not even a table


async def test_a4_a_slow_disk_delays_and_loses_nothing(tmp_path: Path) -> None:
    """Figures for a disk whose every sync takes 4 ms longer, with a crash in the middle."""
    disk = Disk(tmp_path / "disk", tools=tmp_path / "tools")
    service = Serving(folder=tmp_path, store_url=_url(disk.folder), variables=disk.variables)
    with running(service):
        for title, delay in (("as it is", timedelta(0)), ("4 ms slower", SLOW)):
            disk.slow_down(delay)
            print(f"\nsqlite, disk {title}: {await _accept_times(service.url, title)}", end="")
        throng = Throng(service, random.Random(4))
        writers = asyncio.create_task(throng.write())
        for _ in range(2):
            await asyncio.sleep(2)
            await asyncio.to_thread(service.kill)
            await asyncio.to_thread(service.start)
        throng.closing = True
        await writers
        async with open_store(service.store_url, key=KEY) as store:
            await throng.check(store, title="sqlite, slow disk, 2 kills")


async def _accept_times(url: str, group: str) -> str:
    """How long 16 people at once wait for "taken", and how many are taken in a second."""
    waits: list[float] = []

    async def write(http: aiohttp.ClientSession, name: str) -> None:
        person = Person(name=name)
        for turn in range(40):
            begun = time.perf_counter()
            assert await person.post(http, url, {"id": f"{name}-{turn}", "text": "HD"}) == 200
            waits.append((time.perf_counter() - begun) * 1000)

    begun = time.perf_counter()
    async with aiohttp.ClientSession() as http:
        await asyncio.gather(*(write(http, f"{group} {number}") for number in range(16)))
    rate = len(waits) / (time.perf_counter() - begun)
    return f"{rate:.0f}/s, p50 {percentile(waits, 0.5):.0f} ms, p95 {percentile(waits, 0.95):.0f} ms"
