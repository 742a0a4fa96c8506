"""Debian's Chromium, driven by Playwright: a window as a citizen has it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
SMALL_PHONE = PHONE | {"viewport": {"width": 360, "height": 640}}

_CONTRASTS = """() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => rgb(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return rgb(colour)[3] === 0 ? ground(element.parentElement) : colour;
  };
  const shown = [...document.querySelectorAll("body *")].filter((element) => element.checkVisibility()
    && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
  return shown.map((element) => {
    const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
    return [element.textContent.trim(), (one + 0.05) / (other + 0.05)];
  });
}"""


@contextlib.asynccontextmanager
async def running_browser(executable: str) -> AsyncIterator[Browser]:
    """A headless browser as long as the block lasts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS])
        yield browser
        await browser.close()


class Complaints:
    """What the browser's console and the page's scripts complain about: nothing, or the page is wrong."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[str] = []
        context.on("console", lambda message: self._hear(message.type, message.text))
        context.on("weberror", lambda error: self._hear("error", str(error.error)))

    def _hear(self, kind: str, text: str) -> None:
        # a request that fails while the service is away is no fault of the page
        if kind == "error" and "Failed to load resource" not in text and "ERR_" not in text:
            self.heard.append(text)


async def open_chat(context: BrowserContext, url: str) -> Page:
    """A window with the chat, connected."""
    page = await context.new_page()
    await page.goto(url)
    await page.get_by_text("Đã kết nối").wait_for()
    return page


async def read_overflow(window: Page) -> int:
    """By how many pixels the page is wider than its window."""
    pixels: int = await window.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return pixels


async def read_contrasts(window: Page) -> list[tuple[str, float]]:
    """Every element's text with the contrast of its colour to the nearest painted ground (WCAG 2.2, 1.4.3)."""
    return [(text, ratio) for text, ratio in await window.evaluate(_CONTRASTS)]


async def ask(window: Page, text: str) -> None:
    """Type ``text`` and press Enter."""
    await window.get_by_role("textbox", name="Câu hỏi").fill(text)
    await window.keyboard.press("Enter")


def find_log(window: Page) -> Locator:
    """The talk."""
    return window.get_by_role("log")


async def read_talk(window: Page) -> list[str]:
    """What stands in the bubbles, in order."""
    return await find_log(window).locator(".text").all_inner_texts()
