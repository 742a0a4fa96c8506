"""What a loaded table says beside its rows: its unit in the headings of its figures."""

import pytest

from gateway.tables.loading import load_tables

UNIT = "Sản lượng,,,\nĐơn vị tính: tấn,,,\n"
HEADINGS = {
    "figures get the unit": ("Xã,2019,Nam\nA,1,2\n", ("Xã", "2019 (tấn)", "Nam (tấn)")),
    "missing figures do not matter": ("Xã,2019,2020\nA,..,-\nB,1,..\n", ("Xã", "2019 (tấn)", "2020")),
    "a preliminary year": ("Xã,2019 (sơ bộ),2020 (1)\nA,1,2\n", ("Xã", "2019 (sơ bộ) (tấn)", "2020 (1) (tấn)")),
    "a unit of its own": ("Xã,Lúa (kg),Tăng (%)\nA,1,2\n", ("Xã", "Lúa (kg)", "Tăng (%)")),
    "what compares": ("Xã,Tỷ lệ,So với 2019\nA,1,2\n", ("Xã", "Tỷ lệ", "So với 2019")),
    "what counts or numbers": ("STT,Mã xã,Năm\n1,20,2019\n", ("STT", "Mã xã", "Năm")),
    "texts": ("Xã,Thôn,Lúa\nA,B,1\n", ("Xã", "Thôn", "Lúa (tấn)")),
}


@pytest.mark.parametrize(("rows", "columns"), HEADINGS.values(), ids=HEADINGS)
def test_the_unit_of_a_table_stands_in_the_headings_that_lack_one(tmp_path, rows, columns):
    file = tmp_path / "a.csv"
    file.write_text(UNIT + rows, encoding="utf-8")
    (loaded,) = load_tables(file).tables
    assert (loaded.title, loaded.table.columns) == ("Sản lượng", columns)
