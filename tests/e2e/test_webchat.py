"""The chat page in a real browser: what is asked is answered, and nothing is lost or doubled."""

import asyncio
import json
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.support.browser import PHONE, ask, find_log, open_chat, read_overflow, read_talk
from tests.support.chat_page import SILENT, ChatPage
from tests.support.relay import running_relay
from tests.support.serving import Serving, running

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]


async def test_a_question_is_answered_with_its_source_as_a_link(window: Page) -> None:
    await ask(window, "dân số Quảng Ngãi")
    answer = find_log(window).get_by_role("article").nth(1)
    await expect(answer).to_contain_text("Quảng Ngãi: 2.161.755 người")
    link = answer.get_by_role("link")
    await expect(link).to_have_attribute("href", "https://example.org/dan-so")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(window.get_by_role("textbox", name="Câu hỏi")).to_be_focused()
    await expect(window.get_by_role("textbox", name="Câu hỏi")).to_have_value("")


async def test_an_example_asks_itself(window: Page) -> None:
    await window.get_by_role("button", name="dân số Quảng Ngãi").click()
    await expect(find_log(window)).to_contain_text("2.161.755")


async def test_a_choice_is_a_numbered_button_and_its_label_stands_in_the_talk(window: Page) -> None:
    await ask(window, "xã Tân Lập thuộc xã nào")
    choices = window.get_by_role("group", name="Lựa chọn")
    await expect(choices.get_by_role("button")).to_have_text(["1 Xã Tân Lập, huyện A, tỉnh X", "2 Xã Tân Lập, huyện B"])
    await choices.get_by_role("button", name="2 Xã Tân Lập, huyện B").click()
    await expect(find_log(window).get_by_role("article").nth(2)).to_contain_text("Xã Tân Lập, huyện B")
    await expect(find_log(window).get_by_role("article").nth(3)).to_contain_text("thuộc xã Tân Lập mới")


async def test_waiting_shows_until_the_reply_arrives(window: Page, chat: ChatPage) -> None:
    await ask(window, SILENT)
    await expect(window.locator("#typing")).to_be_visible()
    await expect(window.locator("#status")).to_have_text("Đang tra cứu…")
    await chat.say("đây rồi")
    await expect(find_log(window)).to_contain_text("đây rồi")
    await expect(window.locator("#typing")).to_be_hidden()
    await expect(window.locator("#status")).to_be_empty()


async def test_the_talk_survives_a_restart_of_the_service_without_loss_or_double(window: Page, chat: ChatPage) -> None:
    await ask(window, "câu một")
    await expect(find_log(window)).to_contain_text("Đã nhận 7 ký tự: câu một")
    await chat.stop()
    await expect(window.get_by_text("Mất kết nối, đang thử lại…")).to_be_visible()
    await ask(window, "câu hai")
    await expect(find_log(window)).to_contain_text("chưa gửi được, đang thử lại")
    await ask(window, "câu ba")
    await chat.start()
    await expect(find_log(window)).to_contain_text("Đã nhận 6 ký tự: câu ba")
    await expect(window.get_by_text("Đã kết nối")).to_be_visible()
    assert await read_talk(window) == [
        "câu một",
        "Đã nhận 7 ký tự: câu một",
        "câu hai",
        "câu ba",
        "Đã nhận 7 ký tự: câu hai",
        "Đã nhận 6 ký tự: câu ba",
    ]


async def test_what_was_not_sent_is_sent_after_a_reload(window: Page, chat: ChatPage) -> None:
    await window.route("**/hooks/**", lambda route: route.abort())
    await ask(window, "câu một")
    await expect(find_log(window)).to_contain_text("chưa gửi được, đang thử lại")
    await window.unroute("**/hooks/**")
    await window.reload()
    await expect(find_log(window)).to_contain_text("Đã nhận 7 ký tự: câu một")
    assert await read_talk(window) == ["câu một", "Đã nhận 7 ký tự: câu một"]


async def test_an_answer_that_was_lost_on_the_way_is_asked_for_once_more_and_given_once(window: Page) -> None:
    """The message arrives but the browser never hears of it: the repeat carries the same id."""
    lost = asyncio.Event()

    async def lose(route: Route) -> None:
        if not lost.is_set():
            lost.set()
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await window.route("**/hooks/**", lose)
    await ask(window, "câu một")
    await expect(window.locator(".mine .state")).to_have_count(0)
    await expect(find_log(window)).to_contain_text("Đã nhận 7 ký tự: câu một")
    assert await read_talk(window) == ["câu một", "Đã nhận 7 ký tự: câu một"]


