"""The simulator in a real browser: phones on every channel play with the running service, and providers fail."""

import re

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.support.browser import PHONE, read_contrasts, read_overflow
from tests.support.simulated import (
    Simulated,
    add_phone,
    answers,
    card,
    last,
    open_stage,
    phone_of,
    write,
)

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="module")]
QUESTION, FIGURE, MENU = "dan so quang ngai", "2.161.755", "xa an phu thuoc tinh nao"
AWAY = 30_000
"""How long, in ms, the service may wait before it tries a provider again that was away."""


async def test_a_question_is_answered_on_every_phone_as_that_phone_shows_it(page: Page):
    sms, zalo = await add_phone(page, "SMS", "Lan"), await add_phone(page, "Zalo", "Lan và mẹ")
    telegram, stranger = await add_phone(page, "Telegram", "Minh"), await add_phone(page, "Zalo Bot", "Người lạ")
    await expect(zalo).to_contain_text("Chưa từng nhắn")
    for phone in (sms, zalo, telegram, stranger):
        await write(phone, QUESTION)
    await expect(last(sms)).to_contain_text(re.compile(rf"{FIGURE}.*1 phần · GSM-7 · 300 đ · đã đến máy", re.DOTALL))
    await expect(sms.locator(".mine")).to_contain_text(re.compile("DL dan so .*1.500 đ · dịch vụ đã nhận", re.DOTALL))
    await expect(sms).to_contain_text("Người dân trả 1.500 đ · cơ quan trả 300 đ")
    await expect(last(zalo)).to_contain_text(re.compile(rf"{FIGURE}.*miễn phí .* đã đến máy", re.DOTALL))
    await expect(zalo).to_contain_text("Gửi miễn phí: còn 48 giờ")
    await expect(last(telegram)).to_contain_text(FIGURE)
    await expect(last(stranger)).to_contain_text("KÍCH HOẠT")
    await stranger.get_by_role("button", name="Kích hoạt bằng mã mời").click()
    await expect(last(stranger)).to_contain_text("Đã kích hoạt")
    await expect(stranger.get_by_role("button", name="Kích hoạt")).to_have_count(0)
    await write(stranger, QUESTION)
    await expect(last(stranger)).to_contain_text(FIGURE)


async def test_a_choice_is_made_by_number_or_by_button(page: Page):
    sms, zalo = await add_phone(page, "SMS", "Hoa"), await add_phone(page, "Zalo", "Hoa Zalo")
    telegram = await add_phone(page, "Telegram", "Hoa Telegram")
    for phone in (sms, zalo, telegram):
        await write(phone, MENU)
        await expect(answers(phone)).to_have_count(1)
    for phone in (sms, zalo):
        await write(phone, "1")
        await expect(last(phone)).to_contain_text(re.compile("An Ph[uú].*Qu[aả]ng Ng[aã]i", re.DOTALL))
        await expect(phone.get_by_role("group", name="Nút trả lời")).to_have_count(0)
    await telegram.get_by_role("button", name="Xã An Phú, tỉnh An Giang").click()
    await expect(answers(telegram)).to_have_count(2)
    await expect(last(telegram)).to_contain_text("An Giang")


async def test_a_page_of_a_list_changes_where_it_stands_and_a_chart_is_a_picture(page: Page):
    phone = await add_phone(page, "Telegram", "Bình")
    await write(phone, "danh mục")
    await expect(answers(phone)).to_have_count(1)
    await phone.get_by_role("button", name="Xem tiếp").click()
    await expect(answers(phone)).to_contain_text("đã sửa")
    await expect(answers(phone)).to_have_count(1)
    await write(phone, "dân số Quảng Ngãi")
    await phone.get_by_role("button", name="Biểu đồ").click()
    picture = phone.get_by_role("img", name="Biểu đồ kèm tin nhắn")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("async (one) => { await one.decode(); return one.naturalWidth }") > 100


