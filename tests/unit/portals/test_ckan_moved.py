"""A portal that has moved is read where it is now, and stays the same source."""

import json

from gateway.portal import Answer, Entry, Fetched, Notice, Offline, Request, find_portals, read_source, silent

PACKAGE = {"id": "a-1", "title": "Giá đất", "metadata_modified": "2026-11-01T00:00:00.000000"}


class Tayninh(Offline):
    """Answers every search with one dataset; ``asked`` are the addresses."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def get(self, url: str, **_options: object) -> Answer:
        self.asked.append(url)
        body = {"success": True, "result": {"count": 1, "results": [PACKAGE]}}
        return Answer(status=200, url=url, body=json.dumps(body).encode())


async def read(request: Request) -> tuple[list[Entry], list[str]]:
    client = Tayninh()
    entries = [entry async for entry in find_portals()["ckan"].fetch(request, client, silent)]
    return entries, client.asked


async def test_a_former_address_leads_to_the_present_one_with_a_word_about_it():
    _, request = read_source("ckan:data.longan.gov.vn")
    assert request.name == "https://data.longan.gov.vn", "it stays the same source"
    entries, asked = await read(request)
    assert asked == ["https://data.tayninh.gov.vn/api/3/action/package_search"]
    (notice,) = [entry.text for entry in entries if isinstance(entry, Notice)]
    assert notice.startswith("https://data.longan.gov.vn has moved to https://data.tayninh.gov.vn")


async def test_a_known_portal_brings_its_province_unless_the_source_has_one():
    _, request = read_source("ckan:tayninh")
    _, other = read_source("ckan:tayninh", province="angiang")
    provinces = [
        (entry.dataset.province, entry.dataset.code.partition("-")[0], entry.dataset.url)
        for asked in (request, other)
        for entry in (await read(asked))[0]
        if isinstance(entry, Fetched)
    ]
    assert provinces == [
        ("tayninh", "tayninh", "https://data.tayninh.gov.vn/dataset/a-1"),
        ("angiang", "angiang", "https://data.tayninh.gov.vn/dataset/a-1"),
    ]
