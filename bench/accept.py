"""How many messages a second are accepted: a bare handler, the same route without storage, and durably.

``python bench/accept.py [URL]`` starts a server per mode on one core and Debian's ``wrk`` on another, three times in
turn, and prints the medians with their ratios. The time of one file sync is printed beside: it bounds the durable mode.
"""

import asyncio
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.migrate import migrate
from gateway import session
from gateway.channel import Presence
from gateway.channels.web import CHANNEL, WebAccount
from gateway.metrics import Metrics
from gateway.site import new_app, open_site, settle_memory
from gateway.webhooks import Webhooks

IN_FLIGHT, SECONDS, REPEATS, PEOPLE = 128, 5, 3, 2000
SECRET = "s" * 64
MODES = ("bare", "without storage", "durable")
SCRIPT = Path(__file__).with_suffix(".lua")


class Forgetting(Intake):
    """Accepts at once and keeps nothing."""

    async def accept(self, messages: object) -> None:
        """Keep nothing."""


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


async def serve(mode: str, url: str, ready: multiprocessing.Queue) -> None:
    """Run one server for ever."""
    os.sched_setaffinity(0, {0})
    store = Store(url, b"k" * 32, owner="bench")
    await store.open()
    await migrate(store, now=now())
    app = new_app()
    if mode == "bare":
        app.router.add_post("/hooks/web/main", _bare)
    else:
        account = WebAccount.model_validate({"channel": "web", "account": "main", "secret": SECRET})
        intake = Intake(store) if mode == "durable" else Forgetting(store)
        presences = {("web", "main"): Presence(channel=CHANNEL, account=account)}
        Webhooks(store, intake, presences, metrics=Metrics(), clock=now).add_routes(app)
    settle_memory()
    async with open_site(app, host="127.0.0.1", port=0) as address:
        ready.put(address)
        await asyncio.Event().wait()


async def _bare(request: web.Request) -> web.Response:
    await request.read()
    return web.Response()


def measure(mode: str, url: str, cookies: Path) -> list[float]:
    """Requests a second, p50, p99 and maximum in ms of one run with a server process of its own."""
    ready: multiprocessing.Queue = multiprocessing.Queue()
    server = multiprocessing.Process(target=_run, args=(mode, url, ready), daemon=True)
    server.start()
    try:
        address = ready.get(timeout=30)
        _load(address, cookies, seconds=1)
        return _load(address, cookies, seconds=SECONDS)
    finally:
        server.kill()
        server.join()


def _run(mode: str, url: str, ready: multiprocessing.Queue) -> None:
    asyncio.run(serve(mode, url, ready))


def _load(address: str, cookies: Path, *, seconds: int) -> list[float]:
    core = str((os.cpu_count() or 1) - 1)
    wrk = ["taskset", "-c", core, "wrk", "-t1", f"-c{IN_FLIGHT}", f"-d{seconds}s", "-s", str(SCRIPT), address]
    run = {**os.environ, "COOKIES": str(cookies), "RUN": str(time.monotonic_ns())}
    printed = subprocess.run(wrk, env=run, capture_output=True, text=True, check=True).stdout
    *figures, errors = next(line for line in printed.splitlines() if line.startswith("RESULT")).split()[1:]
    if int(errors):
        raise SystemExit(f"{errors} requests failed")
    return [float(figure) for figure in figures]


def sync_time(folder: Path) -> float:
    """The median time in ms of one 4 KiB append with fsync."""
    times = []
    with (folder / "sync").open("wb") as stream:
        for _ in range(200):
            begin = time.perf_counter()
            stream.write(b"x" * 4096)
            stream.flush()
            os.fsync(stream.fileno())
            times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    if shutil.which("wrk") is None:
        raise SystemExit("bench/accept.py needs Debian's wrk (apt-get install wrk)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder / 'bench.db'}"
        cookies = folder / "cookies"
        issued = (session.issue(os.urandom(session.ID_BYTES), SECRET.encode()) for _ in range(PEOPLE))
        cookies.write_text("\n".join(f"{session.COOKIE}={value}" for value in issued), encoding="ascii")
        runs: dict[str, list[list[float]]] = {mode: [] for mode in MODES}
        for _ in range(REPEATS):
            for mode in MODES:
                runs[mode].append(measure(mode, url, cookies))
        print(f"{IN_FLIGHT} in flight, {url.partition(':')[0]}, one file sync {sync_time(folder):.2f} ms")
    medians = {mode: [statistics.median(column) for column in zip(*found, strict=True)] for mode, found in runs.items()}
    for mode, (rate, p50, p99, worst) in medians.items():
        against = "; ".join(f"{rate / medians[other][0]:.2f} x {other}" for other in MODES[:2] if other != mode)
        print(f"{mode:16} {rate:7.0f}/s  p50 {p50:5.1f} ms  p99 {p99:5.1f} ms  max {worst:6.1f} ms  {against}")


if __name__ == "__main__":
    main()
