"""The outbox rows of the table; how they are measured is in :mod:`bench.outbox`."""

import asyncio
from collections.abc import Iterator

from bench import outbox
from bench.conditions import percentile
from bench.database import databases
from bench.routes import ROUTES, provider
from bench.table import Line, Scale, missing

PARTS_A_SECOND = 1000


def lines(engine: str, scale: Scale) -> Iterator[Line]:
    """For each channel a line for as many people as there are parts, one for few people who get many each."""
    for name, (_, route) in ROUTES.items():
        for crowd, people in (("one part each", scale.parts), ("200 people", min(outbox.FEW, scale.parts))):
            what = f"outbox, {engine}, {name}, {crowd}"
            with databases(engine) as urls, provider(name) as address:
                if urls is None:
                    yield missing(what, engine)
                    continue
                run = asyncio.run(outbox.measure(next(urls), route(address), messages=scale.parts, people=people))
            waits = f", answers p95 {percentile(run.waits, 0.95):.0f} ms" if run.waits else ""
            yield Line(
                what=what,
                figure=f"{run.rate:.0f} parts/s, {run.cpu:.0f} µs CPU each{waits}",
                bar=f"{PARTS_A_SECOND}/s",
                met=run.rate >= PARTS_A_SECOND,
            )
