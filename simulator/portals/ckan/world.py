"""The database of a CKAN portal and its search index, which knows of a change a little later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.portals.ckan.shelf import Package, Shelf

FIRST_CHANGE = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
_STEP = timedelta(minutes=1)


@dataclass(kw_only=True)
class View:
    """One way to look at the packages: what was changed, hidden or added since the shelf was filled."""

    changed: dict[str, Package] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class World:
    """``rows_max`` caps searches. ``prompt``: the index knows of a change at once, else after :meth:`reindex`.

    What may be wrong with it: ``broken_schema`` (a search has other fields), ``jumping`` (its count changes from page
    to page), ``deaf`` (every page is the first), ``deaf_to_filters`` (no ``fq`` is understood), ``phantoms`` (so many
    datasets are counted that are not there).
    """

    shelf: Shelf
    rows_max: int = 1000
    prompt: bool = True
    database: View = field(default_factory=View)
    index: View = field(default_factory=View)
    broken_schema: bool = False
    jumping: bool = False
    deaf: bool = False
    deaf_to_filters: bool = False
    phantoms: int = 0
    _changes: int = 0

    def ids(self, view: View) -> list[str]:
        """The ids of public packages, sorted."""
        known = {*self.shelf.ids(), *view.changed} - view.hidden if view.changed else None
        if known is None:
            return [id_ for id_ in self.shelf.ids() if id_ not in view.hidden]
        return sorted(known)

    def package(self, id_: str, view: View) -> Package:
        """A package as ``view`` has it. Raises KeyError."""
        changed = view.changed.get(id_, {})
        try:
            package = {**self.shelf.package(id_), **changed}
        except KeyError:
            if not changed:
                raise
            package = dict(changed)
        for key in package.pop("without", ()):
            package.pop(key, None)
        return package

    def modified(self, id_: str, view: View) -> str:
        """When it was changed last, as its answer says."""
        changed = view.changed.get(id_)
        return str(changed["metadata_modified"]) if changed else self.shelf.modified(id_)

    def change(self, key: str, fields: Mapping[str, Any]) -> None:
        """Edit a package, now."""
        stamp = {"metadata_modified": self._now()}
        self.database.changed[key] = {**self.database.changed.get(key, {}), **stamp, **fields}
        self._tell()

    def hide(self, key: str, *, private: bool) -> None:
        """Delete a package, or make it private."""
        state = {"private": True} if private else {"state": "deleted"}
        self.database.changed[key] = {**self.database.changed.get(key, {}), **state, "metadata_modified": self._now()}
        self.database.hidden.add(key)
        self._tell()

    def reindex(self) -> None:
        """Let the search know what the database knows."""
        self.index = View(changed=dict(self.database.changed), hidden=set(self.database.hidden))

    def _tell(self) -> None:
        if self.prompt:
            self.reindex()

    def _now(self) -> str:
        self._changes += 1
        return (FIRST_CHANGE + self._changes * _STEP).strftime("%Y-%m-%dT%H:%M:%S.%f")
