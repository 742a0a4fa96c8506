"""The pictures of the simulator in the documentation: ``python -m tests.support.simulator_pictures [FOLDER]``."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.support.browser import PHONE, running_browser
from tests.support.need import need_chromium
from tests.support.simulated import answers, card, open_stage, running_simulator, write

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDE: dict[str, Any] = {"viewport": {"width": 1680, "height": 1000}}
_TO_THE_TOP = """chart => {
  const talk = chart.closest(".talk"), item = chart.closest(".item");
  talk.scrollTop += item.getBoundingClientRect().top - talk.getBoundingClientRect().top - 8;
}"""
SETTLED_MS = 2_500
"""Until the last receipts are in."""


async def take_pictures(url: str, browser: Browser, folder: Path) -> None:
    """Play a little and write ``simulate-desktop.png`` and ``simulate-phone.png`` into ``folder``."""
    desk = await open_stage(await (await browser.new_context(**WIDE)).new_page(), url)
    await _play(desk)
    await desk.wait_for_timeout(SETTLED_MS)
    await desk.evaluate("document.activeElement.blur()")
    await desk.locator(".chart").evaluate(_TO_THE_TOP)
    await desk.screenshot(path=folder / "simulate-desktop.png")
    hand = await open_stage(await (await browser.new_context(**PHONE)).new_page(), url)
    await hand.get_by_label("Điện thoại đang xem").select_option(index=0)
    await hand.wait_for_timeout(SETTLED_MS)
    await hand.screenshot(path=folder / "simulate-phone.png")


async def _play(page: Page) -> None:
    sms, zalo, telegram, bot = [page.locator(f'.phone[data-line="{line}"]') for line in _LINES]
    await write(sms, "dan so quang ngai")
    await expect(answers(sms)).to_have_count(1)
    await write(sms, "co dau")
    await expect(answers(sms)).to_have_count(2)
    await write(sms, "dân số Quảng Ngãi")
    await write(telegram, "xã An Phú thuộc tỉnh nào")
    await telegram.get_by_role("button", name="Xã An Phú, tỉnh Quảng Ngãi").click()
    await expect(answers(telegram)).to_have_count(2)
    await write(telegram, "dân số Quảng Ngãi")
    await expect(answers(telegram)).to_have_count(3)
    await answers(telegram).last.get_by_role("button", name="Biểu đồ").click()
    await expect(telegram.locator(".chart")).to_be_visible()
    await bot.get_by_role("button", name="Kích hoạt").click()
    await expect(answers(bot)).to_have_count(1)
    await write(bot, "an giang co bao nhieu xa")
    await zalo.get_by_role("button", name="Quan tâm", exact=True).click()
    await card(page, "zalo").get_by_label("Báo nhận").select_option("lost")
    await write(zalo, "xã Tịnh Kỳ giờ thuộc xã nào")
    for phone, number in ((sms, 3), (telegram, 4), (bot, 2), (zalo, 1)):
        await expect(answers(phone).nth(number - 1)).to_be_visible()


_LINES = ("sms", "zalo", "telegram", "zalo_bot")


async def _main(folder: Path) -> None:
    expect.set_options(timeout=30_000)
    with tempfile.TemporaryDirectory() as data, running_simulator(Path(data)) as simulated:
        async with running_browser(need_chromium()) as browser:
            await take_pictures(simulated.url, browser, folder)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES))
