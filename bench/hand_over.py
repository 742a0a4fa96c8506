"""What indexes cost whoever answers: memory, and pauses of the event loop while it searches, builds and swaps.

``python -m bench.hand_over [--quick]``, on SQLite; memory is that of the real service, which answers questions.
"""

import asyncio
import contextlib
import gc
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from bench.conditions import conditions, percentile
from bench.database import now, opened
from bench.dispatch import mind_over, put_in
from bench.registers import questions, registers, titles
from bench.table import Line, show, show_head
from bot.core.catalogue import Dataset
from bot.library import Library
from bot.reads import Reads
from bot.store import source
from bot.store.engine import Store
from bot.store.table import save_table
from bot.store.tables import inbox
from gateway.commands.serve import SWITCH_SECONDS
from gateway.portal import Entry, Fetched, Portal, Progress, Request
from gateway.sync import sync
from tests.support.serving import Serving, running

BAR_MS, BAR_MB = 10.0, 400.0
_TICK_SECONDS, _START_SECONDS = 0.001, 0.5
_IDLE = """
import select, sys, time
late = []
while not select.select([sys.stdin], [], [], 0)[0]:
    begun = time.perf_counter()
    time.sleep(0.001)
    late.append(1000 * (time.perf_counter() - begun - 0.001))
late.sort()
print(f"{late[-1]:.1f} (p99 {late[int(len(late) * 0.99)]:.1f})")
"""


def main() -> None:
    """Measure and print."""
    quick = "--quick" in sys.argv[1:]
    show_head(conditions())
    sys.setswitchinterval(SWITCH_SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_pauses(Path(folder), *((2000, 30) if quick else (100_000, 400))))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_memory(Path(folder), *((1000, 4, 1000, 20) if quick else (20_000, 200, 5000, 400))))


async def _pauses(folder: Path, datasets: int, asked: int) -> None:
    """Pauses of a loop in which a library is built, asked, and exchanged while it is asked."""
    random = Random(1)
    made, asking = titles(datasets, random), questions(asked, datasets, random)
    async with opened(f"sqlite:///{folder}/tracuu.db") as store:
        library = mind_over(store, folder).library
        gc.collect()
        gc.freeze()  # what we have made is no part of a service, which would not look through it again and again
        async with _measured(f"syncing {datasets} datasets"):
            await sync(store, _source(made), Request(kind="bench", name="bench", address="bench"), now=now())
        async with _measured("nothing at all"):
            await asyncio.sleep(3)
        async with _measured(f"indexing {datasets} datasets"):
            await library.refresh()
        async with _measured(f"asking {asked} questions of {datasets} datasets"):
            await _ask(store, library, asking)
        await _publish(store, [*made[1:], made[0]])
        async with _measured("exchanging them while questions are asked"):
            changing = asyncio.create_task(library.refresh())
            while not changing.done():
                await _ask(store, library, asking[:20])


def _source(published: Sequence[Dataset]) -> Portal:
    async def fetch(_request: Request, _progress: Progress) -> AsyncIterator[Entry]:
        for dataset in published:
            yield Fetched(dataset=dataset)

    return Portal(name="bench", kinds=("bench",), fetch=fetch)


async def _ask(store: Store, library: Library, asking: Sequence[str]) -> None:
    for question in asking:
        await Reads(store, library, provinces=()).find(question)
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def _measured(what: str) -> AsyncIterator[None]:
    """Show how late a task that only ticks was during the block, and how long the loop's own thread computed meanwhile.

    The ratio is to a process that does nothing else: so late the operating system lets anybody be on this machine.
    """
    late: list[float] = []
    busy: list[float] = []
    beside = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _IDLE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    await asyncio.sleep(_START_SECONDS)
    begun = time.perf_counter()
    ticking = asyncio.create_task(_tick(late, busy))
    try:
        yield
    finally:
        ticking.cancel()
        seconds = time.perf_counter() - begun
        idle, _ = await beside.communicate(b"over")
    p99, longest = percentile(late, 0.99), max(late)
    figure = f"late by {longest:.1f} (p99 {p99:.1f}), busy {max(busy):.1f} ms, {seconds:.1f} s"
    ratio = f"idle process beside it: {idle.decode().strip()}"
    show(Line(what=what, figure=figure, ratio=ratio, bar=f"{BAR_MS:.0f} ms", met=longest <= BAR_MS))


async def _tick(late: list[float], busy: list[float]) -> None:
    while True:
        begun, computed = time.perf_counter(), time.thread_time()
        await asyncio.sleep(_TICK_SECONDS)
        late.append(1000 * (time.perf_counter() - begun - _TICK_SECONDS))
        busy.append(1000 * (time.thread_time() - computed))


async def _memory(folder: Path, datasets: int, tables: int, rows: int, asked: int) -> None:
    """What the service has in memory after it was asked about everything."""
    random = Random(2)
    url = f"sqlite:///{folder}/tracuu.db"
    async with opened(url) as store:
        made = registers(tables, rows, random)
        for table in made.tables:
            await save_table(store, table, now=now())
        await _publish(store, [*titles(datasets - tables, random), *made.datasets])
        del made
    serving = Serving(folder=folder, store_url=url)
    with running(serving):
        show(_line("service, accepting", serving.pid))
        async with opened(url) as store:
            for number, question in enumerate(questions(asked, tables * rows, random)):
                await put_in(store, messages=1, people=1, text=question, first=number)
            while await _waiting(store):  # noqa: ASYNC110 – it happens in another process
                await asyncio.sleep(0.1)
        show(_line(f"service, {datasets} datasets, {tables} × {rows} rows, {asked} questions", serving.pid))


async def _waiting(store: Store) -> int:
    async with store.read() as connection:
        unfinished = select(func.count()).select_from(inbox).where(inbox.c.finished_at.is_(None))
        return int(await connection.scalar(unfinished) or 0)


def _line(what: str, pid: int) -> Line:
    said = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    whole, own = (int(said[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))
    figure = f"{whole:.0f} MB resident, {own:.0f} MB of it its own"
    return Line(what=what, figure=figure, bar=f"{BAR_MB:.0f} MB", met=whole <= BAR_MB)


async def _publish(store: Store, published: Sequence[Dataset]) -> None:
    """Make ``published`` the catalogue, as a sync does, without its comparing."""
    at = now()
    registered = await source.register_source(store, kind="bench", name="bench", province="", address="bench")
    known = await source.find_source(store, kind="bench", name="bench", province="") or registered
    version = await source.open_version(store)
    for start in range(0, len(published), source.CHUNK):
        await source.write_datasets(store, known, version, published[start : start + source.CHUNK])
    await source.publish_version(store, known, version, now=at)


if __name__ == "__main__":
    main()
