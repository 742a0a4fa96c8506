"""A browser, and the chat page with a scripted mind behind it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.browser import DESKTOP, Complaints, open_chat, running_browser
from tests.support.chat_page import ChatPage, running_chat_page
from tests.support.simulated import Simulated, open_stage, running_simulator

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


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with running_simulator(tmp_path_factory.mktemp("simulate")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser at the simulator; it must have nothing to complain about."""
    context = await browser.new_context(**DESKTOP)
    complaints = Complaints(context)
    yield context
    await context.close()
    assert complaints.heard == []


@pytest_asyncio.fixture(loop_scope="module")
async def page(visitor: BrowserContext, simulated: Simulated) -> AsyncIterator[Page]:
    """The page of the simulator; at the end every provider is well again."""
    opened = await open_stage(await visitor.new_page(), simulated.url)
    yield opened
    await opened.locator("#calm").click()
    await expect(opened.locator(".card.troubled")).to_have_count(0)
