"""What the trace costs: sends a second, and CPU of each, with and without it, in turns.

``python -m bench.trace [PARTS] [ROUNDS]``. The provider is that of :mod:`bench.outbox`: another process that answers
after 50 ms; nothing is stored, so that what is compared is the client alone.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

from bench.backlog import ACCOUNT, CHANNEL, TEXT
from bench.conditions import conditions
from bench.database import now
from bench.outbox import IN_FLIGHT, Gateway, provider
from bot.core.messages import Address
from bot.store.engine import Store
from gateway.channel import AccountSettings, Part, Presence, Wire
from gateway.exchange import Behalf, on_behalf_of
from gateway.outbound import open_sessions
from gateway.outbound_rules import plan
from gateway.trace_files import SUFFIX, TraceFiles

PARTS, ROUNDS = 6000, 6


async def measure(address: str, parts: int, trace: TraceFiles | None) -> tuple[float, float]:
    """Parts a second, and µs of CPU of this process for each, all threads, until everything is written."""
    gateway, account = Gateway(address), AccountSettings(channel=CHANNEL, account=ACCOUNT)
    presence = Presence(channel=gateway.channel(), account=account)
    numbers = iter(range(parts))

    async def post(wire: Wire) -> None:
        for number in numbers:
            to = Address(channel=CHANNEL, account=ACCOUNT, user=f"8490{number:07}")
            with on_behalf_of(Behalf(channel=CHANNEL, account=ACCOUNT, message=number, part=0)):
                await gateway.send(Part(text=TEXT), to, str(number), account, wire)

    begun, cpu = time.monotonic(), time.process_time()
    more = [address.removeprefix("http://").partition("/")[0]]
    async with open_sessions(plan([presence], more=more, trace=trace)) as session_of:
        wire = Wire(store=cast("Store", None), session=session_of(presence), clock=now)
        await asyncio.gather(*(post(wire) for _ in range(IN_FLIGHT)))
        rate = parts / (time.monotonic() - begun)
    return rate, 1e6 * (time.process_time() - cpu) / parts


def main() -> None:
    """Print both, and how many exchanges were written."""
    asked = [int(word) for word in sys.argv[1:]]
    parts, rounds = (*asked, *(PARTS, ROUNDS)[len(asked) :])
    print(*conditions(), f"{parts} parts a run, {rounds} runs of each in turns, {IN_FLIGHT} in flight", sep="\n")
    found: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    written = 0
    with provider() as address, tempfile.TemporaryDirectory() as folder:
        for turn in range(2 * rounds):
            traced = bool(turn % 2)
            found[traced].append(asyncio.run(measure(address, parts, TraceFiles(Path(folder)) if traced else None)))
        for file in Path(folder).glob(f"*{SUFFIX}"):
            written += sum("message" in json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    for traced, runs in found.items():
        rate, cpu = (statistics.median(values) for values in zip(*runs, strict=True))
        print(f"{'with' if traced else 'without'} trace: {rate:.0f} parts/s, {cpu:.0f} µs CPU each (medians)")
    print(f"{written} of {parts * rounds} exchanges written")


if __name__ == "__main__":
    main()
