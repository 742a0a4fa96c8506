"""A whole portal is read while people write: ``python -m bench.sync [--quick]``.

A CKAN double (a process of its own) with 20,000 datasets and a million rows in a thousand tables is synced by the
service's own child, on an empty database, while 25 messages a second are posted to the service, until the new
catalogue has been taken over; then some quiet seconds follow for comparison. The wait of a message is counted from when
it was due, so a service that is stuck cannot hide it. How long the loop is held is told by a clock within the service
(:mod:`bench.held`): how late a task is that sleeps for a millisecond. It is late, too, where a core is missing.
"""

import asyncio
import contextlib
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench.conditions import conditions, percentile
from bench.database import ENGINES, databases, opened
from bench.table import Line, missing, show, show_head
from simulator.portals.ckan.double import open_ckan
from simulator.portals.ckan.generated import Generated
from simulator.portals.ckan.shelf import Package
from tests.support.serving import Person, Serving

ACCEPTS, PEOPLE = 25, 100
"""Messages a second, from so many people in turn."""
_QUIET_SECONDS = 8.0
_LIMIT_SECONDS = 240.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the portal is."""

    datasets: int
    rows: int
    tables: int


WHOLE = Size(datasets=20_000, rows=1_000_000, tables=1000)
QUICK = Size(datasets=2000, rows=100_000, tables=100)


@dataclass(slots=True, kw_only=True)
class Watch:
    """What is seen from outside while the service runs: waits of messages, memory of service and child (MB)."""

    waits: list[tuple[float, float]] = field(default_factory=list)
    refused: int = 0
    service: float = 0.0
    child: float = 0.0

    def between(self, begin: float, end: float) -> list[float]:
        """The waits (ms) of messages that were due then."""
        return [wait for at, wait in self.waits if begin <= at < end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A run: when the sync began and was taken over, what it said, and what was seen meanwhile and in quiet seconds."""

    begun: float
    done: float
    taken_over: float
    quiet_until: float
    report: dict[str, Any]
    watch: Watch
    held: list[tuple[float, float, float]]

    def late(self, begin: float, end: float) -> list[float]:
        """How late the loop was (ms), the worst of each tenth of a second."""
        return [late for at, late, _ in self.held if begin <= at < end] or [0.0]

    def turns(self, begin: float, end: float) -> list[float]:
        """How long the loop itself computed without a turn for others (ms), the worst of each tenth of a second."""
        return [turn for at, _, turn in self.held if begin <= at < end] or [0.0]


class Plain(Generated):
    """A shelf whose other datasets have no file at all: what is measured is rows, not scans without any."""

    def package(self, id_: str) -> Package:
        """The package."""
        package = super().package(id_)
        tables = [each for each in package["resources"] if each["format"] == "CSV"]
        return {**package, "resources": tables, "num_resources": len(tables)}


def portal(size: Size, ready: "multiprocessing.Queue[str]") -> None:
    """Be the portal."""
    shelf = Plain(datasets=size.datasets, rows=size.rows, tables=size.tables, seed=7, active=False)
    asyncio.run(_be_portal(shelf, ready))


async def _be_portal(shelf: Generated, ready: "multiprocessing.Queue[str]") -> None:
    async with open_ckan(shelf) as double:
        shelf.base = double.url
        ready.put(double.url)
        await asyncio.Event().wait()


@contextlib.contextmanager
def running_portal(size: Size) -> Iterator[str]:
    """The address of a portal of that size."""
    ready: multiprocessing.Queue[str] = multiprocessing.Queue()
    process = multiprocessing.Process(target=portal, args=(size, ready), daemon=True)
    process.start()
    try:
        yield ready.get(timeout=60)
    finally:
        process.kill()
        process.join()


async def measure(url: str, address: str, folder: Path) -> Found:
    """Sync the portal at ``address`` into the database at ``url`` while people write."""
    async with opened(url):
        pass  # the schema is not part of it
    report = folder / "held.json"
    settings = f'[service]\nport = 0\n[outbound]\nhosts = ["{address.removeprefix("http://")}"]\n'
    settings += f'[[sources]]\nkind = "ckan"\nurl = "{address}"\nevery = "1d"\n'
    service = Serving(
        folder=folder,
        store_url=url,
        settings=settings,
        module="bench.held",
        variables={"BENCH_REPORT": str(report), "TRACUU_STORE__INDEX": str(folder / "index")},
    )
    await asyncio.to_thread(service.start)
    watch, begun = Watch(), time.time()
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(_write(service.url, watch))
        looking = tasks.create_task(_look(service.pid, watch))
        try:
            done = await service.until_said("sync.", seconds=_LIMIT_SECONDS)
        except TimeoutError:
            done = {"event": "late", "reason": f"not done in {_LIMIT_SECONDS:.0f} s"}
        ended = time.time()
        taken_over = await _until_calm(service.pid) if done["event"] == "sync.done" else ended
        await asyncio.sleep(_QUIET_SECONDS)
        writing.cancel()
        looking.cancel()
    quiet_until = time.time()
    await asyncio.to_thread(service.stop)
    held = [tuple(each) for each in json.loads(report.read_text(encoding="utf-8"))]
    return Found(
        begun=begun,
        done=ended,
        taken_over=taken_over,
        quiet_until=quiet_until,
        report=done,
        watch=watch,
        held=held,
    )


