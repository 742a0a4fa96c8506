"""``package_search``: what Solr does with a query, as far as a reader of a whole portal needs it."""

import re
from collections.abc import Mapping
from typing import Any

from simulator.portals.ckan.answers import RefusalError, bad_search, not_valid
from simulator.portals.ckan.world import World

_ROWS = 10
_SPAN = re.compile(r"metadata_modified:\[(\S+) TO (\S+)\]")
_SORTS = re.compile(r"(id|name|metadata_modified|metadata_created|title_string) (asc|desc)")
_OPEN = "*"
DEFAULT_SORT = "score desc, metadata_modified desc"


def search(world: World, params: Mapping[str, Any]) -> dict[str, Any]:
    """The ``result`` of a search. Raises RefusalError."""
    rows, start = _number(params, "rows", _ROWS), _number(params, "start", 0)
    sort = str(params.get("sort") or DEFAULT_SORT)
    ids = _ordered(world, _found(world, str(params.get("fq") or "")), sort)
    count = len(ids) + world.phantoms + (start % 2 if world.jumping else 0)
    if world.broken_schema:
        return {"total": count, "items": []}
    if world.deaf:
        start = 0
    page = ids[start : start + min(rows, world.rows_max)]
    return {
        "count": count,
        "sort": sort,
        "facets": {},
        "search_facets": {},
        "results": [world.package(id_, world.index) for id_ in page],
    }


def _found(world: World, query: str) -> list[str]:
    ids = world.ids(world.index)
    if not query:
        return ids
    span = _SPAN.fullmatch(query.strip())
    if span is None or world.deaf_to_filters:
        raise bad_search(f"SOLR returned an error running query: undefined field in {query!r}")
    low, high = (None if end == _OPEN else end.rstrip("Z") for end in span.groups())
    times = {id_: world.modified(id_, world.index) for id_ in ids}
    return [id_ for id_ in ids if (not low or times[id_] >= low) and (not high or times[id_] <= high)]


def _ordered(world: World, ids: list[str], sort: str) -> list[str]:
    if sort == DEFAULT_SORT:
        sort = "metadata_modified desc"
    known = _SORTS.fullmatch(sort)
    if known is None:
        raise RefusalError(409, {"__type": "Search Error", "message": f"Search error: ('Invalid sort: {sort}',)"})
    key, way = known.groups()
    if key == "id":
        return ids if way == "asc" else ids[::-1]
    values = {
        id_: world.modified(id_, world.index)
        if key == "metadata_modified"
        else str(world.package(id_, world.index).get("title" if key == "title_string" else key, ""))
        for id_ in ids
    }
    return sorted(ids, key=values.__getitem__, reverse=way == "desc")


def _number(params: Mapping[str, Any], key: str, otherwise: int) -> int:
    text = str(params.get(key, otherwise))
    if not text.isdigit():
        raise not_valid(**{key: ["Must be a natural number"]})
    return int(text)
