"""How tables drift: each kind of change by an example, and what is no change."""

import pytest

from bot.core.drift import ColumnType, Drift, DriftKind, TableShape, compare, shape_columns

BEFORE = (["Xã", "Số hộ nghèo", "Ngày"], [[f"Xã {n}", str(n), f"0{n % 9 + 1}/02/2025"] for n in range(20)])


def table(columns, rows, title="") -> TableShape:
    return TableShape(title=title, columns=shape_columns(columns, rows), row_count=len(rows))


def with_columns(*columns: str) -> TableShape:
    return table(columns, BEFORE[1])


def without(at: int) -> TableShape:
    columns, rows = BEFORE
    return table(columns[:at] + columns[at + 1 :], [row[:at] + row[at + 1 :] for row in rows])


def changed(at: int, value: str) -> TableShape:
    return table(BEFORE[0], [[*row[:at], value, *row[at + 1 :]] for row in BEFORE[1]])


def added(*names: str) -> TableShape:
    return table([*BEFORE[0], *names], [[*row, *["x"] * len(names)] for row in BEFORE[1]])


CHANGES = {
    "nothing": (table(*BEFORE), []),
    "other rows": (table(BEFORE[0], BEFORE[1][3:]), []),
    "a column more": (added("Ghi chú"), ["column 'Ghi chú' is new"]),
    "a column less": (without(1), ["column 'Số hộ nghèo' is gone"]),
    "diacritics lost": (with_columns("Xa", "Số hộ nghèo", "Ngày"), ["column 'Xã' is now called 'Xa'"]),
    "a name like it": (with_columns("Xã", "Số hộ nghèo*", "Ngày"), ["column 'Số hộ nghèo' is now called 'Số hộ nghèo*'"]),
    "another name, the same values": (with_columns("Đơn vị", *BEFORE[0][1:]), ["column 'Xã' is now called 'Đơn vị'"]),
    "figures became words": (changed(1, "nhiều"), ["column 'Số hộ nghèo' held number, now it holds text"]),
    "dates became figures": (changed(2, "45000"), ["column 'Ngày' held date, now it holds number"]),
    "an empty column says nothing": (changed(2, ""), []),
    "moved columns": (table(BEFORE[0][::-1], [row[::-1] for row in BEFORE[1]]), []),
    "most rows gone": (table(BEFORE[0], BEFORE[1][:9]), ["a table without a title had 20 rows, now it has 9"]),
}  # fmt: skip


@pytest.mark.parametrize(("after", "told"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_a_table_is_told_in_a_sentence(after, told):
    assert [drift.sentence for drift in compare([table(*BEFORE)], [after])] == told


def test_years_are_never_taken_for_renamed_columns():
    old = table(["Xã", "2022", "2023"], [["A", "1", "2"], ["B", "3", "4"]])
    new = table(["Xã", "2023", "2024"], [["A", "2", "7"], ["B", "4", "8"]])
    assert [(drift.kind, drift.column) for drift in compare([old], [new])] == [
        (DriftKind.REMOVED, "2022"),
        (DriftKind.ADDED, "2024"),
    ]


def test_tables_are_the_same_by_title_and_else_by_order():
    first, second, third = (table(["a", "b"], [["x", str(n)]], title=f"Biểu {n}") for n in range(3))
    assert compare([first, second], [second, first]) == ()
    assert compare([first, second], [first]) == (Drift(kind=DriftKind.TABLE_REMOVED, table="Biểu 1"),)
    assert [drift.kind for drift in compare([first], [third, first])] == [DriftKind.TABLE_ADDED]
    assert compare([table(["a"], [["x"]])], [table(["a"], [["y"]])]) == ()


def test_short_lists_may_lose_rows_without_a_word():
    assert compare([table(["a"], [["x"]] * 9)], [table(["a"], [["x"]])]) == ()


def test_masked_cells_neither_give_a_type_nor_marks():
    (shape,) = shape_columns(["Điện thoại"], [["•••"], ["•••"]])
    assert (shape.type, shape.marks) == (ColumnType.TEXT, frozenset())


def test_the_parts_of_a_change_are_there_for_a_script():
    (drift,) = compare([table(*BEFORE)], [changed(1, "nhiều")])
    assert (drift.kind, drift.column, drift.before, drift.after) == ("retyped", "Số hộ nghèo", "number", "text")
