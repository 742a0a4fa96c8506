"""The API of the real service, as programs and people use it; its keys as an operator makes them."""

import asyncio
import json
import shutil
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.browser import SMALL_PHONE, Complaints, read_contrasts, read_overflow, running_browser
from tests.support.catalogue import write_files
from tests.support.commands import tracuu, tracuu_json
from tests.support.serving import Serving, running

FILES = {
    "catalogue.csv": "province,title,code,resources\nHuế,Giá vé tham quan,V1,ve.csv\nVĩnh Phúc,Giá đất,K1,\nHuế,Lễ hội,L1,\n",
    "ve.csv": "diem,gia_ve\nĐại Nội,200000\nLăng Minh Mạng,150000\n",
}
SETTINGS = '[[sources]]\nprovince = "hue"\nkind = "csv"\nurl = "catalogue.csv"\n'


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path):
    folder = tmp_path_factory.mktemp("api")
    write_files(folder, FILES)
    shutil.copy(migrated_file, folder / "tracuu.db")
    with running(Serving(folder=folder, store_url="sqlite:///tracuu.db", settings=SETTINGS)) as (started,):
        yield started


async def get(http: aiohttp.ClientSession, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.get(url, headers=sent) as answer:
        return answer.status, dict(answer.headers), await answer.read()


async def until_answered(http: aiohttp.ClientSession, url: str) -> tuple[dict[str, str], Any]:
    """The first answer; the source is read while the service starts."""
    async with asyncio.timeout(30):
        for visitor in count():
            status, headers, body = await get(http, url, X_Forwarded_For=f"2001:db8:{visitor:x}::1")
            if status == 200 and json.loads(body)["answered"]:
                return headers, json.loads(body)
            await asyncio.sleep(0.1)
    raise AssertionError("unreachable")


async def test_programs_read_what_is_published_until_it_is_taken_down_or_their_key_is_revoked(service):
    key = tracuu_json(service, "api", "add", "Sở mẫu", "--days", "30")
    async with aiohttp.ClientSession() as http:
        api = f"{service.url}/api/v1"
        headers, found = await until_answered(http, f"{api}/search?q=gia+ve+dai+noi")
        assert found["figures"]["rows"] == [["Đại Nội", "200000"]]
        status, _, body = await get(http, f"{service.url}{found['hits'][0]['rows']}?limit=1")
        assert (status, json.loads(body)["total"]) == (200, 2)
        assert (await get(http, f"{api}/search?q=gia+ve+dai+noi", If_None_Match=headers["Etag"]))[0] == 304
        async with http.options(f"{api}/search", headers={"Origin": "https://example.vn"}) as preflight:
            assert (preflight.status, preflight.headers["Access-Control-Allow-Origin"]) == (204, "*")

        assert (await get(http, f"{api}/datasets/K1"))[0] == 401
        assert (await get(http, f"{api}/datasets/K1", Authorization=f"Bearer {key['key']}"))[0] == 200
        assert tracuu(service, "api", "revoke", str(key["id"])).returncode == 0
        assert (await get(http, f"{api}/datasets/K1", Authorization=f"Bearer {key['key']}"))[0] == 401

        assert tracuu(service, "datasets", "hide", "V1").returncode == 0
        for path in ("datasets/V1", "datasets/V1/rows"):
            assert (await get(http, f"{api}/{path}"))[0] == 404
        assert b"V1" not in (await get(http, f"{api}/search?q=gia+ve+dai+noi"))[2]

        refused = [await get(http, f"{api}/search?q=a", X_Forwarded_For="203.0.113.7") for _ in range(22)][-1]
        assert (refused[0], json.loads(refused[2])["type"]) == (429, "/api/#too-many")
        assert int(refused[1]["Retry-After"]) > 0
    assert key["key"].removeprefix("tracuu_") not in service.said()


@pytest.mark.chromium
async def test_people_find_a_page_that_fits_the_smallest_phone(service, chromium):
    async with running_browser(chromium) as browser:
        context = await browser.new_context(**SMALL_PHONE)
        complaints = Complaints(context)
        page = await context.new_page()
        await page.goto(f"{service.url}/api")
        assert await read_overflow(page) == 0
        assert min(ratio for _, ratio in await read_contrasts(page)) >= 4.5
        assert await page.get_by_role("heading", level=2).count() == 5
        await page.get_by_role("link", name="/api/v1/datasets?limit=20").click()
        await page.wait_for_url("**/api/v1/datasets?limit=20")
        assert complaints.heard == []