async def test_a_long_text_shows_its_parts_and_the_page_sets_what_they_cost(page: Page):
    phone = await add_phone(page, "SMS", "Dài")
    await page.locator("#price-into").fill("500")
    await page.locator("#price-into").press("Tab")
    await write(phone, "số liệu về thu ngân sách của tỉnh Quảng Ngãi trong những năm gần đây là bao nhiêu vậy")
    await expect(phone.locator(".mine")).to_contain_text(re.compile("phần 1/2.*2 phần · UCS-2 · 1.000 đ", re.DOTALL))
    await page.locator("#price-into").fill("1500")
    await page.locator("#price-into").press("Tab")
    await expect(phone.locator(".mine")).to_contain_text("2 phần · UCS-2 · 3.000 đ")


async def test_what_a_provider_that_is_down_does_not_take_arrives_once_it_is_up(page: Page):
    phone = await add_phone(page, "SMS", "Chờ")
    await card(page, "sms").get_by_label("Ngừng hoạt động").check()
    await expect(card(page, "sms")).to_contain_text("có sự cố")
    await write(phone, QUESTION)
    await expect(phone.locator(".mine")).to_contain_text("dịch vụ đã nhận")
    await expect(answers(phone)).to_have_count(0)
    await card(page, "sms").get_by_label("Ngừng hoạt động").uncheck()
    await expect(answers(phone)).to_contain_text(FIGURE, timeout=AWAY)


async def test_too_many_requests_and_slow_answers_delay_and_double_nothing(page: Page):
    telegram, zalo = await add_phone(page, "Telegram", "Bận"), await add_phone(page, "Zalo", "Chậm")
    await card(page, "telegram").get_by_label("quá nhiều yêu cầu").check()
    await card(page, "zalo").get_by_label("Tốc độ trả lời").select_option("1")
    await write(telegram, QUESTION)
    await write(zalo, QUESTION)
    await expect(page.locator("#log")).to_contain_text("429 Too Many Requests: retry after 3")
    await card(page, "telegram").get_by_label("quá nhiều yêu cầu").uncheck()
    await expect(answers(zalo)).to_contain_text(FIGURE)
    await expect(answers(telegram)).to_contain_text(FIGURE, timeout=AWAY)
    await expect(answers(telegram)).to_have_count(1)
    await expect(answers(zalo)).to_have_count(1)


async def test_a_lost_receipt_is_shown_and_one_that_comes_twice_or_too_late_changes_nothing(page: Page):
    sms, zalo = await add_phone(page, "SMS", "Mất"), await add_phone(page, "Zalo", "Mất Zalo")
    for line in ("sms", "zalo"):
        await card(page, line).get_by_label("Báo nhận").select_option(label="bị mất")
    for phone in (sms, zalo):
        await write(phone, QUESTION)
        await expect(last(phone)).to_contain_text("đã gửi, báo nhận bị mất")
    for fate in ("đến hai lần", "ngược thứ tự"):
        for line in ("sms", "zalo"):
            await card(page, line).get_by_label("Báo nhận").select_option(label=fate)
        for phone in (sms, zalo):
            seen = await answers(phone).count()
            await write(phone, QUESTION)
            await expect(answers(phone)).to_have_count(seen + 1)
            await expect(last(phone)).to_contain_text("đã đến máy")


async def test_who_follows_reads_and_falls_out_of_the_window_is_shown_so(page: Page):
    phone = await add_phone(page, "Zalo", "Quan tâm")
    await phone.get_by_role("button", name="Quan tâm", exact=True).click()
    await expect(phone).to_contain_text("Đang quan tâm")
    await write(phone, QUESTION)
    await expect(last(phone)).to_contain_text(FIGURE)
    await phone.get_by_role("button", name="Xem tin").click()
    await expect(last(phone)).to_contain_text("đã xem")
    await phone.get_by_role("button", name="Nhắn 49 giờ trước").click()
    await expect(phone).to_contain_text("Gửi có phí: còn 119 giờ")
    await phone.get_by_role("button", name="Nhắn 7 ngày trước").click()
    await expect(phone).to_contain_text("Hết cửa sổ 7 ngày")


