"""How many messages a second are accepted: a bare handler, the same route without storage, and durably.

A server per mode on the first core (PostgreSQL too) and Debian's ``wrk`` on the last, in turn; medians. Beside the rate
stands the CPU of the server's process per message: on a machine that does other things too, it is the steadier figure.
"""

import asyncio
import multiprocessing
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bench.database import databases, now, opened
from bench.table import Line, Scale, missing
from bot.store.intake import Intake
from gateway import session
from gateway.channel import Presence
from gateway.channels.web import CHANNEL, WebAccount
from gateway.metrics import Metrics
from gateway.site import new_app, open_site, settle_memory
from gateway.webhooks import Webhooks

IN_FLIGHT, PEOPLE = 128, 2000
SECRET = "s" * 64
BARE, FORGETTING, DURABLE = "bare aiohttp", "without storage", "durable"
MODES = (BARE, FORGETTING, DURABLE)
SCRIPT = Path(__file__).with_suffix(".lua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Messages a second, latencies in ms, CPU of the server's process in µs a message."""

    rate: float
    p50: float
    p99: float
    worst: float
    cpu: float


class Forgetting(Intake):
    """Accepts at once and keeps nothing."""

    async def accept(self, messages: object) -> None:
        """Keep nothing."""


def lines(engine: str, scale: Scale) -> Iterator[Line]:
    """A line for each mode on ``engine``."""
    if shutil.which("wrk") is None:
        yield from (missing(f"accept, {engine}, {mode}", "wrk") for mode in MODES)
        return
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(everywhere)})  # a database server that is started now stays on the server's core
    try:
        with databases(engine) as urls, tempfile.TemporaryDirectory() as folder:
            if urls is None:
                yield from (missing(f"accept, {engine}, {mode}", engine) for mode in MODES)
            else:
                yield from _compare(engine, _in_turn(urls, _cookies(Path(folder)), scale))
    finally:
        os.sched_setaffinity(0, everywhere)


def _compare(engine: str, runs: dict[str, Run]) -> Iterator[Line]:
    for mode, run in runs.items():
        of_bare, of_route = (run.rate / runs[other].rate for other in (BARE, FORGETTING))
        durable = mode == DURABLE
        yield Line(
            what=f"accept, {engine}, {mode}",
            figure=f"{run.rate:.0f}/s p50 {run.p50:.1f} p99 {run.p99:.1f} max {run.worst:.0f} ms {run.cpu:.0f} µs",
            ratio="" if mode == BARE else f"{of_bare:.2f} x bare, {of_route:.2f} x without storage",
            bar="0.5, 0.85, p99 100 ms" if durable else "",
            met=of_bare >= 0.5 and of_route >= 0.85 and run.p99 <= 100 if durable else None,
        )


def _in_turn(urls: Iterator[str], cookies: Path, scale: Scale) -> dict[str, Run]:
    found: dict[str, list[Run]] = {mode: [] for mode in MODES}
    for _ in range(scale.repeats):
        for mode in MODES:
            found[mode].append(_measure(mode, next(urls), cookies, seconds=scale.seconds))
    return {mode: _median(runs) for mode, runs in found.items()}


def _median(runs: list[Run]) -> Run:
    names = Run.__dataclass_fields__
    return Run(**{name: statistics.median(getattr(run, name) for run in runs) for name in names})


def _cookies(folder: Path) -> Path:
    file = folder / "cookies"
    issued = (session.issue(os.urandom(session.ID_BYTES), SECRET.encode()) for _ in range(PEOPLE))
    file.write_text("\n".join(f"{session.COOKIE}={value}" for value in issued), encoding="ascii")
    return file


def _measure(mode: str, url: str, cookies: Path, *, seconds: float) -> Run:
    ready: multiprocessing.Queue[str] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_run, args=(mode, url, ready), daemon=True)
    server.start()
    try:
        address = ready.get(timeout=30)
        if seconds >= 1:
            _load(address, cookies, seconds=1)
        before = _cpu_seconds(server.pid)
        rate, p50, p99, worst, answered = _load(address, cookies, seconds=seconds)
        spent = _cpu_seconds(server.pid) - before
        return Run(rate=rate, p50=p50, p99=p99, worst=worst, cpu=1e6 * spent / max(1.0, answered))
    finally:
        server.kill()
        server.join()


def _run(mode: str, url: str, ready: "multiprocessing.Queue[str]") -> None:
    asyncio.run(_serve(mode, url, ready))


async def _serve(mode: str, url: str, ready: "multiprocessing.Queue[str]") -> None:
    async with opened(url) as store:
        app = web.Application() if mode == BARE else new_app()
        if mode == BARE:
            app.router.add_post("/hooks/web/main", _bare)
        else:
            account = WebAccount.model_validate({"channel": "web", "account": "main", "secret": SECRET})
            intake = Intake(store) if mode == DURABLE else Forgetting(store)
            presences = {("web", "main"): Presence(channel=CHANNEL, account=account)}
            Webhooks(store, intake, presences, metrics=Metrics(), clock=now).add_routes(app)
        settle_memory()
        async with open_site(app, host="127.0.0.1", port=0) as address:
            ready.put(address)
            await asyncio.Event().wait()


async def _bare(request: web.Request) -> web.Response:
    await request.read()
    return web.Response()


def _cpu_seconds(pid: int | None) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _load(address: str, cookies: Path, *, seconds: float) -> list[float]:
    """Requests a second, p50, p99 and maximum in ms, requests in all. Whole seconds: wrk knows no others."""
    core = str((os.cpu_count() or 1) - 1)
    duration = f"-d{max(1, round(seconds))}s"
    wrk = ["taskset", "-c", core, "wrk", "-t1", f"-c{IN_FLIGHT}", duration, "-s", str(SCRIPT), address]
    run = {**os.environ, "COOKIES": str(cookies), "RUN": str(time.monotonic_ns())}
    printed = subprocess.run(wrk, env=run, capture_output=True, text=True, check=True).stdout
    *figures, errors = next(line for line in printed.splitlines() if line.startswith("RESULT")).split()[1:]
    if int(errors):
        raise SystemExit(f"{errors} requests failed")
    return [float(figure) for figure in figures]
