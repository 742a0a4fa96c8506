"""The widget on pages of portals, in a real browser: who may hold it, what it loads, keeps and changes, and for whom."""

from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.browser import DESKTOP, PHONE, read_overflow
from tests.support.portal_page import NAME, Portal, open_widget, running_portal_with_chat

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]
PAGES = pytest.mark.parametrize("page", ["plain", "ckan"])
STYLES = """() => [...document.querySelectorAll("body, body *:not(tracuu-widget)")].map((element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  const { color, backgroundColor, font, margin, padding, display } = getComputedStyle(element);
  return [element.tagName, x, y, width, height, color, backgroundColor, font, margin, padding, display].join(" ");
})"""
"""How every element of the page looks and where it stands, but for the widget's own."""
OWN = """() => {
  const looks = (element) => {
    const { color, backgroundColor, font, margin, padding, border, textTransform, letterSpacing } = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    return [element.tagName, width, height, color, backgroundColor, font, margin, padding, border, textTransform, letterSpacing].join(" ");
  };
  return [...document.querySelector("tracuu-widget").shadowRoot.querySelectorAll("*")].map(looks);
}"""
"""The same of the widget."""

STORED = """async () => {
  const keys = (name) => {
    try { return Object.keys(window[name]); } catch { return []; }
  };
  return [keys("localStorage"), keys("sessionStorage"), (await indexedDB.databases().catch(() => [])).length ? ["db"] : [], document.cookie];
}"""
"""Names of what a page keeps in the browser, as far as its scripts can see; where they may keep nothing, none."""


async def visit(context: BrowserContext, portal: Portal, page: str = "plain") -> Page:
    window = await context.new_page()
    await window.goto(f"{portal.url}/{page}.html")
    return window


async def ask_example(window: Page) -> None:
    frame = await open_widget(window)
    await frame.get_by_role("button", name="dân số Quảng Ngãi").click()
    await expect(frame.get_by_role("log")).to_contain_text("2.161.755 người")


@PAGES
async def test_a_portal_that_is_listed_holds_the_chat_under_a_strict_policy(
    context: BrowserContext, database: str, page: str
) -> None:
    async with running_portal_with_chat(database) as portal:
        await ask_example(await visit(context, portal, page))


@PAGES
async def test_a_portal_that_is_not_listed_has_a_link_to_the_chat(
    context: BrowserContext, database: str, page: str
) -> None:
    async with running_portal_with_chat(database, welcome=False) as portal:
        portal.policy = "default-src 'none'; script-src 'self' {chat}; style-src 'self'"
        window = await visit(context, portal, page)
        link = window.get_by_role("link", name=f"{NAME} (mở trong thẻ mới)")
        async with context.expect_page() as opened:
            await link.press("Enter")
        chat = await opened.value
        await expect(chat.get_by_role("textbox", name="Câu hỏi")).to_be_visible()
        assert await chat.evaluate("window.opener") is None
        assert await window.locator("iframe").count() == 0


async def test_a_listed_portal_whose_own_policy_allows_no_frame_offers_the_link_as_well(
    browser: Browser, database: str
) -> None:
    context = await browser.new_context(**DESKTOP)  # the browser complains of the frame, rightly
    async with running_portal_with_chat(database) as portal:
        portal.policy = "default-src 'none'; script-src 'self' {chat}; style-src 'self'"
        window = await context.new_page()
        await window.clock.install()
        await window.goto(f"{portal.url}/plain.html")
        await window.get_by_role("button", name=NAME).click()
        await expect(window.get_by_role("status")).to_have_text("Đang mở…")
        await window.clock.run_for(7_000)
        await expect(window.get_by_role("dialog").get_by_role("link", name=NAME)).to_have_attribute("target", "_blank")
        assert await window.locator("iframe").count() == 0
        await window.get_by_role("button", name="Đóng").click()
        await expect(window.get_by_role("button", name=NAME)).to_be_focused()
    await context.close()


@PAGES
async def test_page_widget_and_chat_load_nothing_from_a_third_party(
    context: BrowserContext, database: str, page: str
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    async with running_portal_with_chat(database) as portal:
        await ask_example(await visit(context, portal, page))
        chat = portal.widget.removesuffix("widget.js")
    assert any(url.startswith(chat) for url in asked)
    assert [url for url in asked if not url.startswith((chat, f"{portal.url}/"))] == []


async def test_one_cookie_of_the_session_is_all_that_stays_of_a_frame(context: BrowserContext, database: str) -> None:
    async with running_portal_with_chat(database) as portal:
        window = await visit(context, portal)
        assert await context.cookies() == []
        await ask_example(window)
        (cookie,) = await context.cookies()
        framed = await window.frames[1].evaluate(STORED)
        portals = await window.evaluate(STORED)
    assert cookie["name"] == "tracuu_session"
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "None", "/")
    assert cookie.get("partitionKey")
    assert [places for places in (framed, portals) if any(places)] == []  # browsers keep nothing for a foreign frame


