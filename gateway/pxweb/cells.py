"""Cells as PX-Web answers a query in its format ``json``, put into rows. Values stay as they are printed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.text import clean
from gateway.portal import PortalError, RowPage
from gateway.pxweb.variables import Layout, Variable


def ask(piece: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """The question for the cells of ``piece``."""
    return {
        "query": [
            {"code": code, "selection": {"filter": "item", "values": list(values)}} for code, values in piece.items()
        ],
        "response": {"format": "json"},
    }


def read_cells(answer: Mapping[str, Any], layout: Layout, piece: Mapping[str, Sequence[str]]) -> RowPage:
    """The rows of ``piece``. Raises PortalError when a cell is missing, is there twice, or was not asked for."""
    variables = (*layout.down, *layout.across)
    cells = dict(_cells(answer, variables))
    wanted = 1
    for variable in variables:
        wanted *= len(piece[variable.code])
    if len(cells) != wanted:
        raise PortalError(f"PX-Web answered a query for {wanted} cells with {len(cells)}")
    rows, called, ends = [], [variable.called for variable in layout.down], layout.ends
    for start in _starts(layout.down, piece):
        try:
            figures = [cells[(*start, *end)] for end in ends]
        except KeyError as error:
            raise PortalError("PX-Web answered with cells that were not asked for") from error
        labels = (names[code] for names, code in zip(called, start, strict=True))
        rows.append((*labels, *figures))
    return RowPage(columns=layout.headings, rows=tuple(rows))


def _starts(variables: Sequence[Variable], piece: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    if not variables:
        yield ()
        return
    for code in piece[variables[0].code]:
        for rest in _starts(variables[1:], piece):
            yield (code, *rest)


def _cells(answer: Mapping[str, Any], variables: Sequence[Variable]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each cell with the codes of its values, in the order of ``variables``.

    What a table measures may be a variable whose values are columns of their own: then a line has several figures.
    """
    columns, data = answer.get("columns"), answer.get("data")
    if not isinstance(columns, list) or not isinstance(data, list):
        raise PortalError("PX-Web answered a query without cells")
    kinds = [(_text(column, "code"), _text(column, "type")) for column in columns]
    keyed = [code for code, kind in kinds if kind != "c"]
    measures = [code for code, kind in kinds if kind == "c"]
    measured = [variable for variable in variables if variable.code not in keyed]
    if len(measured) > 1 or not measures:
        raise PortalError("PX-Web answered a query without all its variables")
    for line in data:
        key, values = (line.get("key"), line.get("values")) if isinstance(line, Mapping) else (None, None)
        if not isinstance(key, list) or not isinstance(values, list):
            raise PortalError("PX-Web answered a query with a line that is none")
        if len(key) != len(keyed) or len(values) != len(measures):
            raise PortalError("PX-Web answered a query with a line of another length than its columns")
        known = dict(zip(keyed, map(str, key), strict=True))
        for measure, value in zip(measures, values, strict=True):
            if measured:
                known[measured[0].code] = measure
            yield tuple(known[variable.code] for variable in variables), clean(str(value))


def _text(column: object, name: str) -> str:
    value = column.get(name) if isinstance(column, Mapping) else None
    return value if isinstance(value, str) else ""
