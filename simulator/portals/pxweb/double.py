"""A PX-Web with its API, on a port of this machine.

The rules P1 … that it obeys and enforces are those of docs/portals-pxweb.md; K1 … are those of every portal.
"""

import contextlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from simulator.portals.door import Door
from simulator.portals.pxweb.cube import Cube, read_cube
from simulator.portals.pxweb.queries import RefusalError, read_query


@dataclass(kw_only=True)
class Limits:
    """What ``?config`` says: the names are those of PX-Web's own settings. ``seconds`` of this machine's clock."""

    max_values: int = 1000
    max_cells: int = 100_000
    max_calls: int = 1000
    seconds: float = 10.0


class PxWebDouble(Door):
    """What a test sees: the portal at ``url``. ``databases`` are names by id; one without tables answers 404 (P2)."""

    def __init__(self, databases: Mapping[str, str], tables: Sequence[Cube], limits: Limits) -> None:
        super().__init__()
        self.databases = dict(databases)
        self.tables = {table.key: table for table in tables}
        self.limits = limits
        self.clock: Callable[[], float] = time.monotonic
        self.changes = 0
        self._calls: deque[float] = deque()

    def change(self, key: str, **fields: Any) -> None:
        """Update the table ``key`` (its ``title``, its ``figures``), or add it."""
        self.changes += 1
        updated = f"2026-11-01T00:{self.changes:02d}:00"
        if key not in self.tables:
            self.tables[key] = read_cube({"key": key, "updated": updated, **fields})
            return
        table = self.tables[key]
        table.updated, table.title = updated, fields.get("title", table.title)
        table.figures = fields.get("figures", table.figures)

    def withdraw(self, key: str, *, private: bool = False) -> None:  # noqa: ARG002 – the same from outside
        """Take the table ``key`` away."""
        del self.tables[key]

    async def route(self, request: web.Request) -> web.Response:
        """The portal's own answer."""
        path = str(request.rel_url)
        if not self._allows():
            self.manners.note("P6", path)
            seconds = str(max(1, round(self.limits.seconds)))
            message = "429 - Too many requests in too short timeframe. Please try again later."
            return _json({"error": message}, status=429, headers={"Retry-After": seconds})
        parts = [part for part in request.path.split("/") if part]
        if parts[:2] != ["api", "v1"] or len(parts) < 3:
            return _refused("Parameter error", 404)
        if request.rel_url.query_string.split("&")[0] == "config":
            return self._config()
        try:
            return _json(await self._act(request, tuple(parts[3:])))
        except RefusalError as refusal:
            if refusal.rule:
                self.manners.note(refusal.rule, path)
            return _refused(str(refusal), refusal.status)

    def _allows(self) -> bool:
        """Whether one more call is allowed now (P6)."""
        now = self.clock()
        while self._calls and self._calls[0] <= now - self.limits.seconds:
            self._calls.popleft()
        self._calls.append(now)
        return len(self._calls) <= self.limits.max_calls

    def _config(self) -> web.Response:
        return _json(
            {
                "maxValues": self.limits.max_values,
                "maxCells": self.limits.max_cells,
                "maxCalls": self.limits.max_calls,
                "timeWindow": self.limits.seconds,
                "CORS": True,
            }
        )

    async def _act(self, request: web.Request, path: tuple[str, ...]) -> object:
        table = self.tables.get("/".join(path))
        if request.method == "POST":
            if table is None:
                raise RefusalError(404, "Parameter error", "P4")
            return json.loads(table.select(read_query(await request.read(), table, most=self.limits.max_cells)))
        if table is not None:
            return table.describe(most=self.limits.max_values)
        if not path:
            return [{"dbid": name, "text": text} for name, text in self.databases.items()]
        return self._folder(path)

    def _folder(self, path: tuple[str, ...]) -> list[dict[str, str]]:
        """Folders before tables, each once (P2)."""
        below = [table for table in self.tables.values() if table.path[: len(path)] == path]
        if not below:
            raise RefusalError(404, "Parameter error")
        folders = {table.path[len(path)]: None for table in below if len(table.path) > len(path) + 1}
        listed = [{"id": name, "type": "l", "text": name} for name in folders]
        for table in below:
            if len(table.path) == len(path) + 1:
                name = table.path[-1]
                text = f"{name.removesuffix('.px')} - {table.title}" if table.title else ""
                listed.append({"id": name, "type": "t", "text": text, "updated": table.updated})
        return listed


def _json(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    text = json.dumps(value, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


def _refused(message: str, status: int) -> web.Response:
    return _json({"error": message}, status=status)


@contextlib.asynccontextmanager
async def open_double(case: Mapping[str, Any]) -> AsyncIterator[PxWebDouble]:
    """A PX-Web with the ``databases`` (id = name) and the ``datasets`` (tables) of ``case``; ``limits`` as of
    :class:`Limits`."""
    limits = Limits(**case.get("limits", {}))
    double = PxWebDouble(case["databases"], [read_cube(row) for row in case["datasets"]], limits)
    async with double.open():
        yield double
