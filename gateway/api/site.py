"""The API on the wire: who asks, what it costs, conditional requests, other origins, problems."""

import re
from asyncio import get_running_loop
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web

from bot.core.errors import StoreUnavailableError
from bot.store.engine import Store
from bot.store.table import TableGoneError
from gateway.api.asked import Asked, Told
from gateway.api.desk import Desk
from gateway.api.limits import RETRY_SECONDS, Limits
from gateway.api.packing import pack
from gateway.api.parameters import LONGEST_ADDRESS, read_code, read_parameters
from gateway.api.problems import CONTENT_TYPE, ProblemError, language_of
from gateway.api.routes import ROOT, Route
from gateway.api.visitor import Visitor, shown_key, visitor_at, visitor_with
from gateway.metrics import Metrics

METHODS = "GET, HEAD, OPTIONS"
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")
_OTHERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, Allow",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT = {
    **_OTHERS,
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Authorization, X-Api-Key, If-None-Match, Accept-Language",
    "Access-Control-Max-Age": "86400",
}
_AGAIN = {"Retry-After": str(RETRY_SECONDS)}


class Api:
    """The addresses ``routes`` of the API. ``public_url`` is where people reach the service, if that is known."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        routes: Sequence[Route],
        *,
        limits: Limits,
        metrics: Metrics,
        clock: Callable[[], datetime],
        public_url: str = "",
    ) -> None:
        self._store, self._desk, self._routes, self._limits = store, desk, routes, limits
        self._metrics, self._clock, self._public_url = metrics, clock, public_url.rstrip("/")

    def add_routes(self, app: web.Application) -> None:
        """Open the addresses on ``app``; what else stands below ``/api/`` must be there already."""
        for route in self._routes:
            app.router.add_route("*", route.path, _Entrance(self, route).serve)
        app.router.add_route("*", "/api/{rest:.*}", _Entrance(self, None).serve)

    async def serve(self, request: web.Request, route: Route | None) -> web.Response:
        """The answer to ``request``, which is for ``route``; None = there is no such address."""
        if request.method == "OPTIONS" and route is not None:
            return web.Response(status=204, headers=_PREFLIGHT)
        told = dict(_OTHERS)
        try:
            response = await self._answer(request, route, told)
        except ProblemError as problem:
            response = self._refuse(request, problem, told)
        except TableGoneError:  # the catalogue has just been exchanged
            response = self._refuse(request, ProblemError("not-ready", headers=_AGAIN), told)
        except StoreUnavailableError:
            response = self._refuse(request, ProblemError("store-away", headers=_AGAIN), told)
        self._metrics.api.labels(route.name if route else "", str(response.status)).inc()
        return response

    async def _answer(self, request: web.Request, route: Route | None, told: dict[str, str]) -> web.Response:
        now = get_running_loop().time()
        visitor = visitor_at(request.remote, request.headers)
        key = shown_key(request.headers)
        if key is not None:
            try:
                visitor = await visitor_with(self._store, key, now=self._clock())
            except ProblemError:
                self._charge(visitor, 1, now, told)
                raise
        try:
            asked, cost = self._read(request, route, visitor)
        except ProblemError:
            self._charge(visitor, 1, now, told)
            raise
        self._charge(visitor, cost, now, told)
        assert route is not None  # noqa: S101 – read above
        return _packed(request, route, await self._desk.answer(route, asked), told, keyed=visitor.keyed)

    def _read(self, request: web.Request, route: Route | None, visitor: Visitor) -> tuple[Asked, int]:
        """What is asked and what it costs. Raises ProblemError."""
        if len(request.rel_url.raw_path_qs) > LONGEST_ADDRESS:
            raise ProblemError("too-long", most=LONGEST_ADDRESS)
        if route is None:
            raise ProblemError("not-found")
        if request.method not in {"GET", "HEAD"}:
            raise ProblemError("no-method", headers={"Allow": METHODS})
        values = read_parameters(request.rel_url.raw_query_string, route.parameters)
        code = read_code(request.rel_url.raw_path.split("/")[4]) if route.about_one else ""
        cost = route.cost
        if route.question_cost is not None and values["q"] is not None:
            cost = route.question_cost
        language = language_of(request.headers.get("Accept-Language", ""))
        site = self._site(request)
        return Asked(values=values, keyed=visitor.keyed, language=language, site=site, code=code), cost

    def _site(self, request: web.Request) -> str:
        """What whole addresses begin with: as set, else as the asker wrote it."""
        if self._public_url:
            scheme, _, rest = self._public_url.partition("://")
            return f"{scheme}://{rest.partition('/')[0]}"
        return f"http://{request.host}" if _HOST.fullmatch(request.host) else ""

    def _charge(self, visitor: Visitor, cost: int, now: float, told: dict[str, str]) -> None:
        standing = self._limits.take(visitor.policy, visitor.who, cost, units=visitor.units, now=now)
        told.update(standing.headers())
        if standing.wait:
            raise ProblemError("too-many", seconds=standing.wait)

    def _refuse(self, request: web.Request, problem: ProblemError, told: dict[str, str]) -> web.Response:
        language = language_of(request.headers.get("Accept-Language", ""))
        headers = {**told, **problem.headers, "Cache-Control": "no-store", "Content-Language": language}
        headers["Vary"] = "Accept-Language, Authorization, X-Api-Key"
        body = problem.document(language, f"{self._public_url}{ROOT}")
        return web.Response(status=problem.status, body=body, content_type=CONTENT_TYPE, headers=headers)


class _Entrance:
    """One address."""

    def __init__(self, api: Api, route: Route | None) -> None:
        self._api, self._route = api, route

    async def serve(self, request: web.Request) -> web.Response:
        return await self._api.serve(request, self._route)


def _packed(request: web.Request, route: Route, answer: Told, told: dict[str, str], *, keyed: bool) -> web.Response:
    """The response for ``answer``: 304 where the asker has it already."""
    vary = ["Accept-Encoding", "Authorization", "X-Api-Key", *(["Accept-Language"] if answer.by_language else [])]
    headers = {**told, "Vary": ", ".join(vary), "Cache-Control": f"{'private' if keyed else 'public'}, no-cache"}
    if answer.modified is not None:
        headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
    return pack(request, answer.body, media=route.media, headers=headers)
