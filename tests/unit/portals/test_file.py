"""Rows of a catalogue file become datasets, or are rejected with their line."""

from datetime import date
from pathlib import Path

import pytest

from bot.core.catalogue import Dataset
from gateway.portal import Fetched, Notice, Offline, PortalError, Rejected, RemoteFile, read_source, silent

HEADER = "province,title,code,fields,url,changed_at,resources"
PROVINCES = {
    "id": ("quangngai", "quangngai"),
    "printed": ("Quảng Ngãi", "quangngai"),
    "with its sort": ("Tỉnh Quảng Ngãi", "quangngai"),
    "with a former name of the same": ("Huế (Thừa Thiên Huế)", "hue"),
    "abbreviated": ("TP. Hồ Chí Minh", "hochiminh"),
    "former": ("Yên Bái (nay thuộc Lào Cai)", "Yên Bái (nay thuộc Lào Cai)"),
    "the whole country": ("Toàn quốc (NSO)", "Toàn quốc (NSO)"),
    "unknown": ("Atlantis", "Atlantis"),
    "none": ("", "angiang"),
}
REJECTED = {
    "no title": ("hue,,,,,,", "the title is empty"),
    "an endless title": (f",{'x' * 501},,,,,", "the title is longer than 500 characters"),
    "torn apart": (",Dân số,,,,,,tỉnh", "the row has 8 cells, the header has 7"),
    "no date": (",Dân số,,,,31/02/2025,", "changed_at: '31/02/2025' is no date"),
    "a code that was there": (",Dân số,A1,,,,", "code A1 stands in line 2 already"),
    "a row that was there": (",Lúa,,,,,", "the same entry stands in line 3 already"),
    "no such table": (",Dân số,,,,,none.csv", "none.csv: there is no such file"),
    "a broken table": (",Dân số,,,,,broken.csv", "broken.csv: line 2 holds a NUL character"),
    "one broken table of two": (",Dân số,,,,,good.csv | broken.csv", "broken.csv: line 2 holds a NUL"),
    "a torn table": (",Dân số,,,,,torn.csv", "torn.csv: line 2 has 3 cells, the header has 2"),
    "a folder": (",Dân số,,,,,.", "there is no such file"),
    "a way out": (",Dân số,,,,,../secret.csv", "../secret.csv lies outside the folder"),
    "a way out through a folder": (",Dân số,,,,,in/../../secret.csv", "lies outside the folder"),
    "a way out with backslashes": (",Dân số,,,,,..\\secret.csv", "lies outside the folder"),
    "a link out": (",Dân số,,,,,link.csv", "link.csv lies outside the folder"),
    "a circle of links": (",Dân số,,,,,circle.csv", "circle.csv is no name of a file that can be read"),
    "another place of the machine": (",Dân số,,,,,/etc/passwd", "/etc/passwd lies outside the folder"),
}


async def read(folder: Path, text: str, *, province: str = ""):
    file = folder / "catalogue.csv"
    file.write_text(text, encoding="utf-8")
    portal, request = read_source(f"csv:{file}", province=province)
    return [entry async for entry in portal.fetch(request, Offline(), silent)]


async def read_one(folder: Path, text: str, *, province: str = "") -> Dataset:
    (dataset,) = (e.dataset for e in await read(folder, text, province=province) if isinstance(e, Fetched))
    return dataset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    inside = tmp_path / "published"
    inside.mkdir()
    (inside / "good.csv").write_text("ten;gia\nGạo;1\n", encoding="utf-8")
    (inside / "torn.csv").write_text("ten,gia\nGạo,1,2\n", encoding="utf-8")
    (inside / "broken.csv").write_bytes(b"a,b\n1,\x00\n")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "circle.csv").symlink_to("circle.csv")
    return inside


async def test_every_column_arrives(folder):
    dataset = await read_one(
        folder,
        "province,title,code,theme,publisher,description,fields,update_frequency,format,licence,url,issued_at,"
        "published_at,changed_at,resources\n"
        "Huế,Vé tham quan,V1,Du lịch,Sở Du lịch,Giá vé,Điểm; Giá,Hằng năm,CSV,CC0,https://data.hue.gov.vn/,"
        "01/02/2025,2025-03-01,2/4/2025,good.csv | https://data.hue.gov.vn/ve.json\n",
    )
    resources = [(r.position, r.format, r.url, r.fields, r.row_count) for r in dataset.resources]
    assert resources == [
        (0, "CSV", "", ("ten", "gia"), 1),
        (1, "JSON", "https://data.hue.gov.vn/ve.json", (), 0),
    ]
    assert dataset == Dataset(
        code="V1", province="hue", title="Vé tham quan", theme="Du lịch", publisher="Sở Du lịch", description="Giá vé",
        fields=("Điểm", "Giá"), cycle="Hằng năm", format="CSV", licence="CC0", url="https://data.hue.gov.vn/",
        issued_at=date(2025, 2, 1), published_at=date(2025, 3, 1), changed_at=date(2025, 4, 2),
        resources=dataset.resources,
    )  # fmt: skip


