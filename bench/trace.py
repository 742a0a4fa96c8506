"""What the trace costs: a sender hands over everything with and without it, in turns.

``python -m bench.trace [PARTS] [ROUNDS]`` on SQLite; provider, sender and client are those of :mod:`bench.outbox`. CPU
is that of the sending process with all its threads, until everything is written.
"""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from bench.conditions import conditions
from bench.database import databases
from bench.outbox import Run, bare, measure
from bench.routes import IN_FLIGHT, ROUTES, Route, provider
from gateway.trace_files import TraceFiles
from gateway.trace_reading import Wanted, read_trace

PARTS, ROUNDS = 4000, 4
CHANNEL = "kannel"


def _route(address: str) -> Route:
    return ROUTES[CHANNEL][1](address)


def main() -> None:
    """Print both, and how many exchanges were written."""
    asked = [int(word) for word in sys.argv[1:]]
    parts, rounds = (*asked, *(PARTS, ROUNDS)[len(asked) :])
    print(*conditions(), f"{parts} parts a run, {rounds} runs of each in turns, {IN_FLIGHT} in flight", sep="\n")
    found: dict[bool, list[Run]] = {False: [], True: []}
    with databases("sqlite") as urls, provider(CHANNEL) as address, tempfile.TemporaryDirectory() as folder:
        if urls is None:
            return
        alone = asyncio.run(bare(_route(address), parts=parts))
        print(f"the client alone: {alone:.0f} parts/s")
        for turn in range(2 * rounds):
            traced = bool(turn % 2)
            trace = TraceFiles(Path(folder)) if traced else None
            run = measure(next(urls), _route(address), messages=parts, people=parts, trace=trace)
            found[traced].append(asyncio.run(run))
        written = len(read_trace(Path(folder), Wanted()))
    for traced, runs in found.items():
        rate, cpu = statistics.median(run.rate for run in runs), statistics.median(run.cpu for run in runs)
        print(f"{'with' if traced else 'without'} trace: {rate:.0f} parts/s, {cpu:.0f} µs CPU a part (medians)")
    print(f"{written} exchanges written")


if __name__ == "__main__":
    main()
