"""Page through everything that a search finds, never losing what moves meanwhile."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.ckan.api import Api
from gateway.portal import AwayError, PortalError

_ROWS = 100
_PASSES = 4
_TOLERATED = 50  # one of so many may be counted by the search and not be there


@dataclass(slots=True, kw_only=True)
class Listing:
    """The packages that a search with ``filters`` finds, each once, in the order of their ids.

    ``count`` is what the portal says, ``seen`` the ids that came. A dataset that is taken away while we page moves all
    that follow, and one of them would never be seen: where the count changes, everything is gone through again.
    """

    api: Api
    filters: Mapping[str, str] = field(default_factory=dict)
    count: int = 0
    seen: set[str] = field(default_factory=set)
    _moved: bool = False

    async def pages(self) -> AsyncIterator[list[Any]]:
        """The new packages of each page. Raises PortalError, RefusedError.

        AwayError when the portal goes on giving less than it counts.
        """
        for _ in range(_PASSES):
            before = len(self.seen)
            async for page in self._pass():
                yield page
            if not self._moved and not self.missing:
                return
            if len(self.seen) == before:
                break
        if self.missing * _TOLERATED > self.count:
            raise AwayError(
                f"the portal counts {self.count} datasets and lists {len(self.seen)}: trying again later may help"
            )

    @property
    def missing(self) -> int:
        """How many the portal counts and does not list."""
        return max(0, self.count - len(self.seen))

    async def _pass(self) -> AsyncIterator[list[Any]]:
        start = 0
        counts: set[int] = set()
        met: set[str] = set()
        while True:
            count, packages = await self._page(start)
            counts.add(count)
            self.count, self._moved = count, len(counts) > 1
            named = {_name(package): package for package in packages}
            fresh = named.keys() - met
            met |= fresh
            new = [package for name, package in named.items() if name not in self.seen]
            self.seen |= fresh
            start += len(packages)
            yield new
            if start >= count or not packages:
                return
            if not fresh:
                raise PortalError("the portal gives the same page again and again: something in front of it is wrong")

    async def _page(self, start: int) -> tuple[int, list[Any]]:
        params = {**self.filters, "rows": str(_ROWS), "start": str(start), "sort": "id asc"}
        result = await self.api.call("package_search", params)
        count = result.get("count") if isinstance(result, Mapping) else None
        packages = result.get("results") if isinstance(result, Mapping) else None
        if not isinstance(count, int) or isinstance(count, bool) or count < 0 or not isinstance(packages, list):
            raise PortalError(
                "the portal's answer to package_search has no count or no results: its schema has changed"
            )
        return count, packages


def _name(package: Any) -> str:
    """What tells ``package`` from others: its id, or where it has none, all of it."""
    found = package.get("id") if isinstance(package, Mapping) else None
    return found if isinstance(found, str) and found else json.dumps(package, sort_keys=True)