async def _write(url: str, watch: Watch) -> None:
    """Post messages at a fixed rate for ever, whether or not the former ones were answered."""
    people = [Person(name=f"p{number}") for number in range(PEOPLE)]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http, asyncio.TaskGroup() as tasks:
        for person in people:
            await person.post(http, url, {"id": f"{person.name}-0", "text": "HD"})
        begun, number = time.time(), 0
        while True:
            due = begun + number / ACCEPTS
            await asyncio.sleep(max(0.0, due - time.time()))
            body = {"id": f"m-{number}", "text": "HD"}
            tasks.create_task(_post(http, url, people[number % PEOPLE], body, due=due, watch=watch))
            number += 1


async def _post(
    http: aiohttp.ClientSession, url: str, person: Person, body: dict[str, Any], *, due: float, watch: Watch
) -> None:
    if await person.post(http, url, body) == 200:
        watch.waits.append((due, (time.time() - due) * 1000))
    else:
        watch.refused += 1


async def _look(pid: int, watch: Watch) -> None:
    """Look for ever how much memory the service and its child have taken at most."""
    while True:
        watch.service = max(watch.service, _peak(pid))
        for child in _children(pid):
            if b"gateway.syncing" in _read(f"/proc/{child}/cmdline"):
                watch.child = max(watch.child, _peak(child))
        await asyncio.sleep(_LOOK_SECONDS)


async def _until_calm(pid: int) -> float:
    """Wait until the service has had no child for three seconds; when the last one ended."""
    last = time.time()
    while time.time() - last < 3:
        if _children(pid):
            last = time.time()
        await asyncio.sleep(_LOOK_SECONDS)
    return last


def _children(pid: int) -> list[int]:
    return [int(word) for word in _read(f"/proc/{pid}/task/{pid}/children").split()]


def _peak(pid: int) -> float:
    """The most memory (MB) that a process has held."""
    for line in _read(f"/proc/{pid}/status").decode().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError:
        return b""


def lines(engine: str, size: Size, found: Found) -> Iterator[Line]:
    """What is to be known of a run."""
    watch, what = found.watch, f"sync, {engine}"
    if found.report["event"] != "sync.done":
        yield Line(what=what, figure=f"broken: {found.report.get('reason')}", met=False)
        return
    shape = f"{size.datasets} datasets, {size.rows} rows"
    yield Line(
        what=f"{what}, {shape}",
        figure=f"{found.done - found.begun:.0f} s, then {found.taken_over - found.done:.0f} s to take it over",
    )
    yield Line(what=f"{what}, memory", figure=f"child {watch.child:.0f} MB, service {watch.service:.0f} MB")
    spans = {
        "meanwhile": (found.begun, found.taken_over),
        "quiet": (found.taken_over + 1, found.quiet_until),
    }
    for name, span in spans.items():
        waits = watch.between(*span) or [0.0]
        p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
        bars = name == "meanwhile"
        yield Line(
            what=f"{what}, {ACCEPTS} accepts/s, {name}",
            figure=f"p50 {p50:.1f} p99 {p99:.1f} max {max(waits):.0f} ms of {len(waits)}, {watch.refused} refused",
            bar="p99 100 ms" if bars else "",
            met=p99 <= 100 and not watch.refused if bars else None,
        )
        for name_of, values in (("late", found.late(*span)), ("held", found.turns(*span))):
            over = sum(each > 5 for each in values)
            bar = bars and name_of == "held"
            yield Line(
                what=f"{what}, loop {name_of}, {name}",
                figure=f"p99 {percentile(values, 0.99):.1f} max {max(values):.1f} ms, {over} of {len(values)} over 5",
                bar="max 5 ms" if bar else "",
                met=max(values) <= 5 if bar else None,
            )


def main() -> None:
    """Print one table."""
    size = QUICK if "--quick" in sys.argv[1:] else WHOLE
    show_head(conditions())
    for engine in [name for name in ENGINES if name in sys.argv[1:]] or ENGINES:
        with databases(engine) as urls, running_portal(size) as address, tempfile.TemporaryDirectory() as folder:
            if urls is None:
                show(missing(f"sync, {engine}", engine))
                continue
            for line in lines(engine, size, asyncio.run(measure(next(urls), address, Path(folder)))):
                show(line)


if __name__ == "__main__":
    main()
