"""Pages of portals that hold the widget, on an origin of their own; and the pictures of them in the manual.

``python -m tests.support.portal_page CHROMIUM`` takes the pictures anew: it needs the path of a browser.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, Frame, Page, expect

from bot.store.engine import Store
from bot.store.migrate import migrate
from tests.support.browser import DESKTOP, PHONE, running_browser
from tests.support.chat_page import running_chat_page
from tests.support.source import ROOT

PAGES = ROOT / "tests" / "data" / "portals"
PICTURES = ROOT / "docs" / "images"
NAME = "Hỏi dữ liệu mở"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
STRICT = "default-src 'none'; script-src 'self' {chat}; style-src 'self'; frame-src {chat}"
"""A policy as strict as may be: what the manual tells portals to allow, and nothing else."""


class Portal:
    """The pages of :data:`PAGES` at ``url``; ``widget`` is the address of the script, or several in a row."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.url = ""
        self.widget = ""
        self.policy = STRICT
        self.html = ""

    async def show(self, request: web.Request) -> web.Response:
        """One file, or :attr:`html` where a test has a page of its own."""
        name = request.match_info["name"]
        chat = self.widget.partition("/widget.js")[0]
        text = self.html if name == "own.html" else (PAGES / name).read_text(encoding="utf-8")
        headers = {"Content-Security-Policy": self.policy.format(chat=chat)} if self.policy else {}
        text = text.replace("{widget}", self.widget)
        return web.Response(text=text, content_type=_TYPES[Path(name).suffix], headers=headers)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Portal"]:
        """Serve as long as the block lasts."""
        app = web.Application()
        app.router.add_get("/{name:(?:plain|ckan|own)\\.(?:html|css|js)}", self.show)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://{self._host}:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()


@contextlib.asynccontextmanager
async def running_portal_with_chat(
    database: str, *, host: str = "localhost", welcome: bool = True
) -> AsyncIterator[Portal]:
    """A portal on another origin than the chat that it holds, which lists it in ``embed_on`` if ``welcome``."""
    async with Portal(host).running() as portal:
        listed = [portal.url] if welcome else []
        # cookies as by https: browsers send those of a frame on another site only so, and take them on this machine
        async with running_chat_page(database, embed_on=listed, public_url="https://chat.example.vn") as chat:
            portal.widget = f"{chat.url}widget.js"
            yield portal


async def open_widget(window: Page) -> Frame:
    """Press the button and wait for the chat; its frame."""
    await window.get_by_role("button", name=NAME).click()
    element = window.locator("iframe")
    await expect(element.content_frame.get_by_role("textbox", name="Câu hỏi")).to_be_visible()
    handle = await element.element_handle()
    frame = await handle.content_frame()
    assert frame is not None
    return frame


async def take_pictures(browser: Browser, folder: Path, database: str) -> None:
    """The three pictures of the manual."""
    wanted: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("widget-plain", "plain", DESKTOP),
        ("widget-ckan", "ckan", DESKTOP),
        ("widget-ckan-phone", "ckan", PHONE),
    )
    async with running_portal_with_chat(database) as portal:
        for name, page, size in wanted:
            context = await browser.new_context(**size, timezone_id="Asia/Ho_Chi_Minh", locale="vi-VN")
            window = await context.new_page()
            await window.goto(f"{portal.url}/{page}.html")
            frame = await open_widget(window)
            await frame.get_by_role("button", name="dân số Quảng Ngãi").click()
            await expect(frame.get_by_role("log")).to_contain_text("2.161.755 người")
            await window.wait_for_timeout(500)
            await window.screenshot(path=folder / f"{name}.png")
            await context.close()


async def _main(executable: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/tracuu.db"
        await _migrate(database)
        async with running_browser(executable) as browser:
            await take_pictures(browser, PICTURES, database)


async def _migrate(url: str) -> None:
    store = Store(url, b"k" * 32, owner="pictures")
    await store.open()
    await migrate(store, now=datetime.now(UTC))
    await store.close()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
