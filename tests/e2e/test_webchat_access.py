"""The chat page for everybody: by keyboard, by ear, in the dark, on a small phone, in English, on the portal's own page."""

from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.browser import PHONE, SMALL_PHONE, ask, find_log, open_chat, read_contrasts, read_overflow
from tests.support.chat_page import ChatPage, running_chat_page, running_portal

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]


async def test_the_keyboard_is_enough(window: Page) -> None:
    await expect(window.get_by_role("textbox", name="Câu hỏi")).to_be_focused()
    await window.keyboard.type("hai")
    await window.keyboard.press("Shift+Enter")
    await window.keyboard.type("dòng")
    await window.keyboard.press("Enter")
    await expect(find_log(window)).to_contain_text("Đã nhận 8 ký tự: hai\ndòng", use_inner_text=True)
    await ask(window, "xã Tân Lập thuộc xã nào")
    await expect(window.get_by_role("group", name="Lựa chọn")).to_be_visible()
    await window.keyboard.press("Shift+Tab")
    await expect(window.get_by_role("button", name="2 Xã Tân Lập")).to_be_focused()
    await window.keyboard.press("Enter")
    await expect(find_log(window)).to_contain_text("thuộc xã Tân Lập mới")
    await expect(window.get_by_role("textbox", name="Câu hỏi")).to_be_focused()


async def test_a_screen_reader_finds_names_and_roles(window: Page) -> None:
    await expect(window.get_by_role("heading", level=1)).to_have_text("tracuu – tra cứu dữ liệu mở")
    await expect(window.get_by_role("log", name="Hội thoại")).to_have_attribute("aria-live", "polite")
    await expect(window.get_by_role("button", name="Gửi")).to_be_visible()
    await expect(window.get_by_role("textbox", name="Câu hỏi")).to_be_visible()
    await ask(window, "xin chào")
    await expect(find_log(window).get_by_role("article").first).to_contain_text("Bạn: xin chào")
    await expect(find_log(window).get_by_role("article").nth(1)).to_contain_text("Trả lời: Đã nhận")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_stands_out_from_its_ground(browser: Browser, chat: ChatPage, scheme: Any) -> None:
    window = await open_chat(await browser.new_context(color_scheme=scheme), chat.url)
    await window.route(
        "**/hooks/**",
        lambda route: route.abort() if b"chua gui" in route.request.post_data_buffer else route.continue_(),
    )
    for question in ("dân số Quảng Ngãi", "xã Tân Lập thuộc xã nào"):
        await ask(window, question)
    await expect(window.get_by_role("group", name="Lựa chọn")).to_be_visible()
    await ask(window, "chua gui")
    await expect(find_log(window)).to_contain_text("chưa gửi được, đang thử lại")
    contrasts = await read_contrasts(window)
    assert len(contrasts) > 20
    assert {text: ratio for text, ratio in contrasts if ratio < 4.5} == {}


async def test_english_labels_and_back(window: Page) -> None:
    await window.get_by_role("button", name="English: switch language").click()
    await expect(window.get_by_role("textbox", name="Question")).to_be_visible()
    await expect(window.get_by_text("Connected")).to_be_visible()
    await expect(window.locator("html")).to_have_attribute("lang", "en")
    await expect(find_log(window)).to_contain_text("Đã nhận 2 ký tự: EN")
    await window.get_by_role("button", name="Tiếng Việt: đổi ngôn ngữ").click()
    await expect(window.get_by_role("textbox", name="Câu hỏi")).to_be_visible()


@pytest.mark.parametrize("size", [pytest.param(PHONE, id="390 px"), pytest.param(SMALL_PHONE, id="360 px")])
async def test_a_phone_never_scrolls_sideways(browser: Browser, chat: ChatPage, size: dict) -> None:
    phone = await browser.new_context(**size)
    window = await open_chat(phone, chat.url)
    for question in ("dân số Quảng Ngãi", "xã Tân Lập thuộc xã nào", "không_có_chỗ_ngắt" * 20):
        await ask(window, question)
    await expect(find_log(window)).to_contain_text("Đã nhận 340 ký tự")
    assert await read_overflow(window) <= 0
    assert await window.locator("#composer").evaluate(
        "(form) => form.getBoundingClientRect().bottom <= innerHeight + 1"
    )


@pytest.mark.parametrize(
    ("host", "public_url"),
    [
        pytest.param("127.0.0.1", "", id="on the same site"),
        pytest.param("localhost", "https://chat.example.vn", id="on a foreign site, by https"),
    ],
)
async def test_the_widget_answers_on_a_portal_page(
    context: BrowserContext, database: str, host: str, public_url: str
) -> None:
    async with (
        running_portal(host) as (portal, scripts),
        running_chat_page(database, embed_on=[portal], public_url=public_url) as chat,
    ):
        scripts.append(f"{chat.url}widget.js")
        window = await context.new_page()
        await window.goto(portal)
        await window.get_by_role("button", name="Hỏi dữ liệu mở").press("Enter")
        panel = window.get_by_role("dialog", name="Hỏi dữ liệu mở")
        frame = panel.locator("iframe").content_frame
        await frame.get_by_role("button", name="dân số Quảng Ngãi").click()
        await expect(frame.get_by_role("log")).to_contain_text("2.161.755 người")
        await frame.get_by_role("textbox", name="Câu hỏi").press("Escape")
        await expect(panel).to_be_hidden()
        await expect(window.get_by_role("button", name="Hỏi dữ liệu mở")).to_be_focused()
