"""How a package of CKAN is read, value by value, and what is wrong with one that cannot be used."""

from datetime import date
from typing import Any

import pytest

from gateway.ckan.naming import load_naming
from gateway.ckan.package import Reader
from gateway.ckan.reading import SchemaError
from gateway.dataset_code import KeyCodes
from gateway.portal import Fetched

BASE = "https://opendata.example.vn/ckan"
NAMING = load_naming()


def reader(province: str = "quangngai") -> Reader:
    return Reader(base=BASE, province=province, naming=NAMING, codes=KeyCodes(province))


def read(**fields: Any) -> Fetched:
    return reader().read({"id": "a-1", "title": "Giá đất", **fields})


def read_file(**fields: Any) -> Fetched:
    return read(resources=[{"id": "r-1", "url": "https://files.example.vn/gia.csv", "format": "CSV", **fields}])


WRONG = [
    ("năm 2026", "no object"),
    ([], "no object"),
    ({"title": "Giá đất"}, "no id"),
    ({"id": "", "title": "Giá đất"}, "id is empty"),
    ({"id": 7, "title": "Giá đất"}, "id is no text"),
    ({"id": "a-1"}, "no title"),
    ({"id": "a-1", "title": " \u200b"}, "title is empty"),
    ({"id": "a-1", "title": ["Giá đất"]}, "title is no text"),
    ({"id": "a-1", "title": "x" * 501}, "longer than 500"),
    ({"id": "a-1", "title": "Giá đất", "resources": "x"}, "resources is no list"),
    ({"id": "a-1", "title": "Giá đất", "resources": ["x"]}, "resources is no list"),
    ({"id": "a-1", "title": "Giá đất", "resources": [{"url": 5}]}, "url is no text"),
    ({"id": "a-1", "title": "Giá đất", "groups": {}}, "groups is no list"),
    ({"id": "a-1", "title": "Giá đất", "organization": "Sở Y tế"}, "organization is no object"),
    ({"id": "a-1", "title": "Giá đất", "extras": {"frequency": "x"}}, "extras is no list"),
    ({"id": "a-1", "title": "Giá đất", "notes": 5}, "notes is no text"),
]


