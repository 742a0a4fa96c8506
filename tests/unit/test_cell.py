"""Cells of catalogue files."""

from datetime import date

import pytest

from gateway.cell import CellError, is_address, read_date, split, tidy

DATES = {
    "": None,
    "2025-06-12": date(2025, 6, 12),
    "2025-06-12T07:30:00+07:00": date(2025, 6, 12),
    "12/06/2025": date(2025, 6, 12),
    "1/7/2025": date(2025, 7, 1),
}
NO_DATES = ["31/02/2025", "2025-13-01", "06/2025", "2025", "quý I/2025", "12-06-2025", "0000-01-01", "12/06/25"]
ADDRESSES = {"https://opendata.quangngai.gov.vn/dataset/a b": False, "https://data.hue.gov.vn/": True, "HTTP://x.vn": True,
             "javascript:alert(1)": False, "Cổng dữ liệu mở": False, "tables/a.csv": False}  # fmt: skip


@pytest.mark.parametrize(("cell", "meant"), DATES.items(), ids=lambda value: str(value) or "empty")
def test_a_date_is_read_as_it_is_written_here(cell, meant):
    assert read_date(cell) == meant


@pytest.mark.parametrize("cell", NO_DATES)
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(CellError, match="is no date"):
        read_date(cell)


@pytest.mark.parametrize(("cell", "address"), ADDRESSES.items(), ids=ADDRESSES)
def test_only_a_web_address_counts_as_one(cell, address):
    assert is_address(cell) is address


def test_a_text_is_brought_to_one_line_in_one_form():
    assert tidy(" Da\u0302n so\u0302\n\t tỉnh\x07 ") == "Dân sô tỉnh"


def test_empty_entries_of_a_list_do_not_count():
    assert split(" a.csv |  | b.csv|", "|") == ("a.csv", "b.csv")
