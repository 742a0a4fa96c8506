"""Charts in the chat page: asked for by a button or in words, shown with their alternative text, kept by the browser."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from gateway.charts import CONTENT_TYPE
from tests.support.browser import DESKTOP, PHONE, Complaints, ask, find_log, open_chat, read_overflow
from tests.support.serving import Serving, running

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]
PROVINCES = "Biểu đồ cột: Dân số (người). Quảng Ngãi: 2.161.755 người. Cao nhất: 14.002.598 (Hồ Chí Minh); thấp nhất: 482.100 (Lai Châu)"
PIXELS = 1140
LOADED = "image => image.complete && image.naturalWidth"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The whole service on the sample content."""
    folder = tmp_path_factory.mktemp("charts")
    with running(Serving(folder=folder, store_url=f"sqlite:///{folder / 'tracuu.db'}")) as (serving,):
        yield serving


@pytest_asyncio.fixture(loop_scope="module", params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def window(browser: Browser, service: Serving, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A window with the chat; the browser must have nothing to complain about, the page's own policy included."""
    context = await browser.new_context(**request.param)
    complaints = Complaints(context)
    yield await open_chat(context, service.url)
    await context.close()
    assert complaints.heard == []


async def loaded(chart: Locator) -> int:
    """The width of a picture in its own pixels, once it is there; the first one has to wait for the list of fonts."""
    async with asyncio.timeout(90):
        await chart.wait_for(state="attached")
        while not (width := await chart.evaluate(LOADED)):
            await asyncio.sleep(0.05)
    await expect(chart).to_be_visible()
    return int(width)


async def answer(window: Page, number: int) -> Locator:
    return find_log(window).get_by_role("article").nth(number)


async def test_a_figure_is_seen_among_the_others_at_the_press_of_a_button(window: Page) -> None:
    await ask(window, "dân số Quảng Ngãi")
    await (await answer(window, 1)).get_by_role("group", name="Xem thêm").get_by_role("button", name="Biểu đồ").click()
    chart = (await answer(window, 3)).get_by_role("img")
    await expect(chart).to_have_attribute("alt", f"{PROVINCES} (máy so sánh 34 mục).")
    assert await loaded(chart) == PIXELS
    box, body = await chart.bounding_box(), await (await answer(window, 3)).locator(".body").bounding_box()
    assert box
    assert body
    assert body["width"] * 0.8 < box["width"] < body["width"]
    assert await read_overflow(window) <= 0


async def test_a_chart_asked_for_in_words_stays_after_a_reload_and_opens_by_itself(window: Page) -> None:
    await ask(window, "thu ngân sách An Giang")
    await expect(await answer(window, 1)).to_contain_text("3.669.000")
    await ask(window, "bieu do")
    chart = (await answer(window, 3)).get_by_role("img")
    await loaded(chart)
    await expect(await answer(window, 3)).to_contain_text("Cao nhất: 3.669.000 (2013)")
    await window.reload()
    alternative = await chart.get_attribute("alt")
    assert alternative is not None
    assert "mới nhất: 3.290.000 (2015)" in alternative
    assert await loaded(chart) == PIXELS
    async with window.expect_popup() as opening:
        await chart.click()
    assert (await (await opening.value).locator("img").get_attribute("src") or "").endswith(".png")


async def fetched(http: aiohttp.ClientSession, address: str, **headers: Any) -> tuple[int, Any, bytes]:
    async with http.get(address, headers=headers) as response:
        return response.status, response.headers, await response.read()


async def test_a_picture_keeps_its_address_its_bytes_and_is_drawn_again_when_it_was_deleted(
    window: Page, service: Serving
) -> None:
    await ask(window, "dân số Phú Thọ")
    await expect(await answer(window, 1)).to_contain_text("4.022.638")
    await ask(window, "biểu đồ")
    chart = (await answer(window, 3)).get_by_role("img")
    await loaded(chart)
    address = f"{service.url}/{await chart.get_attribute('src')}"
    async with aiohttp.ClientSession() as http:
        status, headers, body = await fetched(http, address)
        assert (status, headers["Content-Type"]) == (200, CONTENT_TYPE)
        assert headers["Cache-Control"] == "public, no-cache"
        assert (await fetched(http, address, **{"If-None-Match": headers["ETag"]}))[0] == 304
        for picture in Path(service.folder).rglob("*.png"):
            picture.unlink()
        assert (await fetched(http, address))[2] == body
        code = address.rpartition("/")[2].partition("-")[0]
        for unknown in (f"{code}-{'0' * 32}", f"22222-{'0' * 32}", "..%2f..%2ftracuu.db", code):
            assert (await fetched(http, f"{service.url}/charts/{unknown}.png"))[0] == 404
