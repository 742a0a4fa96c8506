"""Every shape in which offices publish tables: one small file each, of which three named cells must be right.

The files have the shapes of real ones and invented values. Text files lie in ``tests/data/tables``; those of the old
encodings were made by other programs than ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.core.aggregates import aggregate_rows
from bot.core.figures import decimal_mark, is_missing
from bot.search.columns import read_number, without_year, year_of
from gateway.tables.loading import LoadedTable, Loading, load_tables
from tests.support.sheets import write_docx, write_pdf, write_xls, write_xlsx
from tests.support.source import ROOT

FILES = ROOT / "tests" / "data" / "tables"
Cells = dict[tuple[str, str], str]
HEADER = [["TT", "Địa phương", "Năm 2023", None, "Ghi chú"], [None, None, "Tiểu học", "THCS", None]]
BODY = [[1, "Xã A", 1234.5, 2, "mới"], [2, "Xã B", 12, "..", None], [None, "Tổng số", 1246.5, 2, None]]
CELLS = {
    ("Xã A", "Năm 2023 Tiểu học (trường)"): "1.234,5",
    ("Xã B", "Năm 2023 THCS (trường)"): "..",
    ("Xã A", "Ghi chú"): "mới",
}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A file and three of its cells, by the name of the row and the heading of the column; ``by`` holds the names."""

    cells: Cells
    file: str = ""
    write: Callable[[Path], Path] | None = None
    by: int = 0
    rows: int = 3
    guessed: bool = False


def printed(rows: list[list[object]]) -> list[list[str | None]]:
    """As people write figures into documents."""
    return [[None if c is None else str(c).replace("1234.5", "1.234,5") for c in row] for row in rows]


def workbook(folder: Path) -> Path:
    rows = [
        ["UBND TỈNH", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["SỐ TRƯỜNG HỌC"],
        [None] * 4 + ["ĐVT: trường"],
    ]
    note = [["Ghi chú: số liệu sơ bộ"]]
    areas = ["A2:E2", "A4:A5", "B4:B5", "C4:D4", "E4:E5", "A9:E9"]
    formats = {"C6": "#,##0.0", "C7": "General"}
    return write_xlsx(folder / "a.xlsx", {"Biểu 1": [*rows, *HEADER, *BODY, *note]}, merged=areas, formats=formats)


def old_workbook(folder: Path) -> Path:
    rows = [["Số trường học"], [None, None, None, None, "ĐVT: trường"], *HEADER, *BODY]
    return write_xls(
        folder / "a.xls", rows, merged=[(0, 0, 0, 4), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 3, 4)]
    )


def document(folder: Path) -> Path:
    parts = ["Bảng 1. Số trường học", "Đơn vị tính: trường", printed([*HEADER, *BODY]), "Nguồn: Sở Giáo dục"]
    return write_docx(folder / "a.docx", parts, merged=[(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)])


def portable(folder: Path) -> Path:
    rows = [["TT", "Địa phương", "Năm 2023", "Ghi chú"], ["Tiểu học", "THCS"], *printed(BODY)]
    rows = [*rows[:2], *([cell or "" for cell in row] for row in rows[2:])]
    page = ["Bảng 1. Số trường học", "Đơn vị tính: trường", rows, "Nguồn: Sở Giáo dục"]
    spans = {(0, 0): (2, 1), (0, 1): (2, 1), (0, 2): (1, 2), (0, 3): (2, 1)}
    return write_pdf(folder / "a.pdf", [page], spans=spans)


def page(folder: Path) -> Path:
    rows = (
        "<tr><th rowspan=2>TT<th rowspan=2>Địa phương<th colspan=2>Năm 2023<th rowspan='2'>Ghi chú</tr>"
        "<tr><td>Tiểu học</td><td>THCS</td></tr>"
        "<tr><td>1<td>Xã&nbsp;A<td>1.234,5<td>2<td>mới<tr><td>2<td>Xã B<td>12<td>..<td>"
        "<tr><td><td>Tổng số<td>1.246,5<td>2<td></tr>"
    )
    text = f"<html><style>p {{}}</style><p>Bảng 1. Số trường học<p>Đơn vị tính: trường<table>{rows}</table><p>Nguồn: Sở"
    (folder / "a.xls").write_text(text, encoding="utf-8")
    return folder / "a.xls"


