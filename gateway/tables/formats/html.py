"""Web pages with tables, as many portals save them under the name .xls."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from gateway.tables.encoding import decode
from gateway.tables.format import Format
from gateway.tables.merging import Area, fill_areas
from gateway.tables.sheet import Book, Limits, NoTableError, Record, Sheet
from gateway.tables.surroundings import caption_of, notes_of

_SPAN = re.compile(r"\d{1,4}")
_LINES = frozenset({"p", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "li", "caption"})
_UNSEEN = frozenset({"script", "style", "title"})


@dataclass(slots=True)
class _Grid:
    """A table while it is read: its cells by row, and where merged cells reach."""

    above: tuple[str, ...]
    rows: list[list[str]] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)  # column: the last row that a cell from above covers

    def place(self, down: int, across: int, limits: Limits) -> tuple[int, int]:
        """Row and column of the next cell, which spans ``down`` rows and ``across`` columns."""
        line, row = len(self.rows) - 1, self.rows[-1]
        while self.taken.get(len(row), -1) >= line:
            row.append("")
        column = len(row)
        limits.check_shape(line, column + across)
        row.extend([""] * across)
        if down > 1 or across > 1:
            self.areas.append(Area(top=line, left=column, bottom=line + down - 1, right=column + across - 1))
            self.taken.update(dict.fromkeys(range(column, column + across), line + down - 1))
        return line, column


class _Reader(HTMLParser):
    """Collects the tables of a page and the lines of text between them; a table within a table is text of its cell."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._depth = 0
        self._unseen = 0
        self._text: list[str] = []
        self._cell: tuple[int, int] | None = None
        self.grids: list[_Grid] = []
        self.lines: list[list[str]] = [[]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "table":
            if self._depth == 0:
                self._end_text()
                self.grids.append(_Grid(above=caption_of(self.lines[-1])))
                self.lines.append([])
            self._depth += 1
        elif tag in {"tr", "td", "th"} and self._depth == 1:
            self._end_text()
            self._begin(tag, dict(attrs))
        elif tag in _LINES:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self._end_text()
            self._depth -= 1
        elif tag in {"tr", "td", "th"} and self._depth == 1:
            self._end_text()
        elif tag in _LINES:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._end_text()

    def _begin(self, tag: str, attrs: dict[str, str | None]) -> None:
        grid = self.grids[-1]
        if tag == "tr" or not grid.rows:
            grid.rows.append([])
        if tag != "tr":
            self._cell = grid.place(_span(attrs.get("rowspan")), _span(attrs.get("colspan")), self._limits)

    def _break(self) -> None:
        if self._depth == 0:
            self._end_text()
        else:
            self._text.append(" ")

    def _end_text(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text.clear()
        if self._cell is not None:
            line, column = self._cell
            self.grids[-1].rows[line][column] = text
            self._cell = None
        elif text and self._depth == 0:
            self.lines[-1].append(text)


def _span(text: str | None) -> int:
    return max(1, int(text)) if text and _SPAN.fullmatch(text) else 1


def _read(file: Path, limits: Limits) -> Book:
    text = decode(file.read_bytes())
    reader = _Reader(limits)
    reader.feed(text.open().read())
    reader.close()
    limits.check_count(len(reader.grids))
    found = zip(reader.grids, reader.lines[1:], strict=True)
    sheets = [_sheet(number, grid, lines) for number, (grid, lines) in enumerate(found, start=1)]
    tables = tuple(sheet for sheet in sheets if _is_table(sheet.records))
    if not tables:
        raise NoTableError("the page holds no table")
    notices = (f"it is not in UTF-8, but read as {text.guessed} (guessed from its words)",) if text.guessed else ()
    return Book(sheets=tables, notices=notices)


def _sheet(number: int, grid: _Grid, lines: list[str]) -> Sheet:
    records = tuple(fill_areas(enumerate(grid.rows), grid.areas))
    below = notes_of(lines)
    return Sheet(name=f"Bảng {number}", records=records, above=grid.above, below=below, merged=bool(grid.areas))


def _is_table(records: Sequence[Record]) -> bool:
    return len(records) > 1 and max(record.extent for record in records) > 1


FORMAT = Format(name="a web page", recognises=lambda head: head.markup, read=_read)
