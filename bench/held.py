"""``python -m bench.held --config FILE``: the service as it is, and beside it a clock that tells how its loop is held.

A task sleeps for a millisecond again and again and notes how late it is woken, and how long the loop itself computed
meanwhile; the worst of each tenth of a second goes to the file that ``BENCH_REPORT`` names when the service stops.
The first is what others feel, also where a core is missing; the second is what the loop does to them.
"""

import asyncio
import gc
import json
import os
import signal
import sys
import time
from pathlib import Path

from gateway.app import Role, serve
from gateway.commands.serve import SWITCH_SECONDS
from gateway.logs import set_up_logs
from gateway.settings import load_settings
from gateway.terminal import now, say

TICK_SECONDS = 0.001
SPAN_SECONDS = 0.1


async def tick(worst: list[tuple[float, float, float]]) -> None:
    """Note for ever the time of day, the worst lateness and the longest turn (ms) of each tenth of a second."""
    begun, late, turn = time.perf_counter(), 0.0, 0.0
    while True:
        before, computed = time.perf_counter(), time.thread_time()
        await asyncio.sleep(TICK_SECONDS)
        after = time.perf_counter()
        late, turn = max(late, after - before - TICK_SECONDS), max(turn, time.thread_time() - computed)
        if after - begun >= SPAN_SECONDS:
            worst.append((time.time(), round(late * 1000, 2), round(turn * 1000, 2)))
            begun, late, turn = after, 0.0, 0.0


async def run(report: Path, config: Path) -> None:
    """Serve until told to stop."""
    stop, worst = asyncio.Event(), list[tuple[float, float, float]]()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ticking = asyncio.create_task(tick(worst))
    settings = load_settings(config)
    set_up_logs(settings.service.log)
    await serve(settings, roles=set(Role), clock=now, stop=stop, announce=lambda url: say(f"tracuu: {url}"))
    ticking.cancel()
    await asyncio.to_thread(report.write_text, json.dumps(worst), encoding="utf-8")


if __name__ == "__main__":
    gc.collect()
    gc.freeze()  # as the command line does
    sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(run(Path(os.environ["BENCH_REPORT"]), Path(sys.argv[sys.argv.index("--config") + 1])))
