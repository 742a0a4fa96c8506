"""A table is found in a sheet as statistics offices print it."""

import pytest

from gateway.grid import to_table
from gateway.sheet import Record, SheetError

SHEETS = {
    "plain": ([("ten", "gia"), ("Gạo", "1")], ("ten", "gia"), [("Gạo", "1")]),
    "one column": ([("ten",), ("Gạo",)], ("ten",), [("Gạo",)]),
    "header only": ([("ten", "gia")], ("ten", "gia"), []),
    "title above": ([("Giá, năm 2020",), ("ten", "gia"), ("Gạo", "1")], ("ten", "gia"), [("Gạo", "1")]),
    "title with empty cells": ([("Giá", ""), ("ten", "gia"), ("Gạo", "1")], ("ten", "gia"), [("Gạo", "1")]),
    "stacked heading": (
        [("", "2017", "", "2018", ""), ("", "Lúa", "Ngô", "Lúa", "Ngô"), ("Cà Mau", "1", "2", "3", "4")],
        ("", "2017 Lúa", "2017 Ngô", "2018 Lúa", "2018 Ngô"),
        [("Cà Mau", "1", "2", "3", "4")],
    ),
    "first heading left empty": (
        [("", "2017"), ("", "5"), ("Cà Mau", "1")],
        ("", "2017"),
        [("", "5"), ("Cà Mau", "1")],
    ),
    "notes below": ([("a", "b"), ("1", "2"), ("(*) Sơ bộ.",), ("Chưa kể…",)], ("a", "b"), [("1", "2")]),
    "empty cells cut off": (
        [("a", "b", "c"), ("1",), ("1", "2", "3")],
        ("a", "b", "c"),
        [("1", "", ""), ("1", "2", "3")],
    ),
    "empty cells too many": ([("a", "b"), ("1", "2", "", "")], ("a", "b"), [("1", "2")]),
    "a missing value stays as printed": ([("a", "b"), ("1", "..")], ("a", "b"), [("1", "..")]),
}


def records(*rows: tuple[str, ...]) -> list[Record]:
    return [Record(line=line, cells=cells) for line, cells in enumerate(rows, start=1)]


@pytest.mark.parametrize(("sheet", "columns", "rows"), SHEETS.values(), ids=SHEETS)
def test_a_sheet_becomes_a_table(sheet, columns, rows):
    table = to_table(records(*sheet))
    assert (table.columns, list(table.rows)) == (columns, rows)


def test_a_row_that_was_torn_apart_is_refused_with_its_line():
    with pytest.raises(SheetError, match="line 3 has 3 cells, the header has 2"):
        to_table(records(("ten", "gia"), ("Gạo", "1"), ("Ngô", "2", "5")))
