"""python-telegram-bot, as it is, is understood by the Bot API double and understands it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, ReplyParameters, Update
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.fault import Fault
from simulator.telegram.limits import Limits
from tests.support.telegram_client import picture

PUBLIC = "https://bot.example.vn"
SECRET = "the-Secret_of-1-test"  # noqa: S105 – it opens nothing
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Xem bảng", callback_data="table:1")]])


@pytest_asyncio.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with running_telegram(limits=Limits(per_chat_second=100)) as running:
        running.front(PUBLIC, "http://127.0.0.1:9")
        yield running


@pytest_asyncio.fixture
async def bot(double: TelegramDouble) -> AsyncIterator[Bot]:
    async with Bot(double.bot.token, base_url=f"{double.url}/bot") as running:
        yield running


async def updates(bot: Bot, offset: int = 0) -> list[Update]:
    return list(await bot.get_updates(offset=offset, timeout=0))


async def test_a_real_client_sends_edits_shows_and_answers(double: TelegramDouble, bot: Bot) -> None:
    person = double.person("Lan", username="lan_thu")
    await double.say(person, "/start dân số")
    [update] = await updates(bot)
    assert update.message is not None
    assert update.message.text == "/start dân số"
    assert [entity.type for entity in update.message.entities] == ["bot_command"]
    assert update.effective_user is not None
    assert update.effective_user.id == person.id > 2**32

    await bot.send_chat_action(person.id, ChatAction.TYPING)
    text = "<b>Dân số</b> &lt;2025&gt; &amp; <a href='https://example.vn/?a=1&amp;b=2'>nguồn</a> 😀 <i>ước</i>"
    message = await bot.send_message(
        person.id,
        text,
        parse_mode=ParseMode.HTML,
        reply_markup=BUTTONS,
        reply_parameters=ReplyParameters(update.message.message_id),
    )
    assert message.text == "Dân số <2025> & nguồn 😀 ước"
    assert [(message.parse_entity(entity), entity.url) for entity in message.entities] == [
        ("Dân số", None),
        ("nguồn", "https://example.vn/?a=1&b=2"),
        ("ước", None),
    ]
    assert message.reply_to_message is not None

    press = await double.press(person, double.last(person), "table:1")
    [update] = await updates(bot, update.update_id + 1)
    assert update.callback_query is not None
    assert update.callback_query.data == "table:1"
    assert double.unanswered == [press]
    assert await bot.answer_callback_query(update.callback_query.id, text="Đây")
    assert press.answer == {"text": "Đây", "show_alert": False, "url": ""}

    edited = await bot.edit_message_text("trang 2", chat_id=person.id, message_id=message.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    photo = await bot.send_photo(person.id, picture(64, 48, "JPEG"), caption="<b>Biểu đồ</b>", parse_mode="HTML")
    again = await bot.send_photo(person.id, photo.photo[-1].file_id)
    assert (again.photo[-1].width, again.photo[-1].height) == (64, 48)
    other = InputMediaPhoto(picture(80, 60), caption="trang 3")
    await bot.edit_message_media(other, person.id, again.message_id)
    await bot.set_my_commands([("tim", "Tìm số liệu"), ("trogiup", "Cách dùng")])
    assert [command.command for command in await bot.get_my_commands()] == ["tim", "trogiup"]

    assert [shown.text for shown in double.shown(person)] == ["trang 2", "Biểu đồ", "trang 3"]
    assert [action.action for action in double.actions] == ["typing"]
    assert double.violations == []


async def test_a_real_client_sets_and_reads_its_webhook(double: TelegramDouble, bot: Bot) -> None:
    await bot.set_webhook(f"{PUBLIC}/hooks", secret_token=SECRET, allowed_updates=["message", "callback_query"])
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (f"{PUBLIC}/hooks", 0, 40)
    assert info.allowed_updates == ("message", "callback_query")
    with pytest.raises(Conflict):
        await bot.get_updates()
    await bot.delete_webhook(drop_pending_updates=True)
    assert await updates(bot) == []
    assert [violation.rule for violation in double.violations] == ["T30"]


async def test_every_kind_of_update_can_be_read_by_the_library(double: TelegramDouble, bot: Bot) -> None:
    person, group = double.person("Lan"), double.group("Tổ trực")
    channel, small = double.group("Kênh tin", kind="channel"), double.group("Nhóm nhỏ", kind="group")
    for kind in ("photo", "sticker", "location", "document", "voice", "contact"):
        await double.attach(person, kind, caption="chú thích" if kind == "photo" else "")
    await double.edit(double.last(person), "sửa")
    await double.say(person, "/trangthai@tracuu_bot 12", chat=group)
    await double.say(None, "tin mới", chat=channel)
    await double.block(person)
    await double.unblock(person)
    await double.leave(group, person)
    await double.join(group, person)
    await double.join(channel, person)
    await double.upgrade(small, person)

    read = await updates(bot)

    assert [update.update_id for update in read] == list(range(read[0].update_id, read[0].update_id + len(read)))
    assert read[0].message is not None
    assert read[0].message.caption == "chú thích"
    assert read[6].edited_message is not None
    assert read[7].effective_chat is not None
    assert read[7].effective_chat.type == ChatType.SUPERGROUP
    assert read[7].effective_chat.id < -1_000_000_000_000
    assert read[8].channel_post is not None
    changes = [update.my_chat_member for update in read if update.my_chat_member]
    assert [(change.old_chat_member.status, change.new_chat_member.status) for change in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
        ("member", "kicked"),
        ("left", "member"),
        ("left", "administrator"),
    ]
    assert read[-1].message is not None
    assert read[-1].message.migrate_from_chat_id == small.id


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")  # retry_after will be a timedelta
async def test_a_real_client_understands_each_refusal(double: TelegramDouble, bot: Bot) -> None:
    person, small = double.person(), double.group("Nhóm nhỏ", kind="group")
    double.acquaint(person)
    await double.upgrade(small, person)
    double.plan(
        Fault(retry_after=7), Fault(status=502), Fault(status=504), Fault(reset=True), Fault(reset=True, taken=True)
    )

    with pytest.raises(RetryAfter) as waits:
        await bot.send_message(small.id, "chào")
    assert waits.value.retry_after == 7
    for _ in range(4):
        with pytest.raises(NetworkError):
            await bot.send_message(person.id, "chào")
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(small.id, "chào")
    assert moved.value.new_chat_id == small.moved_to
    await double.block(person)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(person.id, "chào")
    with pytest.raises(BadRequest, match="unsupported start tag"):
        await bot.send_message(person.id, "<tỉnh>", parse_mode="HTML")
    with pytest.raises(InvalidToken):
        async with Bot(f"{double.bot.token}x", base_url=f"{double.url}/bot"):
            pass
    assert len(double.shown(person)) == 1, "the last of the lost answers was to a message that was taken"
