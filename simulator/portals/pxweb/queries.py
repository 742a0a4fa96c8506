"""Queries by POST, and what is refused (P4 … P6)."""

import json
from collections.abc import Mapping
from typing import Any

from simulator.portals.pxweb.cube import Cube


class RefusalError(Exception):
    """PX-Web does not answer that; ``rule`` is the one that the query broke, empty where nobody could know better."""

    def __init__(self, status: int, message: str, rule: str = "") -> None:
        super().__init__(message)
        self.status, self.rule = status, rule


def read_query(body: bytes, cube: Cube, *, most: int) -> dict[str, list[str]]:
    """The values that a query selects of each variable. Raises RefusalError."""
    question = _read(body)
    selections = dict(map(_selection, question.get("query") or []))
    chosen = {variable.code: selections.pop(variable.code, list(variable.values)) for variable in cube.variables}
    known = all(set(chosen[variable.code]) <= set(variable.values) for variable in cube.variables)
    if selections or not known or not all(chosen.values()):
        raise RefusalError(404, "Parameter error", "P4")
    if cube.size(chosen) > most:
        raise RefusalError(403, "Too many values selected", "P5")
    return chosen


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        question = json.loads(body)
        form = question["response"]["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise RefusalError(404, "Parameter error", "P4") from error
    if form != "json":
        raise RefusalError(404, "Parameter error", "P4")
    return dict(question)


def _selection(part: Any) -> tuple[str, list[str]]:
    try:
        code, selection = part["code"], part["selection"]
        values = selection["values"]
        plain = selection["filter"] == "item" and isinstance(values, list)
    except (KeyError, TypeError) as error:
        raise RefusalError(404, "Parameter error", "P4") from error
    if not plain or not all(isinstance(value, str) for value in values):
        raise RefusalError(404, "Parameter error", "P4")
    return code, values