SHAPES = {
    "a mark of UTF-8 in front": Shape(
        file="bom.csv",
        cells={("Bảo tàng A", "ten"): "Bảo tàng A", ("Đình B", "gia_ve"): "", ("Chùa C", "gio_mo_cua"): "Cả ngày"},
    ),
    "semicolons": Shape(
        file="semicolon.csv",
        cells={("Xã A", "Số hộ"): "1204", ("Xã A", "Địa chỉ"): "12 Lê Lợi, xã A", ("Xã C", "Địa chỉ"): ""},
    ),
    "lines of title": Shape(
        file="title.csv", cells={("Xã A", "Trường"): "3", ("Xã B", "Lớp"): "14", ("Xã C", "Trường"): "1"}
    ),
    "two lines of headings with merged years": Shape(
        file="two-lines.csv",
        rows=4,
        cells={
            ("CẢ NƯỚC", "2017 Diện tích(Km2)"): "300.5",
            ("Tỉnh A", "2018 Dân số trung bình (Nghìn người)"): "40.6",
            ("Tỉnh B", "2017 Dân số trung bình (Nghìn người)"): "20.1",
        },
    ),
    "three lines of headings with merged years": Shape(
        file="three-lines.csv",
        cells={
            ("Tỉnh A", "2020 Nam Thành thị"): "1",
            ("Tỉnh B", "2020 Nữ Nông thôn"): "14",
            ("Tỉnh C", "2021 Nữ Thành thị"): "27",
        },
    ),
    "notes below": Shape(
        file="notes.csv",
        cells={("Bệnh viện", "2022"): "4", ("Phòng khám", "2023"): "12", ("Nhà hộ sinh", "2023"): "2"},
    ),
    "dots and dashes for what is missing": Shape(
        file="missing.csv", cells={("Huyện A", "Ngô"): "..", ("Huyện A", "Mía"): "-", ("Huyện C", "Lúa"): "0"}
    ),
    "dots between thousands, decimal commas": Shape(
        file="marks.csv",
        cells={
            ("Huyện A", "Dân số (người)"): "142.305",
            ("Huyện A", "Diện tích (km2)"): "1.204,75",
            ("Huyện B", "Thu ngân sách (triệu đồng)"): "1.234.567",
        },
    ),
    "rows of totals": Shape(
        file="totals.csv",
        rows=5,
        cells={
            ("TỔNG SỐ", "Số hộ nghèo"): "1.500",
            ("Xã A", "Tỷ lệ (%)"): "2.0",
            ("Tổng cộng", "Số hộ nghèo"): "1.500",
        },
    ),
    "UTF-16": Shape(
        file="utf16.csv",
        cells={
            ("Lăng Một", "Giá vé (đồng)"): "150.000",
            ("Đền Hai", "Giờ mở cửa"): "cả ngày",
            ("Vườn Ba", "Giờ mở cửa"): "08:30",
        },
    ),
    "UTF-16 without a mark": Shape(
        file="utf16-without-mark.csv",
        cells={
            ("Lăng Một", "Giá vé (đồng)"): "150.000",
            ("Đền Hai", "Giá vé (đồng)"): "miễn phí",
            ("Vườn Ba", "Giờ mở cửa"): "08:30",
        },
    ),
    "TCVN3": Shape(
        file="tcvn3.csv",
        guessed=True,
        cells={
            ("xã Bình Chương", "số hộ nghèo"): "120",
            ("xã Nghĩa Thuận", "nghề chính"): "đánh bắt thủy sản",
            ("thị trấn Mộ Đức", "nghề chính"): "buôn bán nhỏ ở chợ",
        },
    ),
    "VNI": Shape(
        file="vni.csv",
        guessed=True,
        cells={
            ("Xã Bình Chương", "Nghề chính"): "trồng lúa và nuôi tôm",
            ("Xã Nghĩa Thuận", "Số hộ nghèo"): "85",
            ("Thị trấn Mộ Đức", "Nghề chính"): "buôn bán nhỏ ở chợ",
        },
    ),
    "windows-1258": Shape(
        file="windows-1258.csv",
        guessed=True,
        cells={
            ("Xã Bình Chương", "Nghề chính"): "trồng lúa và nuôi tôm",
            ("Xã Nghĩa Thuận", "Nghề chính"): "đánh bắt thủy sản",
            ("Thị trấn Mộ Đức", "Số hộ nghèo"): "40",
        },
    ),
    "XLSX with merged cells": Shape(write=workbook, by=1, cells=CELLS),
    "XLS with merged cells": Shape(
        write=old_workbook, by=1, cells={**CELLS, ("Xã A", "Năm 2023 Tiểu học (trường)"): "1234,5"}
    ),
    "a table in DOCX": Shape(write=document, by=1, cells=CELLS),
    "a web page called .xls": Shape(write=page, by=1, cells=CELLS),
    "a table in a text PDF": Shape(write=portable, by=1, cells=CELLS),
}


