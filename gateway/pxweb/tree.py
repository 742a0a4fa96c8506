"""The databases and folders of a PX-Web, walked one after the other, down to its tables."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.cell import tidy
from gateway.pxweb.api import Api, RefusedError

_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A table as its folder lists it: the ``path`` to it, what it and the folders above it are called, and when it was
    ``updated``, as printed."""

    path: tuple[str, ...]
    title: str
    above: tuple[str, ...]
    updated: str

    @property
    def key(self) -> str:
        """What the portal calls the table."""
        return "/".join(self.path)


@dataclass(slots=True, kw_only=True)
class Tree:
    """The tables below ``root`` (empty = of all databases); ``bare`` are the databases that list none."""

    api: Api
    root: tuple[str, ...] = ()
    bare: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    _visited: set[tuple[str, ...]] = field(default_factory=set)

    async def leaves(self) -> AsyncIterator[Leaf]:
        """Every table once, in the order of the portal. Raises PortalError."""
        if self.root:
            async for leaf in self._below(self.root, self.root[:1]):
                yield leaf
            return
        for item in await self.api.listing(()):
            name, title = _text(item, "dbid") or _text(item, "id"), _text(item, "text")
            found = False
            if name:
                async for leaf in self._below((name,), (title or name,)):
                    found = True
                    yield leaf
            if not found:
                self.bare.append(title or name)

    async def _below(self, path: tuple[str, ...], above: tuple[str, ...]) -> AsyncIterator[Leaf]:
        if path in self._visited or len(path) > _DEEPEST:
            return
        self._visited.add(path)
        try:
            items = await self.api.listing(path)
        except RefusedError:
            if len(path) > 1:
                self.lost.append("/".join(path))
            return
        for item in items:
            name, title = _text(item, "id"), _text(item, "text")
            below = (*path, *filter(None, name.split("/")))
            if not name or below in self._visited:
                continue
            if item.get("type") == "t":
                self._visited.add(below)
                yield Leaf(path=below, title=_title(title, name), above=above, updated=_text(item, "updated"))
            elif item.get("type") == "l":
                async for leaf in self._below(below, (*above, title or name)):
                    yield leaf


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return tidy(value) if isinstance(value, str) else ""


def _title(printed: str, name: str) -> str:
    """What is printed, without the number of the table in front of it."""
    bare = name.rpartition("/")[2].removesuffix(".px")
    rest = printed.removeprefix(bare)
    return rest.lstrip(" -–.:") if rest != printed else printed
