"""A catalogue file may be a workbook or an old text file, and its tables may be of any format."""

from pathlib import Path

import pytest

from gateway.portal import Fetched, Notice, Offline, PortalError, Rejected, read_source, silent
from tests.support.sheets import write_docx, write_pdf, write_xlsx

ANNEX = [
    ["UBND TỈNH A", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["DANH MỤC DỮ LIỆU MỞ", None, None, None],
    ["(Kèm theo Quyết định số 1/QĐ-UBND)", None, None, None],
    ["TT", "Tên tập dữ liệu", "Cơ quan chủ trì", "Tệp dữ liệu"],
    ["(1)", "(2)", "(3)", "(4)"],
    ["I. Y tế", None, None, None],
    [1, "Cơ sở khám, chữa bệnh", "Sở Y tế", "benh-vien.docx"],
    [2, "Nhà thuốc", None, None],
]
MERGED = ["A2:D2", "A3:D3", "A6:D6", "C7:C8"]


async def read(file: Path, kind: str = "xlsx"):
    portal, request = read_source(f"{kind}:{file}")
    return [entry async for entry in portal.fetch(request, Offline(), silent)]


@pytest.fixture
def annex(tmp_path: Path) -> Path:
    tables = [[["Tên", "Giường"], ["Bệnh viện A", "120"]], [["Tên", "Bác sĩ"], ["Bệnh viện A", "35"]]]
    parts = ["Bảng 1. Giường bệnh", "ĐVT: giường", tables[0], "Ghi chú: sơ bộ", "Bảng 2. Bác sĩ", tables[1]]
    write_docx(tmp_path / "benh-vien.docx", parts)
    return write_xlsx(tmp_path / "phu-luc.xlsx", {"Phụ lục": ANNEX}, merged=MERGED)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_the_annex_of_a_decision_is_read_below_its_letterhead(annex, kind):
    entries = await read(annex, kind)
    datasets = [entry.dataset for entry in entries if isinstance(entry, Fetched)]
    assert [(dataset.title, dataset.publisher) for dataset in datasets] == [
        ("Cơ sở khám, chữa bệnh", "Sở Y tế"),
        ("Nhà thuốc", "Sở Y tế"),
    ]


async def test_a_line_between_the_rows_is_rejected_with_its_row(annex):
    assert [e for e in await read(annex) if isinstance(e, Rejected)] == [Rejected(line=6, reason="the title is empty")]


async def test_every_table_of_a_file_is_a_resource_with_its_caption_and_note(annex):
    first = next(entry for entry in await read(annex) if isinstance(entry, Fetched))
    described = [(r.position, r.format, r.title, r.note, r.fields, r.row_count) for r in first.dataset.resources]
    assert described == [
        (0, "DOCX", "Bảng 1. Giường bệnh", "Ghi chú: sơ bộ", ("Tên", "Giường (giường)"), 1),
        (1, "DOCX", "Bảng 2. Bác sĩ", "", ("Tên", "Bác sĩ"), 1),
    ]
    assert [resource.table for resource in first.dataset.resources] == [table.hash for table in first.tables]


async def test_a_file_without_a_table_is_listed_without_rows_and_named(tmp_path):
    write_pdf(tmp_path / "quyet-dinh.pdf", [["Quyết định"]], spans={})
    (tmp_path / "ban-do.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "danh-muc.csv").write_text("title,resources\nQuy hoạch,quyet-dinh.pdf | ban-do.png\n", encoding="utf-8")
    fetched, *notices = await read(tmp_path / "danh-muc.csv", "csv")
    assert [(r.position, r.format, r.table) for r in fetched.dataset.resources] == [(0, "PDF", None), (1, "PNG", None)]
    assert [notice.text for notice in notices] == [
        "danh-muc.csv: quyet-dinh.pdf: listed without rows: the PDF holds no table with ruled lines",
        "danh-muc.csv: ban-do.png: listed without rows: the file is a picture",
    ]


async def test_a_workbook_with_titles_alone_is_a_catalogue(tmp_path):
    entries = await read(write_xlsx(tmp_path / "a.xlsx", {"A": [["Tên dữ liệu"], ["Lúa"], ["Ngô"]]}))
    assert [entry.dataset.title for entry in entries if isinstance(entry, Fetched)] == ["Lúa", "Ngô"]


async def test_a_workbook_without_a_heading_for_the_title_is_refused(tmp_path):
    with pytest.raises(PortalError, match="names no column for the title"):
        await read(write_xlsx(tmp_path / "a.xlsx", {"A": [["Lúa", "Ngô"], ["1", "2"]]}))


async def test_what_is_no_workbook_is_refused_by_name(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(PortalError, match=r"a\.xlsx: the file is a damaged archive"):
        await read(tmp_path / "a.xlsx")


async def test_a_guessed_encoding_is_said_of_the_catalogue_and_of_each_table(tmp_path):
    vni = "Xaõ,Soá hoä ngheøo\nNghóa Thuaän,85\nMoä Ñöùc,40\n".encode("cp1252")
    (tmp_path / "ho.csv").write_bytes(vni)
    titles = "title,resources\nSoá hoä ngheøo chia theo xaõ,ho.csv\nTröôøng hoïc,ho.csv\n".encode("cp1252")
    (tmp_path / "danh-muc.csv").write_bytes(titles)
    entries = await read(tmp_path / "danh-muc.csv", "csv")
    assert [e.dataset.title for e in entries if isinstance(e, Fetched)] == ["Số hộ nghèo chia theo xã", "Trường học"]
    assert [entry.text for entry in entries if isinstance(entry, Notice)] == [
        "danh-muc.csv: it is not in UTF-8, but read as VNI-Windows (guessed from its words)",
        "danh-muc.csv: ho.csv: it is not in UTF-8, but read as VNI-Windows (guessed from its words)",
    ]