def load(name: str) -> Loading:
    return load_tables(FILES / name)


def only(loading: Loading) -> LoadedTable:
    (loaded,) = loading.tables
    return loaded


def cell(loaded: LoadedTable, row: str, column: str, by: int = 0) -> str:
    (found,) = (cells for cells in loaded.table.rows if cells[by] == row)
    return found[loaded.table.columns.index(column)]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_three_named_cells_of_every_shape_are_right(tmp_path, shape):
    loading = load_tables(shape.write(tmp_path) if shape.write else FILES / shape.file)
    loaded = only(loading)
    assert {place: cell(loaded, *place, by=shape.by) for place in shape.cells} == shape.cells
    assert len(loaded.table.rows) == shape.rows
    assert [("guessed" in notice) for notice in loading.notices] == [True] * shape.guessed


def test_every_file_of_a_shape_is_tried():
    assert {file.name for file in FILES.iterdir()} == {shape.file for shape in SHAPES.values() if shape.file}


def test_headings_with_merged_years_say_their_year_and_their_measure():
    headings = only(load("two-lines.csv")).table.columns[1:]
    assert [year_of(heading) for heading in headings] == [2017, 2017, 2018, 2018]
    assert {without_year(heading) for heading in headings} == {"Diện tích(Km2)", "Dân số trung bình (Nghìn người)"}


def test_title_and_notes_stay_with_the_table():
    loaded = only(load("two-lines.csv"))
    assert loaded.title == "Diện tích và dân số chia theo Địa phương, Năm và Chỉ tiêu"
    assert " ".join(loaded.notes) == "(*) Số liệu sơ bộ theo Quyết định số 1/QĐ ngày 1 tháng 1 năm 2019."


def test_signs_for_what_is_missing_stay_as_printed_and_are_known():
    table = only(load("missing.csv")).table
    assert [[is_missing(value) for value in row[1:]] for row in table.rows] == [
        [False, True, True],
        [True, False, True],
        [False, False, False],
    ]


def test_figures_with_dots_and_commas_are_read_as_they_are_meant():
    table = only(load("marks.csv")).table
    columns = [[row[at] for row in table.rows] for at in (1, 2, 3)]
    assert [[read_number(text, decimal_mark(column)) for text in column] for column in columns] == [
        [142305, 98114, 7020],
        [1204.75, 876.5, 90.25],
        [12500, 1234567, 980],
    ]


def test_rows_of_totals_can_be_told():
    assert aggregate_rows([row[0] for row in only(load("totals.csv")).table.rows]) == {0, 4}


@pytest.mark.parametrize("write", [document, portable, page], ids=["DOCX", "PDF", "HTML"])
def test_a_table_in_a_text_keeps_its_caption_and_its_source(tmp_path, write):
    loaded = only(load_tables(write(tmp_path)))
    assert loaded.title == "Bảng 1. Số trường học"
    assert loaded.notes[0].startswith("Nguồn: Sở")


def test_a_date_in_a_workbook_is_printed_as_people_write_it(tmp_path):
    file = write_xlsx(tmp_path / "a.xlsx", {"S": [["Xã", "Ngày"], ["Xã A", date(2024, 3, 5)], ["Xã B", None]]})
    assert only(load_tables(file)).table.rows == (("Xã A", "05/03/2024"), ("Xã B", ""))