async def test_a_window_of_its_own_keeps_the_talk_and_nothing_else(context: BrowserContext, database: str) -> None:
    async with running_portal_with_chat(database) as portal:
        window = await context.new_page()
        await window.goto(portal.widget.removesuffix("widget.js"))
        await window.get_by_role("button", name="dân số Quảng Ngãi").click()
        await expect(window.get_by_role("log")).to_contain_text("2.161.755 người")
        (cookie,) = await context.cookies()
        local, *others = await window.evaluate(STORED)
    assert cookie["name"] == "tracuu_session"
    assert local
    assert {key.rpartition(":")[0] for key in local} <= {"tracuu", "tracuu:item"}
    assert others == [[], [], ""]


async def test_what_is_included_twice_is_there_once(context: BrowserContext, database: str) -> None:
    async with running_portal_with_chat(database) as portal:
        portal.html = "<!doctype html><title>x</title>" + f'<script src="{portal.widget}"></script>' * 2
        window = await visit(context, portal, "own")
        await expect(window.get_by_role("button", name=NAME)).to_have_count(1)
        assert await window.locator("tracuu-widget").count() == 1


async def test_side_and_language_may_be_chosen(context: BrowserContext, database: str) -> None:
    async with running_portal_with_chat(database) as portal:
        portal.html = (
            '<!doctype html><html lang="vi"><title>x</title>'
            f'<script src="{portal.widget}" data-side="left" data-lang="en" async></script>'
        )
        window = await visit(context, portal, "own")
        box = await window.get_by_role("button", name="Ask the open data").bounding_box()
        assert box is not None
        assert box["x"] == 20


@PAGES
async def test_the_page_looks_the_same_with_the_widget(context: BrowserContext, database: str, page: str) -> None:
    async with running_portal_with_chat(database) as portal:
        window = await visit(context, portal, page)
        await expect(window.get_by_role("button", name=NAME)).to_be_visible()
        with_widget = await window.evaluate(STYLES)
        await window.evaluate("document.querySelector('tracuu-widget').remove()")
        assert await window.evaluate(STYLES) == with_widget
        assert len(with_widget) > 10


async def test_the_widget_looks_the_same_on_every_page(context: BrowserContext, database: str) -> None:
    looks: list[Any] = []
    async with running_portal_with_chat(database) as portal:
        for page in ("plain", "ckan"):
            window = await visit(context, portal, page)
            await open_widget(window)
            looks.append(await window.evaluate(OWN))
    assert looks[0] == looks[1]
    assert len(looks[0]) > 5


async def test_it_stands_above_the_bar_of_the_portal(context: BrowserContext, database: str) -> None:
    async with running_portal_with_chat(database) as portal:
        window = await visit(context, portal, "ckan")
        await window.set_viewport_size({"width": 900, "height": 300})
        await open_widget(window)
        top = await window.get_by_role("button", name="Đóng").bounding_box()
        assert top is not None
        where = [top["x"] + top["width"] / 2, top["y"] + top["height"] / 2]
        assert await window.evaluate("([x, y]) => document.elementFromPoint(x, y).tagName", where) == "TRACUU-WIDGET"


async def test_the_keyboard_opens_and_closes_it_and_comes_back_to_the_button(
    context: BrowserContext, database: str
) -> None:
    async with running_portal_with_chat(database) as portal:
        window = await visit(context, portal, "ckan")
        button = window.get_by_role("button", name=NAME)
        await expect(button).to_have_attribute("aria-expanded", "false")
        await window.get_by_role("button", name="Theo dõi").focus()
        for _ in range(20):
            await window.keyboard.press("Tab")
            if await window.evaluate("document.activeElement.tagName") == "TRACUU-WIDGET":
                break
        await expect(button).to_be_focused()
        await window.keyboard.press("Enter")
        panel = window.get_by_role("dialog", name=NAME)
        await expect(panel.locator("iframe").content_frame.get_by_text("Đã kết nối")).to_be_visible()
        await expect(panel.locator("iframe")).to_be_focused()
        await window.keyboard.press("Escape")  # in the frame
        await expect(panel).to_be_hidden()
        await expect(button).to_be_focused()
        await window.keyboard.press("Enter")
        await window.get_by_role("button", name="Đóng").focus()
        await window.keyboard.press("Escape")
        await expect(button).to_be_focused()
        assert await window.evaluate("window.ckan.escapes") == 0


@PAGES
async def test_a_phone_shows_the_chat_alone_and_never_scrolls_sideways(
    browser: Browser, database: str, page: str
) -> None:
    context = await browser.new_context(**PHONE)
    async with running_portal_with_chat(database) as portal:
        window = await visit(context, portal, page)
        before = await read_overflow(window)
        await expect(window.get_by_role("button", name=NAME)).to_be_in_viewport(ratio=1)
        frame = await open_widget(window)
        panel = await window.get_by_role("dialog", name=NAME).bounding_box()
        assert panel == {"x": 0, "y": 0, "width": 390, "height": 844}
        assert await read_overflow(window) == before <= 0
        assert await frame.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    await context.close()


async def test_without_the_service_the_page_is_whole(browser: Browser, database: str) -> None:
    context = await browser.new_context(**DESKTOP)  # the browser complains of the script, rightly
    async with running_portal_with_chat(database) as portal:
        portal.widget = "http://127.0.0.1:1/widget.js"
        window = await visit(context, portal, "ckan")
        await expect(window.get_by_role("heading", name="Dân số trung bình theo")).to_be_visible()
        assert await window.locator("tracuu-widget").count() == 0
    await context.close()
