"""A browser, and the chat page with a scripted mind behind it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.browser import DESKTOP, Complaints, open_chat, running_browser
from tests.support.chat_page import ChatPage, running_chat_page

expect.set_options(timeout=15_000)


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'tracuu.db')}"


@pytest_asyncio.fixture(loop_scope="module")
async def chat(database: str) -> AsyncIterator[ChatPage]:
    async with running_chat_page(database) as page:
        yield page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with running_browser(chromium) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser with one person's cookies; it must have nothing to complain about."""
    opened = await browser.new_context(**DESKTOP)
    complaints = Complaints(opened)
    yield opened
    await opened.close()
    assert complaints.heard == []


@pytest_asyncio.fixture(loop_scope="module")
async def window(context: BrowserContext, chat: ChatPage) -> Page:
    return await open_chat(context, chat.url)