async def test_a_message_that_is_refused_says_so_and_holds_up_nothing(window: Page) -> None:
    await ask(window, "x" * 300_000)
    await expect(find_log(window)).to_contain_text("Tin nhắn quá dài, chưa được gửi.")
    await ask(window, "ngắn thôi")
    await expect(find_log(window)).to_contain_text("Đã nhận 9 ký tự: ngắn thôi")


async def test_a_lost_session_is_renewed_and_the_message_sent(window: Page, context: BrowserContext) -> None:
    await ask(window, "câu một")
    await expect(find_log(window)).to_contain_text("Đã nhận 7 ký tự: câu một")
    await context.clear_cookies()
    await ask(window, "câu hai")
    await expect(find_log(window)).to_contain_text("Đã nhận 7 ký tự: câu hai")
    assert (await read_talk(window)).count("Đã nhận 7 ký tự: câu hai") == 1


async def test_a_reload_keeps_the_talk(window: Page) -> None:
    await ask(window, "xã Tân Lập thuộc xã nào")
    await expect(window.get_by_role("group", name="Lựa chọn")).to_be_visible()
    before = await read_talk(window)
    await window.reload()
    await expect(window.get_by_text("Đã kết nối")).to_be_visible()
    await expect(window.get_by_role("button", name="1 Xã Tân Lập")).to_be_visible()
    assert await read_talk(window) == before


async def test_what_another_window_asked_stands_before_its_reply_even_when_it_is_heard_of_later(window: Page) -> None:
    earlier = await window.evaluate("Date.now()")
    await ask(window, "câu một")
    await expect(find_log(window)).to_contain_text("Đã nhận 7 ký tự: câu một")
    item = {"id": "w", "at": earlier - 1, "mine": True, "text": "câu không", "state": "sent"}
    heard = {"key": "tracuu:item:w", "newValue": json.dumps(item)}
    await window.evaluate("(heard) => dispatchEvent(new StorageEvent('storage', heard))", heard)
    assert await read_talk(window) == ["câu không", "câu một", "Đã nhận 7 ký tự: câu một"]


async def test_two_windows_show_the_same_talk(window: Page, context: BrowserContext, chat: ChatPage) -> None:
    other = await open_chat(context, chat.url)
    await ask(window, "câu một")
    await expect(find_log(other)).to_contain_text("Đã nhận 7 ký tự: câu một")
    await ask(other, "câu hai")
    await expect(find_log(window)).to_contain_text("Đã nhận 7 ký tự: câu hai")
    await expect(find_log(other)).to_contain_text("Đã nhận 7 ký tự: câu hai")
    asked_and_answered = ["câu một", "Đã nhận 7 ký tự: câu một", "câu hai", "Đã nhận 7 ký tự: câu hai"]
    for one in (window, other):
        await expect(find_log(one).locator(".text")).to_have_text(asked_and_answered)


async def test_markup_is_shown_as_text_on_both_sides(window: Page) -> None:
    await ask(window, '<script>document.title = "x"</script><b>đậm</b>')
    await ask(window, "nguy hiểm")
    await expect(find_log(window)).to_contain_text('<img src=x onerror="document.title=1"> <b>đậm</b>')
    await expect(find_log(window)).to_contain_text('<script>document.title = "x"</script>')
    assert await find_log(window).locator("img, script, .text b, .source b").count() == 0
    assert [await link.get_attribute("href") for link in await find_log(window).get_by_role("link").all()] == [
        "https://example.org/a?b=1"
    ]
    await expect(window).to_have_title("tracuu – tra cứu dữ liệu mở")


async def test_ten_thousand_characters_are_shown_whole_and_answered(window: Page) -> None:
    await ask(window, "dài " * 2500)
    await expect(find_log(window)).to_contain_text("Đã nhận 4000 ký tự")
    assert len((await read_talk(window))[0]) > 9_990
    assert await read_overflow(window) <= 0


async def test_the_service_itself_answers_and_is_killed_without_loss_or_double(
    browser: Browser, tmp_path: Path
) -> None:
    with running(Serving(folder=tmp_path, store_url=f"sqlite:///{tmp_path}/tracuu.db")) as (service,):
        async with running_relay(service.url) as relay:
            context = await browser.new_context(**PHONE)
            window = await open_chat(context, relay.url)
            await ask(window, "dan so quang ngai")
            await expect(find_log(window)).to_contain_text("2.161.755 người")
            await expect(find_log(window)).to_contain_text("Nguồn:")
            await asyncio.to_thread(service.kill)
            await ask(window, "HD")
            await expect(find_log(window)).to_contain_text("chưa gửi được, đang thử lại")
            await asyncio.to_thread(service.start)
            relay.target = service.url
            await expect(find_log(window).get_by_role("article")).to_have_count(4)
            assert len(set(await read_talk(window))) == 4
            await context.close()
            assert await asyncio.to_thread(service.stop) == 0
