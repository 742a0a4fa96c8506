"""How long a start takes: until messages are accepted, and until those of the last run are worked on."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from bench.database import databases, opened
from bench.dispatch import put_in
from bench.table import Line, Scale, missing
from bot.store.engine import Store
from bot.store.tables import inbox
from tests.support.serving import Serving, running

ACCEPTING_SECONDS, RESUMED_SECONDS = 2.0, 5.0
_PER_PERSON, _LOOK_SECONDS = 10, 0.02


def lines(engine: str, scale: Scale) -> Iterator[Line]:
    """A line for an empty database, one for a database with pending rows."""
    empty, full = f"start, {engine}, accepting", f"start, {engine}, {scale.pending} pending resumed"
    with databases(engine) as urls:
        if urls is None:
            yield from (missing(what, engine) for what in (empty, full))
            return
        accepting, _ = asyncio.run(_start(next(urls), pending=0))
        yield _line(empty, accepting, ACCEPTING_SECONDS, "")
        accepting, resumed = asyncio.run(_start(next(urls), pending=scale.pending))
        yield _line(full, resumed, RESUMED_SECONDS, f", accepting after {accepting:.2f} s")


def _line(what: str, seconds: float, bar: float, more: str) -> Line:
    return Line(what=what, figure=f"{seconds:.2f} s{more}", bar=f"{bar:.0f} s", met=seconds <= bar)


async def _start(url: str, *, pending: int) -> tuple[float, float]:
    """Seconds from the start until hooks are accepted, and until the first pending message is handled."""
    async with opened(url) as store:
        await put_in(store, messages=pending, people=max(1, pending // _PER_PERSON), text="HD")
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            with running(Serving(folder=Path(folder), store_url=url)):
                accepting = time.perf_counter() - begun
                while pending and not await _handled(store):  # noqa: ASYNC110 – it happens in another process
                    await asyncio.sleep(_LOOK_SECONDS)
                return accepting, time.perf_counter() - begun


async def _handled(store: Store) -> bool:
    async with store.read() as connection:
        return bool(await connection.scalar(select(func.max(inbox.c.finished_at))))
