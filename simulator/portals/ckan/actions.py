"""The actions of CKAN's API that anybody may call."""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.portals.ckan.answers import RefusalError, not_authorized, not_found, not_valid
from simulator.portals.ckan.datastore import MOST, search_rows
from simulator.portals.ckan.search import search
from simulator.portals.ckan.world import World

VERSION = "2.11.3"
_GROUPS_AT_ONCE = 25

Params = Mapping[str, Any]


class Actions:
    """Answers actions from ``world``. ``total`` lies about the number of rows of every table where it is set;
    ``broken_search``: the DataStore answers no searches, only dumps; ``most_rows`` caps them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.total: int | None = None
        self.broken_search = False
        self.most_rows = MOST
        self._known: dict[str, Callable[[Params], Any]] = {
            "package_search": lambda params: search(world, params),
            "package_show": self._show,
            "package_list": self._list,
            "current_package_list_with_resources": self._current,
            "organization_list": lambda params: self._groups(params, "organization"),
            "group_list": lambda params: self._groups(params, "groups"),
            "status_show": self._status,
            "datastore_search": self._rows,
        }

    def run(self, action: str, params: Params) -> Any:
        """The ``result`` of ``action``. Raises RefusalError."""
        known = self._known.get(action)
        if known is None:
            raise RefusalError(400, f"Bad request - Action name not known: {action}")
        return known(params)

    def _show(self, params: Params) -> Any:
        wanted = str(params.get("id") or "")
        if not wanted:
            raise not_valid(id=["Missing value"])
        world = self.world
        try:
            package = world.package(wanted, world.database)
        except KeyError:
            ids = world.ids(world.database)
            packages = (world.package(id_, world.database) for id_ in ids)
            found = next((each for each in packages if each.get("name") == wanted), None)
            if found is None:
                raise not_found() from None
            package = found
        if package.get("private"):
            raise not_authorized(f"User not authorized to read package {package['id']}")
        if package.get("state") == "deleted":
            raise not_found()
        return package

    def _list(self, params: Params) -> Any:
        packages = (self.world.package(id_, self.world.database) for id_ in self.world.ids(self.world.database))
        names = sorted(str(package.get("name")) for package in packages)
        start = int(params.get("offset", 0))
        limit = params.get("limit")
        return names[start:] if limit is None else names[start : start + int(limit)]

    def _current(self, params: Params) -> Any:
        paged = {"rows": params.get("limit", 10), "start": params.get("offset", 0)}
        return search(self.world, paged)["results"]

    def _groups(self, params: Params, key: str) -> Any:
        found: dict[str, Any] = {}
        for id_ in self.world.ids(self.world.database):
            held = self.world.package(id_, self.world.database).get(key)
            for group in held if isinstance(held, list) else [held]:
                if isinstance(group, dict):
                    found.setdefault(str(group.get("name")), group)
        if str(params.get("all_fields", "")).lower() != "true":
            return sorted(found)
        return [found[name] for name in sorted(found)][:_GROUPS_AT_ONCE]

    def _status(self, _params: Params) -> Any:
        return {
            "ckan_version": VERSION,
            "site_url": "",
            "site_title": "Cổng dữ liệu mở",
            "locale_default": "vi",
            "extensions": ["datastore", "datapusher"],
        }

    def _rows(self, params: Params) -> Any:
        if self.broken_search:
            raise RefusalError(409, {"__type": "Validation Error", "query": ["datastore is read only"]})
        return search_rows(
            self.world.shelf.sheet(str(params.get("resource_id") or "")), params, total=self.total, most=self.most_rows
        )
