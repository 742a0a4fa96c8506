"""JSON as portals publish it: rows as a bare list, or wrapped with a count, a dictionary of fields, or a chart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.tables.encoding import decode
from gateway.tables.format import Format
from gateway.tables.sheet import Book, Limits, NoTableError, Record, Sheet, SheetError

_ROWS = ("data", "newsList", "grid", "rows", "records", "items", "results", "result", "features", "value")
"""Where wrappers have their rows, the likeliest first."""
_TOTALS = ("totalRows", "totalCount", "total", "count", "numberMatched")
_DICTIONARY = "hienthi"
"""Huế's dictionary of fields: ``[{khoa, tentruong, mota}]``."""
_DEEPEST = 3
_KINDS = (dict, list)
_FINE = ("", "0", "1", "200", "00", "ok", "success", "true", "none")

Rows = Sequence[Any]


def _read(file: Path, limits: Limits) -> Book:
    limits.check_part(file.stat().st_size)
    text = decode(file.read_bytes()).open().read()
    try:
        document = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise SheetError(f"line {line} is not JSON: the file is damaged or incomplete") from error
    return _book(document, limits)


def _book(document: Any, limits: Limits) -> Book:
    found = _find_rows(document, _DEEPEST)
    if found is None:
        _refuse_error(document)
        raise NoTableError("the file holds JSON, but no list of rows")
    rows, wrapper = found
    keys, body = _keys_and_cells(rows, limits)
    headings = _headings(keys, wrapper)
    records = [Record(line=1, cells=tuple(headings)) if any(headings) else None]
    records += [Record(line=number, cells=cells) for number, cells in enumerate(body, start=2) if any(cells)]
    kept = tuple(record for record in records if record is not None)
    return Book(sheets=(Sheet(records=kept),) if kept else (), notices=tuple(_notices(wrapper, len(rows))))


def _find_rows(node: Any, depth: int) -> tuple[Rows, Mapping[str, Any]] | None:
    """The list of rows, and the object that holds it."""
    if _is_rows(node):
        return node, {}
    if not isinstance(node, dict) or depth == 0:
        return None
    named = [name for name in _ROWS if name in node]
    others = [name for name in node if name not in named and name not in {_DICTIONARY, "chart", "fields"}]
    for name in (*named, *others):
        if _is_rows(node[name]):
            return node[name], node
    for name in named:
        if inner := _find_rows(node[name], depth - 1):
            return inner[0], {**node, **inner[1]}
    return None


def _is_rows(node: Any) -> bool:
    return isinstance(node, list) and bool(node) and any(all(isinstance(row, kind) for row in node) for kind in _KINDS)


def _refuse_error(document: Any) -> None:
    """An answer that only says that something went wrong is no table without rows."""
    if isinstance(document, dict):
        code = document.get("code", document.get("status", ""))
        if document.get("success") is False or "error" in document or str(code).lower() not in _FINE:
            raise SheetError("the file is the message of an error, not data")


def _keys_and_cells(rows: Rows, limits: Limits) -> tuple[list[str], Iterator[tuple[str, ...]]]:
    """The keys in the order in which they come up, and the cells of each row; of lists, the first has the headings."""
    flat = [_flat(row) for row in rows]
    if isinstance(flat[0], list):
        width = max(len(row) for row in flat)
        limits.check_shape(len(flat) - 1, width)
        first, *others = ([*map(_text, row), *[""] * (width - len(row))] for row in flat)
        return list(first), (tuple(row) for row in others)
    keys: dict[str, None] = {}
    for row in flat:
        keys.update(dict.fromkeys(row if isinstance(row, dict) else ()))
        limits.check_shape(0, len(keys))
    limits.check_shape(len(flat), len(keys))
    return list(keys), (tuple(_text(row.get(key)) for key in keys) for row in flat if isinstance(row, dict))


def _flat(row: Any) -> Any:
    """A row of GeoJSON has its cells one level deeper."""
    if isinstance(row, dict) and row.get("type") == "Feature" and isinstance(row.get("properties"), dict):
        return row["properties"]
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _headings(keys: Sequence[str], wrapper: Mapping[str, Any]) -> list[str]:
    """The keys as the dictionary of fields calls them; which of its entries is the key shows in the rows."""
    named: dict[str, str] = {}
    dictionary = wrapper.get(_DICTIONARY)
    for entry in dictionary if isinstance(dictionary, list) else ():
        if isinstance(entry, dict):
            texts = [_text(entry.get(name)) for name in ("khoa", "tentruong", "mota")]
            at = next((at for at, text in enumerate(texts[:2]) if text in keys), None)
            if at is not None:
                named[texts[at]] = next((text for text in texts[at + 1 :] if text and text != texts[at]), texts[at])
    return [named.get(key, key) for key in keys]


def _notices(wrapper: Mapping[str, Any], count: int) -> Iterator[str]:
    for name in _TOTALS:
        total = str(wrapper.get(name, ""))
        if total.isdecimal():
            if int(total) > count:
                yield f"the file holds {count} of {total} rows: its portal cuts it off"
            return


FORMAT = Format(name="JSON", recognises=lambda head: head.json, read=_read)