async def test_two_windows_show_the_same_and_a_reload_keeps_it(
    page: Page, visitor: BrowserContext, simulated: Simulated
):
    other = await open_stage(await visitor.new_page(), simulated.url)
    await write(await add_phone(page, "Telegram", "Đôi"), QUESTION)
    await expect(answers(phone_of(other, "Đôi"))).to_contain_text(FIGURE)
    await card(other, "zalo").get_by_label("Tốc độ trả lời").select_option("1")
    await expect(card(page, "zalo").get_by_label("Tốc độ trả lời")).to_have_value("1")
    await page.reload()
    await expect(answers(phone_of(page, "Đôi"))).to_contain_text(FIGURE)
    await phone_of(other, "Đôi").get_by_role("button", name="Cất điện thoại").click()
    await expect(phone_of(page, "Đôi")).to_have_count(0)
    await other.close()


async def test_markup_long_texts_and_emoji_are_shown_as_they_were_typed(page: Page):
    hostile = '<script>document.title="x"</script><img src=x onerror="document.title=1"> &amp; \u202e👩‍👩‍👧'
    for line in ("SMS", "Zalo", "Telegram", "Zalo Bot"):
        phone = await add_phone(page, line, f'<b>"{line}"</b>')
        await write(phone, hostile)
        await expect(phone.locator(".mine .text").first).to_contain_text('<script>document.title="x"</script>')
        await write(phone, "dài 😀 " * 700)
        await expect(phone.locator(".mine")).to_have_count(3 if line == "Telegram" else 2)
        await expect(answers(phone).nth(0)).to_be_visible()
        assert await phone.locator(".text script, .text img, .text b, h2 b").count() == 0
    await write(await add_phone(page, "SMS", "Quá dài"), "ngắn " * 5_000)
    await expect(phone_of(page, "Quá dài")).to_contain_text("Không gửi được từ điện thoại này.")
    await expect(page).to_have_title("tracuu – mô phỏng các kênh")
    assert await read_overflow(page) <= 0


async def test_whoever_goes_on_to_another_phone_is_left_there(page: Page):
    first, second = await add_phone(page, "SMS", "Trước"), await add_phone(page, "Telegram", "Sau")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    await page.route("**/say", hold)
    await write(first, QUESTION)
    await second.get_by_role("textbox").focus()
    while not held:
        await page.wait_for_timeout(10)
    async with page.expect_response("**/say"):
        await held[0].continue_()
    await expect(first.get_by_role("textbox")).to_have_value("")
    await expect(second.get_by_role("textbox")).to_be_focused()


