"""``datastore_search``: rows of a table that was taken into the DataStore."""

import json
from collections.abc import Mapping
from typing import Any

from simulator.portals.ckan.answers import not_found, not_valid
from simulator.portals.ckan.shelf import Sheet

LIMIT = 100
MOST = 32_000
"""What ``ckan.datastore.search.rows_max`` is unless a portal sets it."""


def search_rows(
    sheet: Sheet | None, params: Mapping[str, Any], *, total: int | None = None, most: int = MOST
) -> dict[str, Any]:
    """The ``result`` of at most ``most`` rows; ``total`` is what it says of their number where that is not so.

    Raises RefusalError.
    """
    resource = str(params.get("resource_id") or "")
    if not resource:
        raise not_valid(resource_id=["Missing value"])
    if sheet is None or not sheet.active:
        raise not_found(f'Resource "{resource}" was not found.')
    limit, offset = min(_number(params, "limit", LIMIT), most), _number(params, "offset", 0)
    shape = str(params.get("records_format") or "objects")
    if shape not in {"objects", "lists"}:
        raise not_valid(records_format=["Value must be one of objects, lists"])
    names = ["_id", *sheet.columns]
    rows = [[number, *row] for number, row in enumerate(sheet.rows[offset : offset + limit], offset + 1)]
    fields = [{"id": "_id", "type": "int"}, *({"id": name, "type": "text"} for name in sheet.columns)]
    return {
        "include_total": True,
        "limit": limit,
        "offset": offset,
        "records_format": shape,
        "resource_id": resource,
        "total_estimation_threshold": None,
        "records": rows if shape == "lists" else [dict(zip(names, row, strict=True)) for row in rows],
        "fields": fields,
        "_links": {"start": "/api/3/action/datastore_search", "next": f"/api/3/action/datastore_search?offset={limit}"},
        "total": len(sheet.rows) if total is None else total,
        "total_was_estimated": False,
    }


def _number(params: Mapping[str, Any], key: str, otherwise: int) -> int:
    text = json.dumps(params[key]) if isinstance(params.get(key), int) else str(params.get(key, otherwise))
    if not text.isdigit():
        raise not_valid(**{key: ["Invalid integer"]})
    return int(text)