@pytest.mark.parametrize(("package", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_a_package_of_another_schema_says_what_is_wrong(package: Any, reason: str):
    with pytest.raises(SchemaError, match=reason):
        reader().read(package)


@pytest.mark.parametrize("name", NAMING.cycle)
def test_each_name_of_the_cycle_is_found_among_fields_and_extras(name: str):
    wanted = "7 ngày" if name in NAMING.days else "7"
    assert read(**{name: "7"}).dataset.cycle == wanted
    assert read(extras=[{"key": name.upper(), "value": "7"}]).dataset.cycle == wanted


@pytest.mark.parametrize("name", NAMING.issued)
def test_each_name_of_the_day_of_issue_is_found(name: str):
    assert read(extras=[{"key": name, "value": "05/02/2026"}]).dataset.issued_at == date(2026, 2, 5)


@pytest.mark.parametrize("name", NAMING.changed)
def test_each_name_of_the_day_of_the_data_counts_before_the_times_of_ckan(name: str):
    found = read(extras=[{"key": name, "value": "2026-02-05"}], metadata_modified="2026-09-01T00:00:00.000000")
    assert found.dataset.changed_at == date(2026, 2, 5)


@pytest.mark.parametrize("kind", sorted(NAMING.skipped))
def test_each_type_that_is_no_dataset_is_left_out(kind: str):
    assert not reader().is_published({"id": "a-1", "title": "Giá đất", "type": kind})


CYCLES = [
    (
        {"frequency": "http://publications.europa.eu/resource/authority/frequency/ANNUAL"},
        "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
    ),
    ({"Tần suất cập nhật": "Hằng  năm "}, "Hằng năm"),
    ({"tan suat cung cap": "Không thường xuyên"}, "Không thường xuyên"),
    ({"TAN-SUAT-CAP-NHAT": "Quý"}, "Quý"),
    ({"accrualPeriodicity": "R/P1Y", "update_frequency": "tháng"}, "R/P1Y"),
    ({"frequency": "", "update_frequency": "tháng"}, "tháng"),
    ({"update_frequency": ["tháng", "khi có thay đổi"]}, "tháng, khi có thay đổi"),
    ({"data_update_frequency": "-1"}, "-1"),
    ({"data_update_frequency": "0"}, "0"),
    ({"update_frequency": None}, ""),
    ({"update_frequency": True}, ""),
    ({}, ""),
]


@pytest.mark.parametrize(("fields", "printed"), CYCLES)
def test_the_cycle_is_as_printed_by_the_first_name_that_has_one(fields: dict[str, Any], printed: str):
    assert read(**fields).dataset.cycle == printed


LICENCES = [
    ({}, ""),
    ({"license_id": "", "license_title": ""}, ""),
    ({"license_id": "notspecified", "license_title": "License not specified"}, ""),
    ({"license_id": "cc-by", "license_title": "CC BY 4.0"}, "CC BY 4.0"),
    ({"license_id": "odc-by", "license_title": None}, "odc-by"),
]


@pytest.mark.parametrize(("fields", "licence"), LICENCES)
def test_no_licence_stays_none(fields: dict[str, Any], licence: str):
    assert read(**fields).dataset.licence == licence


PUBLISHERS = [
    ({"organization": {"title": "Sở Y tế", "name": "so-y-te"}}, "Sở Y tế"),
    ({"organization": {"title": "", "name": "so-y-te"}}, "so-y-te"),
    ({"organization": None, "author": "Sở Y tế"}, "Sở Y tế"),
    ({}, ""),
]


@pytest.mark.parametrize(("fields", "publisher"), PUBLISHERS)
def test_the_organisation_is_the_publisher(fields: dict[str, Any], publisher: str):
    assert read(**fields).dataset.publisher == publisher


ADDRESSES = [
    (
        {"url": "http://ckan:5000/dataset/a-1/resource/r-1/download/b.csv", "url_type": "upload"},
        f"{BASE}/dataset/a-1/resource/r-1/download/b.csv",
    ),
    ({"url": "b.csv", "url_type": "upload"}, f"{BASE}/b.csv"),
    ({"url": "_datastore_only_resource", "url_type": "datastore"}, f"{BASE}/datastore/dump/r-1"),
    ({"url": "https://files.example.vn/b.csv", "url_type": None}, "https://files.example.vn/b.csv"),
    ({"url": "ftp://files.example.vn/b.csv", "url_type": None}, ""),
    ({"url": "xem tại trang web", "url_type": None}, ""),
]


@pytest.mark.parametrize(("fields", "address"), ADDRESSES)
def test_an_upload_lies_on_the_portal_and_a_link_where_it_says(fields: dict[str, Any], address: str):
    assert read_file(**fields).dataset.resources[0].url == address


FORMATS = [
    ("csv", "CSV", True),
    (".xlsx", "XLSX", True),
    ("Excel", "XLSX", True),
    ("text/csv", "CSV", True),
    ("PDF", "PDF", True),
    ("", "CSV", True),
    ("JSON", "JSON", True),
    ("HTML", "HTML", False),
    ("application/json", "JSON", True),
    ("GeoJSON", "GEOJSON", True),
    ("ZIP", "ZIP", False),
    ("WMS", "WMS", False),
]


@pytest.mark.parametrize(("printed", "kind", "loaded"), FORMATS)
def test_only_files_that_may_hold_tables_are_loaded(printed: str, kind: str, loaded: bool):
    found = read_file(format=printed)
    assert found.dataset.resources[0].format == kind
    assert bool(found.files) == loaded


def test_whatever_is_in_the_datastore_is_loaded():
    (file,) = read_file(format="ZIP", datastore_active=True).files
    assert file.rows == "r-1"


def test_deleted_resources_are_left_out_and_the_others_counted_on():
    found = read(resources=[{"state": "deleted"}, {"id": "r-2", "url": "https://files.example.vn/b.csv"}])
    assert [resource.position for resource in found.dataset.resources] == [0]
    assert found.files[0].position == 0


TIMES = [
    ("2026-10-31T16:59:59.999999", date(2026, 10, 31)),
    ("2026-10-31T17:00:00.000000", date(2026, 11, 1)),
    ("2026-10-31T17:00:00", date(2026, 11, 1)),
    ("2026-10-31T17:00:00+07:00", date(2026, 10, 31)),
    ("9999-12-31T23:59:59", None),
    ("hôm qua", None),
    (None, None),
]


@pytest.mark.parametrize(("printed", "day"), TIMES)
def test_a_time_without_zone_is_utc_and_its_day_that_of_vietnam(printed: Any, day: date | None):
    assert read(metadata_created=printed).dataset.published_at == day


def test_the_newest_file_tells_when_the_data_changed():
    files = [
        {"url": f"https://files.example.vn/{at}.csv", "last_modified": f"2026-0{at}-01T00:00:00"} for at in (3, 7, 5)
    ]
    found = read(resources=files, metadata_modified="2026-09-01T00:00:00")
    assert found.dataset.changed_at == date(2026, 7, 1)


def test_another_title_and_another_slug_leave_the_code_as_it_was():
    before, after = reader(), reader()
    first = before.read({"id": "a-1", "name": "gia-dat", "title": "Giá đất"}).dataset
    second = after.read({"id": "a-1", "name": "bang-gia-dat", "title": "Bảng giá đất"}).dataset
    assert first.code == second.code
    assert first.code.startswith("quangngai-")
    assert first.url == f"{BASE}/dataset/a-1"


@pytest.mark.parametrize(
    "fields", [{"private": True}, {"state": "deleted"}, {"state": "draft"}], ids=["private", "deleted", "draft"]
)
def test_what_is_not_public_is_left_out(fields: dict[str, Any]):
    assert not reader().is_published({"id": "a-1", "title": "Giá đất", **fields})
