"""The names that a cell lists."""

from bot.core.catalogue import Table
from bot.search.table import TableIndex


def names(cell: str) -> set[str]:
    rows = (("Xã Mới", cell), ("Xã Khác", "giữ nguyên"))
    index = TableIndex.build(Table(hash="units", columns=("ten", "sap_nhap_tu"), rows=rows))
    return {part.text for part in index.parts} - {"Xã Mới", "Xã Khác", "giữ nguyên"}


def test_what_a_resolution_says_about_parts_of_units_is_nobodys_name():
    cell = "Xã Đông, Xã Tây và một phần diện tích tự nhiên, quy mô dân số của Xã Nam; phần còn lại của Xã Bắc"
    assert names(cell) == {"Xã Đông", "Xã Tây", "Xã Nam", "Xã Bắc"}


def test_a_cell_that_lists_names_is_also_one_text():
    assert names("Xã Đông, Xã Tây") == {"Xã Đông, Xã Tây", "Xã Đông", "Xã Tây"}
