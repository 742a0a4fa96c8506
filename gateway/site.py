"""The HTTP side of a process: health, readiness and metrics; opening and closing its port."""

import contextlib
import errno
import gc
import logging
from asyncio import Event, get_running_loop
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.core.errors import TracuuError
from bot.core.fault import describe
from bot.store.balancing import read_balances
from bot.store.budget import look_at_all
from bot.store.engine import Store
from bot.store.migrate import pending
from bot.store.stats import look, ping
from gateway.metrics import Metrics
from gateway.syncing.trouble import read_troubles
from gateway.webhooks import MAX_BODY
from gateway.zalo.condition import examine_all

CLOSE_SECONDS = 3.0
"""How long open requests may take to end when the service stops, and how long once more when they are cancelled."""
_LOOK_SECONDS = 2.0

log = structlog.get_logger()


class PortTakenError(TracuuError):
    """The port cannot be listened on."""


class Health:
    """Answers ``/healthz`` (alive), ``/readyz`` (can work) and ``/metrics``.

    ``index_ready`` is set once the catalogue is in memory; None in processes that need none.
    """

    def __init__(
        self, store: Store, metrics: Metrics, *, index_ready: Event | None, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._metrics, self._index_ready, self._clock = store, metrics, index_ready, clock
        self._looked_at = float("-inf")

    def add_routes(self, app: web.Application) -> None:
        """Add the three routes to ``app``."""
        app.router.add_get("/healthz", self.live)
        app.router.add_get("/readyz", self.ready)
        app.router.add_get("/metrics", self.metrics)

    async def live(self, _request: web.Request) -> web.Response:
        """The event loop turns."""
        return web.json_response({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when store, migrations and index are there, else 503 naming what is missing."""
        missing: list[str] = []
        try:
            await ping(self._store)
            if await pending(self._store):
                missing.append("migrations")
        except TracuuError as error:
            missing.append(f"store: {error}")
        if self._index_ready is not None and not self._index_ready.is_set():
            missing.append("index")
        status = 503 if missing else 200
        return web.json_response({"status": "ok" if not missing else "not ready", "missing": missing}, status=status)

    async def metrics(self, _request: web.Request) -> web.Response:
        """The queues are looked at every two seconds at most, however often somebody asks."""
        now = get_running_loop().time()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at = now
            try:
                self._metrics.show_queues(await look(self._store, now=self._clock()))
                self._metrics.show_budgets(await look_at_all(self._store, now=self._clock()))
                self._metrics.show_pools(await read_balances(self._store))
                self._metrics.show_sources(await read_troubles(self._store))
                self._metrics.show_zalo(await examine_all(self._store, now=self._clock()))
            except TracuuError:
                self._metrics.store_up.set(0)
            else:
                self._metrics.store_up.set(1)
        return web.Response(body=self._metrics.export(), content_type="text/plain", charset="utf-8")


def settle_memory() -> None:
    """Take what was made at the start out of the garbage collector's rounds: each would stop the loop for 50 ms."""
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def open_site(app: web.Application, *, host: str, port: int) -> AsyncIterator[str]:
    """Serve ``app`` and yield its URL; at the end stop accepting, let open requests finish, and close.

    Raises PortTakenError when the address cannot be used.
    """
    # the access log would print queries, in which some gateways put numbers and texts
    runner = web.AppRunner(
        app, access_log=None, logger=_complaints(), handle_signals=False, shutdown_timeout=CLOSE_SECONDS
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "is used by another program" if taken else f"cannot be opened ({error.strerror})"
            raise PortTakenError(f"port {port} on {host} {reason}; choose another with --port") from None
        bound = runner.addresses[0][1]
        yield f"http://{host}:{bound}"
    finally:
        await runner.cleanup()


def _complaints() -> logging.Logger:
    """Where aiohttp complains about requests that are no HTTP, with a trace that quotes them. We keep its kind."""
    logger = logging.getLogger("tracuu.http")
    logger.addFilter(_say_without_quoting)
    return logger


def _say_without_quoting(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    _say("site.malformed", error)
    return False


def _say(event: str, error: BaseException | None) -> None:
    with contextlib.suppress(OSError):  # the disk with the log may be full
        log.warning(event, **(describe(error) if error else {}))


def new_app() -> web.Application:
    """An application that reads at most :data:`MAX_BODY` bytes of a body and logs no trace."""
    return web.Application(client_max_size=MAX_BODY, middlewares=[_catch])


@web.middleware
async def _catch(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What a route did not expect is a 500 and one line; the trace that aiohttp would print may quote a person."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception as error:
        if request.writer.output_size:
            raise  # the answer has begun: nothing but closing the connection can say that it is not whole
        _say("site.broken", error)
        return web.Response(status=500, text="something went wrong here, try again")
