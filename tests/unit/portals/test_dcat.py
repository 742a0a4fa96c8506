"""DCAT as JSON: data.json, and JSON-LD in each of its forms, become datasets with their files."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.core.catalogue import Dataset, Resource
from gateway.portal import Fetched, Mark, Notice, PortalError, Rejected, RemoteFile
from tests.support.portals import Told, read_told

URL = "https://data.example.vn/data.json"
DCAT, DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
WIDGETS: dict[str, Any] = {
    "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
    "@type": "dcat:Catalog",
    "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
    "dataset": [
        {
            "@type": "dcat:Dataset",
            "identifier": "c9e2d352-e24c-4051-9158-f48127fa5692",
            "title": "Giá  đất",
            "description": "<p>Bảng giá đất &amp; phụ lục</p>",
            "theme": ["Đất đai", "Giá cả"],
            "keyword": ["giá đất", "bồi thường"],
            "publisher": {"@type": "org:Organization", "name": "Sở Nông nghiệp và Môi trường"},
            "contactPoint": {"@type": "vcard:Contact", "fn": "Cán bộ đầu mối 01", "hasEmail": "mailto:dau-moi@example.vn"},
            "issued": "2025-06-01",
            "modified": "2026-01-02T20:30:00Z",
            "accrualPeriodicity": "R/P1Y",
            "accessLevel": "public",
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "landingPage": "/dataset/gia-dat",
            "distribution": [
                {"@type": "dcat:Distribution", "title": "Bảng", "mediaType": "text/csv", "byteSize": 147006,
                 "downloadURL": "https://data.example.vn/tệp tin/giá.csv", "modified": "2026-01-01"},
                {"@type": "dcat:Distribution", "accessURL": "https://data.example.vn/api", "format": "API"},
            ],
        }
    ],
}  # fmt: skip


def graph(title: object, **terms: object) -> list[dict[str, Any]]:
    """The nodes of one dataset with a label for its publisher, in the order that readers do not expect."""
    return [
        {"@id": "_:so", LABEL: [{"@value": "Sở Y tế", "@language": "vi"}]},
        {
            "@id": "https://data.example.vn/dataset/1",
            "@type": [f"{DCAT}Dataset"],
            f"{DCT}title": title,
            f"{DCT}publisher": [{"@id": "_:so"}],
            **terms,
        },
    ]


VIETNAMESE = [{"@value": "Lịch tiêm", "@language": "vi"}]
TITLES: dict[str, object] = {
    "expanded": graph(VIETNAMESE),
    "a graph without prefixes": {"@graph": graph(VIETNAMESE)},
    "the language of the reader before others": graph([{"@value": "Jabs", "@language": "en"}, *VIETNAMESE]),
    "a text in no language before English": graph([{"@value": "Jabs", "@language": "en"}, {"@value": "Lịch tiêm"}]),
    "a regional language": graph([{"@value": "Jabs", "@language": "en"}, {"@value": "Lịch tiêm", "@language": "vi-VN"}]),
    "a plain text": graph("Lịch tiêm"),
    "prefixes of its own": {
        "@context": {"d": DCAT, "t": DCT, "s": "http://www.w3.org/2004/02/skos/core#"},
        "@id": "https://data.example.vn/dataset/1",
        "@type": "d:Dataset",
        "t:title": "Lịch tiêm",
        "t:publisher": {"s:prefLabel": "Sở Y tế"},
    },
    "names of its own": {
        "@context": [
            "https://example.vn/context.jsonld",
            {
                "ten": {"@id": f"{DCT}title", "@container": "@language"},
                "ma": "@id",
                "loai": "@type",
                "co_quan": {"@id": f"{DCT}publisher", "@type": "@id"},
                "nhan": LABEL,
            },
        ],
        "@graph": [
            {"ma": "https://data.example.vn/dataset/1", "loai": f"{DCAT}Dataset",
             "ten": {"en": "Jabs", "vi": "Lịch tiêm"}, "co_quan": "_:so"},
            {"ma": "_:so", "nhan": "Sở Y tế"},
        ],
    },
    "a vocabulary": {
        "@context": {"@vocab": DCAT, "@language": "vi", "foaf": "http://xmlns.com/foaf/0.1/"},
        "@type": "Catalog",
        "dataset": {"@id": "https://data.example.vn/dataset/1", "@type": "Dataset", "title": "Lịch tiêm",
                    "publisher": {"foaf:name": "Sở Y tế"}},
    },
    "the language in the name": {
        "dataset": [{"identifier": "https://data.example.vn/dataset/1", "title": "Jabs", "title@vi": "Lịch tiêm",
                     "publisher": {"name@vi": "Sở Y tế"}}]
    },
    "lists and sets": graph({"@list": VIETNAMESE}, **{f"{DCAT}keyword": {"@set": ["tiêm"]}}),
}  # fmt: skip
REJECTED = {
    "no title": ({"identifier": "1"}, "the title is empty"),
    "a blank title": ({"identifier": "1", "title": " \u200b"}, "the title is empty"),
    "a number for a title": ({"identifier": "1", "title": {"@value": None}}, "the title is empty"),
    "an endless title": ({"identifier": "1", "title": "x" * 501}, "the title is longer than 500 characters"),
    "no identifier": ({"title": "Lúa"}, "it has no identifier"),
    "an endless identifier": ({"title": "Lúa", "identifier": "x" * 501}, "the identifier is longer than 500"),
    "one that was there": ({"title": "Lúa", "identifier": "0"}, "0 stands in line 1 already"),
}
UNREADABLE = {
    "empty": (b" ", "empty"),
    "half": (b'{"dataset": [', r"no whole JSON document \(line 1\)"),
    "a web page": (b"<!-- x --><!DOCTYPE html><html>", "a web page"),
    "a text": (b"Not Found", "no catalogue"),
    "another document": (b'{"data": []}', "no catalogue and no datasets"),
    "a dataset that is a text": (b'{"dataset": "x"}', "is no list"),
    "nested without end": (b"[" * 100_000, "no whole JSON"),
    "nested deeply": (b'{"dataset": ' + b"[" * 60 + b"]" * 60 + b"}", "nested deeper"),
}


async def read(document: object, **headers: str) -> list[Any]:
    return await read_told(f"dcat:{URL}", Told({URL: document}, headers=headers))


async def read_one(document: object) -> Dataset:
    (dataset,) = (entry.dataset for entry in await read(document) if isinstance(entry, Fetched))
    return dataset


async def read_fields(**fields: object) -> Fetched:
    (fetched,) = [
        e for e in await read({"dataset": [{"identifier": "1", "title": "Lúa", **fields}]}) if isinstance(e, Fetched)
    ]
    return fetched


async def test_every_field_of_data_json_arrives_and_nobody_is_named():
    entries = await read(WIDGETS, etag='"a1"', **{"last-modified": "Sun, 01 Nov 2026 00:00:00 GMT"})
    table = "https://data.example.vn/t%E1%BB%87p%20tin/gi%C3%A1.csv"
    dataset = Dataset(
        code=entries[0].dataset.code,
        key="c9e2d352-e24c-4051-9158-f48127fa5692",
        title="Giá đất",
        province="hue",
        description="Bảng giá đất & phụ lục Từ khóa: bồi thường.",
        publisher="Sở Nông nghiệp và Môi trường",
        theme="Đất đai, Giá cả",
        cycle="R/P1Y",
        licence="https://creativecommons.org/licenses/by/4.0/",
        format="CSV, API",
        url="https://data.example.vn/dataset/gia-dat",
        published_at=date(2025, 6, 1),
        changed_at=date(2026, 1, 3),
        resources=(
            Resource(position=0, title="Bảng", format="CSV", url=table),
            Resource(position=1, format="API", url="https://data.example.vn/api"),
        ),
    )
    file = RemoteFile(position=0, url=table, format="CSV", size=147006, modified_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert entries[:-1] == [Fetched(dataset=dataset, files=(file,))]
    assert isinstance(entries[-1], Mark)
    assert "đầu mối" not in repr(entries)


@pytest.mark.parametrize("document", TITLES.values(), ids=TITLES)
async def test_every_form_of_json_says_the_same(document):
    dataset = await read_one(document)
    assert (dataset.key, dataset.title) == ("https://data.example.vn/dataset/1", "Lịch tiêm")
    assert dataset.publisher == "Sở Y tế"


@pytest.mark.parametrize(("entry", "reason"), REJECTED.values(), ids=REJECTED)
async def test_what_cannot_be_used_is_rejected_with_its_place_and_the_reason(entry, reason):
    first, second, *_ = await read({"dataset": [{"identifier": "0", "title": "Ngô"}, entry]})
    assert isinstance(first, Fetched)
    assert isinstance(second, Rejected)
    assert second.line == 2
    assert reason in second.reason


@pytest.mark.parametrize(("body", "reason"), UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_no_catalogue_is_refused_whole(body, reason):
    with pytest.raises(PortalError, match=reason):
        await read(body)


@pytest.mark.parametrize(
    "field",
    [{"accessLevel": "non-public"}, {"accessLevel": "restricted public"},
     {"accessRights": {"@id": "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC"}}],
    ids=["DCAT-US", "restricted", "DCAT-AP"],
)  # fmt: skip
async def test_what_is_not_public_is_left_out_and_counted(field):
    entries = await read(
        {"dataset": [{"identifier": "1", "title": "Lúa", **field}, {"identifier": "2", "title": "Ngô"}]}
    )
    assert [entry.dataset.title for entry in entries if isinstance(entry, Fetched)] == ["Ngô"]
    assert Notice(text="1 datasets are marked as not public and are left out") in entries


@pytest.mark.parametrize(
    ("printed", "read_as"),
    [("2026-01-02", date(2026, 1, 2)), ("2026-01-02T23:00:00", date(2026, 1, 2)), ("2026-01-02T23:00:00Z", date(2026, 1, 3)),
     ("2026-01", None), ("2026", None), ("R/P1D", None), ("2026-02-31", None), ("", None), ("9999-12-31T23:00:00Z", date(9999, 12, 31))],
)  # fmt: skip
async def test_a_month_is_no_day_and_nothing_is_guessed(printed, read_as):
    assert (await read_fields(modified=printed)).dataset.changed_at == read_as


@pytest.mark.parametrize(
    ("printed", "url"),
    [("/Upload\\Metadata\\000.00.14.H57\\2025\\a.csv", "https://data.example.vn/Upload/Metadata/000.00.14.H57/2025/a.csv"),
     ("tệp.csv", "https://data.example.vn/t%E1%BB%87p.csv"), ("https://a.vn/a%20b.csv", "https://a.vn/a%20b.csv"),
     ("javascript:alert(1)", ""), ("file:///etc/passwd", ""), ("http://[", ""), ("https://", ""), ("", "")],
)  # fmt: skip
async def test_addresses_are_completed_and_only_web_addresses_count(printed, url):
    fetched = await read_fields(distribution={"downloadURL": printed})
    assert [resource.url for resource in fetched.dataset.resources] == [url]
    assert [file.url for file in fetched.files] == ([url] if url else [])


@pytest.mark.parametrize(
    ("part", "kind", "loaded"),
    [({"mediaType": "text/csv; charset=utf-8"}, "CSV", True), ({"format": "xlsx"}, "XLSX", True), ({}, "XLS", True),
     ({"mediaType": "https://www.iana.org/assignments/media-types/application/pdf"}, "PDF", True),
     ({"format": {"@id": "http://publications.europa.eu/resource/authority/file-type/DOCX"}}, "DOCX", True),
     ({"mediaType": "application/json"}, "JSON", True), ({"mediaType": "image/jpeg"}, "JPG", False), ({"mediaType": "text/html"}, "HTML", False), ({"format": "SHP"}, "SHP", False)],
)  # fmt: skip
async def test_the_format_tells_what_may_hold_a_table(part, kind, loaded):
    fetched = await read_fields(distribution=[{"downloadURL": "https://a.vn/x.xls", **part}])
    assert [resource.format for resource in fetched.dataset.resources] == [kind]
    assert bool(fetched.files) is loaded


async def test_a_file_behind_an_access_address_is_loaded_only_when_it_is_said_to_be_a_table():
    fetched = await read_fields(
        distribution=[{"accessURL": "https://a.vn/1", "format": "CSV"}, {"accessURL": "https://a.vn/2"}]
    )
    assert [file.url for file in fetched.files] == ["https://a.vn/1"]


async def test_the_licence_of_all_distributions_is_that_of_the_dataset_and_none_is_invented():
    parts = [{"license": "CC-BY"}, {"license": "CC-BY"}]
    assert (await read_fields(distribution=parts)).dataset.licence == "CC-BY"
    assert (await read_fields(distribution=[*parts, {"license": "CC0"}])).dataset.licence == ""
    assert (await read_fields()).dataset.licence == ""


async def test_a_frequency_stays_as_it_is_printed():
    daily = "http://publications.europa.eu/resource/authority/frequency/DAILY"
    assert (await read_fields(accrualPeriodicity={"@id": daily})).dataset.cycle == daily
    assert (
        await read_fields(accrualPeriodicity="Hằng năm hoặc khi có thay đổi")
    ).dataset.cycle == "Hằng năm hoặc khi có thay đổi"


async def test_no_context_is_ever_fetched():
    told = Told({URL: WIDGETS})
    await read_told(f"dcat:{URL}", told)
    assert told.asked == [URL]