async def test_what_the_source_does_not_say_stays_empty(folder):
    dataset = await read_one(folder, "title\nDân số\n")
    assert dataset == Dataset(code=dataset.code, title="Dân số")


async def test_a_table_arrives_with_the_dataset_that_names_it(folder):
    (fetched,) = await read(folder, "title,resources\nGiá gạo,good.csv\n")
    (table,) = fetched.tables
    assert fetched.dataset.resources[0].table == table.hash
    assert (table.columns, table.rows) == (("ten", "gia"), (("Gạo", "1"),))


@pytest.mark.parametrize(("printed", "meant"), PROVINCES.values(), ids=PROVINCES)
async def test_a_province_is_recognised_and_a_former_one_is_not_replaced(folder, printed, meant):
    dataset = await read_one(folder, f'province,title\n"{printed}",Dân số\n', province="angiang")
    assert dataset.province == meant


@pytest.mark.parametrize(("row", "reason"), REJECTED.values(), ids=REJECTED)
async def test_a_row_that_cannot_be_used_is_rejected_and_the_others_go_in(folder, row, reason):
    entries = await read(folder, f"{HEADER}\n,Mưa,A1,,,,\n,Lúa,,,,,\n{row}\n,Ngô,,,,,\n")
    assert [e.dataset.title for e in entries if isinstance(e, Fetched)] == ["Mưa", "Lúa", "Ngô"]
    (rejected,) = (e for e in entries if isinstance(e, Rejected))
    assert rejected.line == 4
    assert reason in rejected.reason


async def test_blank_rows_are_no_rows(folder):
    entries = await read(folder, f"{HEADER}\n\n,,,,,,\n,Lúa,,,,,\n")
    assert [type(entry) for entry in entries] == [Fetched]


async def test_what_is_no_web_address_is_left_out_and_said_once(folder):
    entries = await read(folder, "title,url\nLúa,Cổng dữ liệu\nNgô,javascript:alert(1)\nMía,https://a.vn/\n")
    *fetched, notice = entries
    assert [entry.dataset.url for entry in fetched] == ["", "", "https://a.vn/"]
    assert notice == Notice(text="catalogue.csv: url is no web address and is left out in lines: 2, 3")


async def test_columns_that_mean_nothing_are_named_once(folder):
    entries = await read(folder, "title,Ghi chú,colour\nLúa,a,b\nNgô,c,d\n")
    assert [e.text for e in entries if isinstance(e, Notice)] == [
        "catalogue.csv: columns that are not used: Ghi chú, colour"
    ]


async def test_an_annex_saved_from_a_spreadsheet_is_understood(folder):
    dataset = await read_one(
        folder,
        "\ufeffTT;Tên tập dữ liệu;Cơ quan, đơn vị chủ trì cung cấp;Tần suất cập nhật;Trường thông tin\n"
        "1;Danh mục cơ sở khám chữa bệnh;Sở Y tế;Hằng quý;Tên; Địa chỉ\n".replace("Tên; Địa chỉ", '"Tên; Địa chỉ"'),
        province="quangngai",
    )
    assert (dataset.title, dataset.publisher, dataset.cycle) == ("Danh mục cơ sở khám chữa bệnh", "Sở Y tế", "Hằng quý")
    assert (dataset.fields, dataset.province) == (("Tên", "Địa chỉ"), "quangngai")


@pytest.mark.parametrize("text", ["Dân số,Hằng năm\nLúa,Hằng quý\n", "mô tả,giá\nx,y\n"], ids=["no header", "no title"])
async def test_a_file_without_a_column_for_the_title_is_refused(folder, text):
    with pytest.raises(PortalError, match="names no column for the title"):
        await read(folder, text)


async def test_a_header_alone_yields_nothing(folder):
    assert await read(folder, "title\n") == []


async def test_a_resource_on_the_web_is_a_file_to_load(folder):
    text = "title,resources\nGiá vé,good.csv | https://data.hue.gov.vn/tệp/ve.xlsx?id=7\nBản đồ,https://a.vn/ban-do\n"
    tickets, map_ = [entry for entry in await read(folder, text) if isinstance(entry, Fetched)]
    url = "https://data.hue.gov.vn/tệp/ve.xlsx?id=7"
    assert tickets.files == (RemoteFile(position=1, url=url, format="XLSX"),)
    assert (tickets.dataset.resources[1].url, tickets.dataset.resources[1].format) == (url, "XLSX")
    assert map_.files == (RemoteFile(position=0, url="https://a.vn/ban-do"),)
