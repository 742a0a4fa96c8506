"""Answers that real portals gave are understood: tests/data/portals/ckan/SOURCES.md says whose they are."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.ckan.api import Api, RefusedError, read_result
from gateway.ckan.naming import load_naming
from gateway.ckan.package import Reader
from gateway.ckan.rows import read_pages
from gateway.dataset_code import KeyCodes
from gateway.portal import Answer, Fetched, NoRowsError, Offline
from tests.support.source import ROOT

FOLDER = ROOT / "tests" / "data" / "portals" / "ckan"
BASE = "https://opendata.example.vn"


def body(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def answer(name: str, status: int) -> Answer:
    headers = {"content-type": "application/json;charset=utf-8"}
    return Answer(status=status, url=f"{BASE}/api/3/action/x", headers=headers, body=body(name))


def read(package: Any) -> Fetched:
    return Reader(base=BASE, province="angiang", naming=load_naming(), codes=KeyCodes("angiang")).read(package)


class Recorded(Offline):
    """A client to which everything is answered with one recording."""

    def __init__(self, name: str, status: int) -> None:
        self.answer = answer(name, status)

    async def get(self, _url: str, **_options: object) -> Answer:  # type: ignore[override]
        return self.answer


def test_a_page_of_a_search_is_read():
    first, second = (read(package) for package in json.loads(body("package_search"))["results"])
    assert first.dataset.title == "Kommunaler Richtplan Verkehr"
    assert first.dataset.publisher == "Stadt Zürich"
    assert first.dataset.theme == "Mobilität, Umwelt, Verwaltung"
    assert first.dataset.licence == "Creative Commons CCZero"
    assert [resource.format for resource in first.dataset.resources] == ["CSV", "DXF", "WFS"]
    assert [(file.format, file.modified_at, file.rows) for file in first.files] == [("CSV", None, "")]
    assert first.dataset.changed_at == date(2026, 8, 7), "no file says when it changed"
    assert second.dataset.title == "Haltestellen des öffentlichen Verkehrs (OGD) (kantonaler Datensatz)"
    assert second.dataset.code != first.dataset.code


def test_a_package_with_an_upload_is_read():
    found = read(read_result(answer("package_show", 200), "package_show"))
    assert found.dataset.publisher == "Snow Avalanches and Prevention"
    assert found.dataset.published_at == date(2023, 6, 9)
    assert found.dataset.changed_at == date(2025, 12, 15)
    (file,) = found.files
    assert file.size == 185_231
    assert file.modified_at == datetime(2025, 12, 15, 14, 58, 10, 543_000, tzinfo=UTC)
    assert file.url.startswith(f"{BASE}/dataset/91c9414e-13ce-49c2-9b1e-3ccc9e4a5314/resource/")


async def test_rows_of_hai_phong_are_read_in_the_order_of_their_fields():
    pages = read_pages(Api(base=BASE, client=Recorded("datastore_search", 200)), "a119cc68")
    page = await anext(pages)
    assert page.columns[0] == "TT"
    assert page.columns[4] == "Von dieu le"
    assert page.rows[0][:2] == ("1", "00002"), "a code keeps its zeros"
    assert page.rows[0][4] == "", "null is an empty cell"
    assert len(page.columns) == len(page.rows[0]) == 7
    await pages.aclose()


async def test_a_resource_without_datastore_has_no_rows():
    with pytest.raises(NoRowsError, match="65032067-580e-4167-9a5c-94fa8ac2d9a7"):
        await anext(read_pages(Api(base=BASE, client=Recorded("datastore_inactive", 404)), "65032067"))


@pytest.mark.parametrize(
    ("name", "status", "kind", "sentence"),
    [
        ("not_found", 404, "Not Found Error", "Not found"),
        ("datastore_inactive", 404, "Not Found Error", "was not found."),
        ("composed_authorization_error", 403, "Authorization Error", "Access denied"),
        (
            "composed_validation_error",
            409,
            "Validation Error",
            "resource_id: Missing value; limit: Invalid integer, Must",
        ),
        ("composed_unknown_action", 400, "", "Action name not known: package_serach"),
        ("not_found", 200, "Not Found Error", "Not found"),
    ],
)
def test_each_shape_of_an_error_is_understood(name: str, status: int, kind: str, sentence: str):
    with pytest.raises(RefusedError, match=sentence) as refused:
        read_result(answer(name, status), "package_show")
    assert (refused.value.status, refused.value.kind) == (status, kind)
    assert "\n" not in str(refused.value)


def test_a_vietnamese_package_is_read():
    found = read(read_result(answer("composed_package_show", 200), "package_show"))
    dataset = found.dataset
    assert dataset.title == "Danh sách cơ sở khám bệnh, chữa bệnh trên địa bàn tỉnh"
    assert dataset.cycle == "06 tháng"
    assert dataset.theme == "Y tế, An sinh xã hội"
    assert dataset.publisher == "Sở Y tế"
    assert dataset.licence == "", "no licence is invented"
    assert (dataset.issued_at, dataset.published_at) == (date(2026, 3, 2), date(2026, 3, 2))
    assert dataset.changed_at == date(2026, 11, 1), "18:29 UTC is the next day in Vietnam"
    assert dataset.description.endswith("Số liệu do Sở Y tế tổng hợp. Từ khóa: trạm y tế.")
    assert dataset.format == "XLSX, PDF, HTML"
    workbook, decision = found.files
    assert workbook.url.startswith(f"{BASE}/dataset/"), "the inner host is nobody's address"
    assert workbook.rows == "aa0c5b5e-77c1-4f0a-9d3b-0a5b52f0b0a1"
    assert (decision.format, decision.url) == ("PDF", "https://files.example.vn/qd-12.PDF")


def test_no_recording_names_a_person():
    for file in FOLDER.glob("*.json"):
        assert "@" not in file.read_text("utf-8").replace("@example.vn", ""), file.name