async def test_the_page_is_used_by_keyboard_alone(page: Page):
    await page.locator("#add-line").focus()
    await page.keyboard.type("Telegram")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Bàn phím")
    await page.keyboard.press("Enter")
    phone = phone_of(page, "Bàn phím")
    await expect(phone).to_be_visible()
    for _ in ("channel", "send", "field"):
        await page.keyboard.press("Shift+Tab")
    await expect(phone.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type(MENU)
    await page.keyboard.press("Enter")
    await expect(answers(phone)).to_have_count(1)
    await expect(phone.get_by_role("textbox")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(phone.get_by_role("button", name="Xã An Phú, tỉnh An Giang")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(answers(phone)).to_have_count(2)


async def test_the_page_speaks_english_and_is_legible(page: Page):
    phone = await add_phone(page, "Telegram", "Chặn")
    await phone.get_by_role("button", name="Chặn bot").click()
    await expect(phone).to_contain_text("Đã chặn bot")
    await write(phone, QUESTION)
    await expect(phone.get_by_role("status")).to_have_text("Không gửi được từ điện thoại này.")
    await page.get_by_role("button", name="English").click()
    await expect(phone.get_by_role("status")).to_have_text("This cannot be sent from this phone.")
    await expect(page.get_by_role("heading", name="Providers")).to_be_visible()
    await expect(page.locator("#service")).to_have_text("The service is running")
    await expect(page).to_have_title("tracuu – channel simulator")
    await page.reload()
    await expect(page.get_by_role("button", name="Kill")).to_be_visible()
    faint = [found for found in await read_contrasts(page) if found[1] < 4.5]
    await page.get_by_role("button", name="Tiếng Việt").click()
    assert faint == []


async def test_on_a_phone_one_phone_is_shown_and_nothing_is_wider_than_the_screen(
    browser: Browser, simulated: Simulated
):
    context = await browser.new_context(**PHONE)
    page = await open_stage(await context.new_page(), simulated.url)
    await expect(page.locator(".phone:visible")).to_have_count(1)
    await page.get_by_label("Điện thoại đang xem").select_option(label="+ Thêm điện thoại")
    phone = await add_phone(page, "Zalo", "Trên tay")
    await expect(phone).to_be_visible()
    await expect(phone.get_by_role("textbox")).to_be_focused()
    await write(phone, "https://example.org/" + "dài" * 200)
    await expect(answers(phone)).to_have_count(1)
    for view in ("Nhà cung cấp", "Nhật ký", "Điện thoại"):
        assert await read_overflow(page) <= 0
        await page.get_by_role("button", name=view, exact=True).click()
    await context.close()


async def test_what_was_taken_or_written_before_the_service_was_back_is_answered_once(page: Page):
    phones = {line: await add_phone(page, line, f"Sống lại {line}") for line in ("SMS", "Telegram")}
    for line in phones:
        await card(page, line.lower()).get_by_label("Ngừng hoạt động").check()
    for phone in phones.values():
        await write(phone, QUESTION)
        await expect(phone.locator(".mine")).to_contain_text("dịch vụ đã nhận")
    await page.get_by_role("button", name="Ngắt đột ngột").click()
    await expect(page.locator("#service")).to_have_text("Dịch vụ đã dừng")
    await page.locator("#calm").click()
    for phone in phones.values():
        await write(phone, MENU)
        await expect(phone.locator(".mine").nth(1)).to_contain_text("chờ dịch vụ nhận")
    await page.get_by_role("button", name="Khởi động").click()
    await expect(page.locator("#service")).to_have_text("Dịch vụ đang chạy", timeout=AWAY)
    for phone in phones.values():
        await expect(answers(phone)).to_have_count(2, timeout=AWAY)
        await expect(answers(phone).filter(has_text=FIGURE)).to_have_count(1)


async def test_a_call_that_is_taken_but_not_answered_is_not_sent_twice(page: Page):
    phone, telegram = await add_phone(page, "SMS", "Im lặng"), await add_phone(page, "Telegram", "Không hay biết")
    for line in ("sms", "telegram"):
        await card(page, line).get_by_label("Nhận tin nhưng không trả lời").check()
    await write(telegram, QUESTION)
    await expect(answers(telegram).first).to_contain_text("đã gửi, dịch vụ chưa được báo")
    await card(page, "telegram").get_by_label("Nhận tin nhưng không trả lời").uncheck()
    await write(phone, QUESTION)
    await expect(last(phone)).to_contain_text("đã đến máy")
    await expect(page.locator("#log")).to_contain_text("202 0: Accepted for delivery – dịch vụ chưa được báo")
    await card(page, "sms").get_by_label("Nhận tin nhưng không trả lời").uncheck()
    await write(phone, MENU)
    await expect(answers(phone)).to_have_count(2, timeout=AWAY)
    await expect(answers(phone).filter(has_text=FIGURE)).to_have_count(1)


async def test_nothing_that_people_wrote_and_no_token_is_in_a_log_and_ctrl_c_ends_all(
    visitor: BrowserContext, simulated: Simulated
):
    page = await open_stage(await visitor.new_page(), simulated.url)
    settings = (simulated.folder / "tracuu.toml").read_text(encoding="utf-8")
    secrets = re.findall(r'(?:token|secret|password|oa_secret|app_secret) = "([^"]+)"', settings)
    shown = await page.locator("#log").inner_text()
    said = (simulated.folder / "service.log").read_text(encoding="utf-8")
    assert len(secrets) >= 6
    assert [one for one in (*secrets, QUESTION, "84912000001") if one in shown + said] == []
    assert await page.locator('#log [data-way="rule"]').count() == 0
    assert simulated.end() == 0
    await expect(page.locator("#connection")).to_contain_text("Mất kết nối")
