"""Binary files: what is read of them, what is said about them, and when they are refused."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bot.plugins import find_plugins
from gateway.tables import formats
from gateway.tables.format import Format, Head, find_formats
from gateway.tables.loading import load_tables
from gateway.tables.sheet import MIB, Limits, SheetError
from tests.support.sheets import write_docx, write_pdf, write_xls, write_xlsx

ROWS = [["TT", "Xã", "Số hộ"], [1, "Xã A", 12.5], [2, "Xã B", 7]]
TEXT = [[str(cell) for cell in row] for row in ROWS]
WRITE = {
    "xlsx": lambda file: write_xlsx(file, {"Biểu": ROWS}),
    "xls": lambda file: write_xls(file, ROWS),
    "docx": lambda file: write_docx(file, [TEXT]),
    "pdf": lambda file: write_pdf(file, [[TEXT]], spans={}),
}
EACH = pytest.mark.parametrize("kind", WRITE)


def reason(file: Path, limits: Limits | None = None) -> str:
    with pytest.raises(SheetError) as refused:
        load_tables(file, limits=limits or Limits())
    return str(refused.value)


def packed(file: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return file


def test_every_format_is_found_and_no_two_recognise_the_same(tmp_path):
    found = find_plugins(formats, "FORMAT", Format)
    assert found == find_formats()
    heads = [Head(start=b"a,b\n"), Head(start=b" <HTML>"), Head(start=b"%PDF-1.7"), Head(start=b"\xd0\xcf\x11\xe0")]
    heads += [Head(start=b"PK\x03\x04", parts=frozenset({name})) for name in ("xl/workbook.xml", "word/document.xml")]
    assert [sum(form.recognises(head) for form in found) for head in heads] == [1] * 6


@EACH
def test_a_format_is_told_by_its_content_not_by_its_name(tmp_path, kind):
    (loaded,) = load_tables(WRITE[kind](tmp_path / "bang.csv")).tables
    assert (loaded.table.columns, loaded.table.rows[1][1]) == (("TT", "Xã", "Số hộ"), "Xã B")


@EACH
def test_half_a_file_is_refused(tmp_path, kind):
    file = WRITE[kind](tmp_path / "a")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "the file is damaged" in reason(file) or "a damaged archive" in reason(file)


@EACH
def test_a_file_beyond_the_limits_is_refused(tmp_path, kind):
    file = WRITE[kind](tmp_path / "a")
    assert reason(file, Limits(bytes=10)) == "the file is larger than 0 MB; split it"
    assert reason(file, Limits(rows=1)) == "the file has more than 1 rows; split it"
    assert reason(file, Limits(columns=2)) == "the file has more than 2 columns; publish fewer"


@pytest.mark.parametrize("kind", ["xlsx", "docx", "xls", "pdf"])
def test_more_sheets_or_tables_than_allowed_are_refused(tmp_path, kind):
    assert "more than 0 sheets or tables" in reason(WRITE[kind](tmp_path / "a"), Limits(sheets=0))


def test_an_archive_that_would_grow_without_end_is_refused_before_it_is_unpacked(tmp_path):
    bomb = packed(tmp_path / "a.xlsx", xl__workbook=bytes(3 * MIB))
    assert bomb.stat().st_size < 10_000
    assert reason(bomb, Limits(unpacked=MIB)) == "the file would take more than 1 MB unpacked; split it"


def test_a_part_that_would_fill_the_memory_is_refused(tmp_path):
    bomb = packed(tmp_path / "a.xlsx", xl__workbook=b"x", xl__sharedStrings=bytes(3 * MIB))
    assert reason(bomb, Limits(part=MIB)) == "the file would take more than 1 MB unpacked; split it"
    assert "damaged" in reason(bomb, Limits(part=4 * MIB))


def test_blank_rows_at_the_end_of_a_sheet_do_not_count(tmp_path):
    (loaded,) = load_tables(write_xlsx(tmp_path / "a.xlsx", {"S": [*ROWS, *[[""]] * 50]}), limits=Limits(rows=2)).tables
    assert len(loaded.table.rows) == 2


def test_an_archive_without_a_table_is_refused(tmp_path):
    assert reason(packed(tmp_path / "a.zip", data=b"x")) == "the file is an archive without a table; unpack it first"


def test_a_workbook_in_name_only_is_refused(tmp_path):
    assert "damaged" in reason(packed(tmp_path / "a.xlsx", xl__workbook=b"<x/>"))


def test_a_locked_archive_is_refused(tmp_path):
    file = packed(tmp_path / "a.xlsx", xl__workbook=b"x")
    content = bytearray(file.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the mark of encryption in the directory
    file.write_bytes(content)
    assert reason(file) == "the file is locked with a password"


def test_every_sheet_of_a_workbook_is_a_table_under_its_name(tmp_path):
    sheets = {"Xã": ROWS, "Bìa": [["Báo cáo năm 2023"]], "Huyện": [["Biểu 2. Hộ theo huyện"], [None], *ROWS]}
    loading = load_tables(write_xlsx(tmp_path / "a.xlsx", sheets))
    assert [(loaded.title, len(loaded.table.rows)) for loaded in loading.tables] == [
        ("Xã", 2),
        ("Biểu 2. Hộ theo huyện", 2),
    ]


def test_hidden_sheets_are_left_out_and_named(tmp_path):
    loading = load_tables(write_xlsx(tmp_path / "a.xlsx", {"Xã": ROWS, "Nháp": ROWS}, hidden=["Nháp"]))
    assert (len(loading.tables), loading.notices) == (1, ("hidden sheets are not loaded: Nháp",))


def test_a_formula_that_nobody_computed_is_said(tmp_path):
    loading = load_tables(write_xlsx(tmp_path / "a.xlsx", {"Xã": [*ROWS, [3, "Tổng", "=SUM(C2:C3)"]]}))
    assert loading.tables[0].table.rows[2] == ("3", "Tổng", "")
    (notice,) = loading.notices
    assert notice.startswith("sheet Xã: 1 formulas have no stored result and stay empty")


def test_a_formula_whose_text_is_empty_has_a_result(tmp_path):
    file = write_xlsx(tmp_path / "a.xlsx", {"Xã": [*ROWS, [3, "=A1", 5]]})
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b'<c r="B4"><f>' in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'<c r="B4"><f>', b'<c r="B4" t="str"><f>')
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert load_tables(file).notices == ()


def test_a_cell_merged_over_rows_belongs_to_each_of_them(tmp_path):
    rows = [
        ["Huyện", "Xã", "Hộ"],
        ["Huyện A", "Xã 1", 5],
        [None, "Xã 2", 6],
        ["Khu vực II", None, None],
        ["Huyện B", "Xã 3", 7],
    ]
    (loaded,) = load_tables(write_xlsx(tmp_path / "a.xlsx", {"S": rows}, merged=["A2:A3", "A4:C4"])).tables
    assert loaded.table.rows == (
        ("Huyện A", "Xã 1", "5"),
        ("Huyện A", "Xã 2", "6"),
        ("Khu vực II", "", ""),
        ("Huyện B", "Xã 3", "7"),
    )


def test_a_workbook_typed_in_an_old_font_is_read_and_that_is_said(tmp_path):
    rows = [["Xaõ", "Soá hoä"], ["Nghóa Thuaän", 12], ["Moä Ñöùc", 5]]
    loading = load_tables(write_xls(tmp_path / "a.xls", rows))
    (loaded,) = loading.tables
    assert (loaded.table.columns, loaded.table.rows[0][0]) == (("Xã", "Số hộ"), "Nghĩa Thuận")
    assert "VNI-Windows" in loading.notices[0]


def test_an_open_document_sheet_is_read(tmp_path):
    row = "<table:table-row>{}</table:table-row>"
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    rows = "".join(row.format("".join(cell.format(text) for text in cells)) for cells in TEXT)
    spaces = " ".join(
        f"xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'" for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name='Xã'>{rows}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    file = tmp_path / "a.ods"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    (loaded,) = load_tables(file).tables
    assert loaded.table.rows[0] == ("1", "Xã A", "12.5")


def test_every_table_of_a_document_is_one_with_its_own_caption(tmp_path):
    frame = [["UBND XÃ A", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], ["Số: 1", "Độc lập - Tự do - Hạnh phúc"]]
    signed = [["Nơi nhận:", "CHỦ TỊCH"], ["- Lưu VT", ""]]
    parts = [frame, "Kính gửi: Sở", "Bảng 1. Hộ", "ĐVT: hộ", TEXT, "Nguồn: xã", "Số trường", TEXT[:2], signed]
    found = load_tables(write_docx(tmp_path / "a.docx", parts)).tables
    assert [(loaded.title, loaded.table.columns[2], loaded.notes) for loaded in found] == [
        ("Bảng 1. Hộ", "Số hộ (hộ)", ("Nguồn: xã",)),
        ("Số trường", "Số hộ", ()),
    ]


def test_a_document_without_a_table_is_refused(tmp_path):
    assert reason(write_docx(tmp_path / "a.docx", ["Kính gửi"])) == "the document holds no table"


def test_a_table_goes_on_over_the_pages_of_a_pdf(tmp_path):
    rows = [[str(number), f"Xã {number}", str(number * 7)] for number in range(1, 91)]
    (loaded,) = load_tables(write_pdf(tmp_path / "a.pdf", [["Bảng 1. Hộ", [TEXT[0], *rows]]], spans={})).tables
    assert (len(loaded.table.rows), loaded.table.rows[-1], loaded.title) == (90, ("90", "Xã 90", "630"), "Bảng 1. Hộ")


def test_two_tables_on_pages_of_a_pdf_stay_two(tmp_path):
    pages = [["Bảng 1. Hộ", TEXT], ["Bảng 2. Trường", [["TT", "Xã", "Trường"], ["1", "Xã A", "4"]]]]
    found = load_tables(write_pdf(tmp_path / "a.pdf", pages, spans={})).tables
    assert [(loaded.title, loaded.table.columns[2]) for loaded in found] == [
        ("Bảng 1. Hộ", "Số hộ"),
        ("Bảng 2. Trường", "Trường"),
    ]


def test_a_pdf_of_prose_and_one_without_text_are_refused(tmp_path):
    assert reason(write_pdf(tmp_path / "a.pdf", [["Kính gửi"]], spans={})) == "the PDF holds no table with ruled lines"
    scan = write_pdf(tmp_path / "b.pdf", [[]], spans={})
    assert reason(scan) == "the PDF holds no text: it is a scan, and pictures are not read"


def test_an_old_word_document_is_refused_with_what_to_do(tmp_path):
    file = write_xls(tmp_path / "a.doc", ROWS)
    file.write_bytes(file.read_bytes().replace("Workbook".encode("utf-16-le"), "Wordbook".encode("utf-16-le")))
    assert "damaged" in reason(file)
    file.write_bytes(file.read_bytes() + "WordDocument".encode("utf-16-le"))
    assert reason(file) == "the file is an old Word document (.doc), which is not read; save it as .docx"


def test_a_pdf_of_too_many_pages_is_refused(tmp_path):
    file = write_pdf(tmp_path / "a.pdf", [["a"], ["b"]], spans={})
    assert reason(file, Limits(pages=1)) == "the PDF has more than 1 pages; split it"


def test_a_workbook_of_empty_sheets_holds_no_table(tmp_path):
    Workbook().save(tmp_path / "a.xlsx")
    assert reason(tmp_path / "a.xlsx") == "the file holds no table"


ENDLESS = {
    "a remark": b"<!--" + b" " * (2 * MIB) + b"-->",
    "an attribute": b'<row r="' + b"1" * (3 * MIB) + b'"/>',
    "a row number": b'<row r="999999999"><c r="A999999999"><v>5</v></c></row>',
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_small_workbook_that_would_be_read_for_ever_is_refused(tmp_path, name):
    sound, file = write_xlsx(tmp_path / "sound.xlsx", {"Biểu": ROWS}), tmp_path / "a.xlsx"
    with zipfile.ZipFile(sound) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts.namelist():
            content = parts.read(part).replace(b"</sheetData>", ENDLESS[name] + b"</sheetData>")
            archive.writestr(part, content)
    assert reason(file).startswith(("the file is damaged: no spreadsheet", "the workbook numbers a row beyond"))


def test_a_row_that_holds_nothing_but_a_cell_merged_over_it_is_none(tmp_path):
    rows = [["Tỉnh", "Xã", "Số hộ"], ["Phú Thọ", "Xã A", 1], [None, None, None], [None, "Xã B", 2]]
    table = load_tables(write_xlsx(tmp_path / "a.xlsx", {"Biểu": rows}, merged=["A2:A4"])).tables[0].table
    assert list(table.rows) == [("Phú Thọ", "Xã A", "1"), ("Phú Thọ", "Xã B", "2")]


def test_headings_merged_up_to_the_last_column_stand_above_each_of_theirs(tmp_path):
    rows = [["Tỉnh", "Năm 2024"], [None, "Quý I", None, "Quý II"], [None, *["Kế hoạch", "Thực hiện"] * 2]]
    areas = ["A1:A3", "B1:E1", "B2:C2", "D2:E2"]
    file = write_xlsx(tmp_path / "a.xlsx", {"Biểu": [*rows, ["Phú Thọ", 1, 2, 3, 4]]}, merged=areas)
    assert load_tables(file).tables[0].table.columns == (
        "Tỉnh",
        "Năm 2024 Quý I Kế hoạch",
        "Năm 2024 Quý I Thực hiện",
        "Năm 2024 Quý II Kế hoạch",
        "Năm 2024 Quý II Thực hiện",
    )


def test_hidden_columns_are_left_out_and_named(tmp_path):
    rows = [["Tên", "CCCD", "Năm 2024", None, None], ["", "", "Nam", "Mã", "Nữ"], ["Xã A", "0010", 1, "m", 2]]
    file = write_xlsx(tmp_path / "a.xlsx", {"Biểu": rows}, merged=["A1:A2", "B1:B2", "C1:E1"])
    workbook = load_workbook(file)
    for letter in ("B", "D", "H"):
        workbook.active.column_dimensions[letter].hidden = True
    workbook.save(file)
    loading = load_tables(file)
    table = loading.tables[0].table
    assert (table.columns, table.rows[0]) == (("Tên", "Năm 2024 Nam", "Năm 2024 Nữ"), ("Xã A", "1", "2"))
    assert loading.notices == ("sheet Biểu: hidden columns are not loaded: B, D",)
