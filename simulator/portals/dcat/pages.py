"""The catalogue of ckanext-dcat, page by page, and what is noted of whoever turns them (D2 … D6)."""

import math
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from simulator.portals.dcat.shelf import Dataset, Shelf
from simulator.portals.dcat.triples import Statement, catalogue, paging
from simulator.portals.dcat.writing import KINDS, write
from simulator.portals.manners import Manners


class Pages:
    """``size`` datasets are on a page; ``site`` is how the portal calls itself in the links between its pages.

    ``expanded``: JSON-LD without prefixes. ``broken``: how the paging is broken.
    """

    def __init__(self, shelf: Shelf, manners: Manners) -> None:
        self.size = 100
        self.site = "https://ten-cu.example.vn"
        self.expanded = False
        self.broken: set[str] = set()
        self._shelf, self._manners = shelf, manners
        self._turned: set[int] = set()

    def page(
        self, request: web.Request, form: str, base: str, complete: Callable[[Dataset], Dataset]
    ) -> tuple[str, int]:
        """The text of the page that ``request`` asks for, and its status."""
        since, printed = request.query.get("modified_since", ""), request.query.get("page", "1")
        path = str(request.rel_url)
        if form not in KINDS:
            return "", 404
        if not _is_day(since) or not printed.isdecimal() or int(printed) < 1:
            self._manners.note("D4" if not _is_day(since) else "D3", path)
            return "Validation Error", 409
        number, found = int(printed), self._shelf.since(since)
        last = max(1, math.ceil(len(found) / self.size))
        self._watch(number, last, path)
        if number > 1 and "strange page" in self.broken:
            return '{"error": "not here"}', 200
        hidden = number > 1 and "empty page" in self.broken
        some = [] if hidden else found[(number - 1) * self.size : number * self.size]
        statements = list(catalogue([complete(each) for each in some], base))
        if found:
            statements += self._links(request, number, last, len(found))
        return write(statements, "expanded" if self.expanded and form == "jsonld" else form), 200

    def _watch(self, number: int, last: int, path: str) -> None:
        if number == 1:
            self._turned.clear()
        if number > last:
            self._manners.note("D5", path)
        if number in self._turned:
            self._manners.note("D6", path)
        self._turned.add(number)

    def _links(self, request: web.Request, number: int, last: int, total: int) -> list[Statement]:
        rest = "".join(f"{key}={value}&" for key, value in request.query.items() if key != "page")
        pages = {"first": 1, "last": last}
        if number < last or "loop" in self.broken:
            pages["next"] = number if number > 1 and "loop" in self.broken else number + 1
        here = f"{self.site}{request.path}?{rest}page="
        return list(paging({name: f"{here}{page}" for name, page in pages.items()}, f"{here}{number}", total))


def _is_day(text: str) -> bool:
    try:
        return not text or bool(datetime.fromisoformat(text))
    except ValueError:
        return False
