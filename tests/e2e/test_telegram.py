"""People on Telegram and the real service: questions, buttons, pages, charts, groups; nothing is refused, nothing leaks."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.core.messages import Address
from bot.store.channel_tables import long_choices
from bot.store.engine import Store
from bot.store.standing import read_standing
from bot.store.tables import inbox, outbox, tickets
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.fault import Fault
from simulator.telegram.world import Chat, Message
from tests.support.bots import SECONDS, Office, hook, labels, telegram_table, until
from tests.support.crowd import count, until_sent
from tests.support.serving import running

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
QUESTION, FIGURE = "dân số Quảng Ngãi", "2.161.755"
DESK, ELSEWHERE = "Bàn trực", "Nhóm khác"


@pytest_asyncio.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with running_telegram(bots=2) as running_double:
        yield running_double


@pytest.fixture
def desk(double: TelegramDouble) -> Chat:
    return double.group(DESK, bots=[double.bot])


@pytest_asyncio.fixture
async def office(double: TelegramDouble, desk: Chat, tmp_path: Path, engine_url: str) -> AsyncIterator[Office]:
    """A service with two bots: ``main`` by webhook, with a desk; ``second`` fetches."""
    tables = (
        telegram_table(double, more=f'desks = ["{desk.id}"]'),
        telegram_table(double, bot=double.bots[1], name="second", mode="polling"),
    )
    made = Office(double=double, folder=tmp_path, store_url=engine_url, tables=tables)
    service = made.serving()
    with running(service):
        hook(double, service)
        yield made
        assert await asyncio.to_thread(service.stop) == 0
    made.check()


async def test_a_question_is_answered_and_the_person_sees_that_an_answer_is_coming(
    office: Office, double: TelegramDouble, engine: str
) -> None:
    person = double.person()
    answer = await office.ask(person, QUESTION)
    assert FIGURE in answer.text
    assert "Mã " in answer.text
    assert [(action.chat_id, action.action) for action in double.actions] == [(person.id, "typing")]
    await double.settled()
    assert double.refusals == []


async def test_a_button_under_an_answer_gives_the_next_one_and_stops_spinning(
    office: Office, double: TelegramDouble, engine: str
) -> None:
    person = double.person()
    menu = await office.ask(person, "xã An Phú thuộc tỉnh nào")
    assert len(menu.buttons) >= 2
    before = len(double.shown(person))
    await office.press(person, menu, labels(menu)[0])
    await until(lambda: len(double.shown(person)) > before)
    assert "An Phú" in double.shown(person)[-1].text
    assert double.unanswered == []
    assert all(len(button.get("callback_data", "").encode()) <= 64 for button in menu.buttons)
    assert double.refusals == []


def seen(message: Message) -> tuple[str, list[str]]:
    """What a person sees of ``message`` now."""
    return message.text, labels(message)


async def test_turning_a_page_changes_the_message_that_it_stands_in(
    office: Office, double: TelegramDouble, engine: str
) -> None:
    person = double.person()
    page = await office.ask(person, "danh mục")
    first = seen(page)
    await office.press(person, page, "Xem tiếp")
    await until(lambda: seen(page) != first)
    second = seen(page)
    assert "Tài chính" in " ".join(second[1])
    await office.press(person, page, second[1][-1])
    await until(lambda: seen(page) != second)
    assert double.shown(person) == [page], "nothing new stands in the chat"
    listed = await office.ask(person, "an giang co bao nhieu xa")
    assert "102" in listed.text
    assert double.refusals == []


COMPLAINT = "đường trước nhà tôi bị hỏng <nặng> & ngập nước, đã nhiều lần báo xã mà chưa ai sửa, xin xem giúp sớm"


async def test_a_button_means_what_stands_on_it_however_long_its_value_is(
    office: Office, double: TelegramDouble, store: Store, engine: str
) -> None:
    person = double.person()
    answer = await office.ask(person, COMPLAINT)
    assert await count(store, select(func.count()).select_from(long_choices)) > 0, "its value fits under no button"
    before = len(double.shown(person))
    await office.press(person, answer, labels(answer)[0])
    await until(lambda: len(double.shown(person)) > before)
    await until_sent(store, seconds=SECONDS)
    async with store.read() as connection:
        texts = (await connection.execute(select(tickets.c.text))).scalars().all()
    assert [text for text in texts if text.startswith("đường trước nhà tôi")] == list(texts)
    assert len(texts) == 1
    assert double.refusals == []


async def test_a_chart_arrives_as_a_picture_with_its_words(office: Office, double: TelegramDouble, engine: str) -> None:
    person = double.person()
    await office.ask(person, "thu ngân sách An Giang")
    answer = await office.ask(person, "biểu đồ")
    assert answer.content.get("photo"), answer.text
    assert "3.669.000" in answer.text
    assert "upload_photo" in {action.action for action in double.actions}
    assert double.refusals == []


HOSTILE = (
    "_ * [ ] < > & dân số",
    "<b>dân số</b> Quảng Ngãi & <script>alert(1)</script>",
    "*dân số* _Quảng Ngãi_ [x](tg://user?id=1) `code` ||ẩn||",
    "&lt;dân số&gt; &amp; &#60; &bogus; </b>",
    "GÓP Ý <a href='http://x'>&</a> _*[]()~`>#+-=|{}.!",
    "ĐỀ NGHỊ DỮ LIỆU <giá & thuế> [ _ * ]",
    "👩‍👩‍👧‍👦" * 300,
    "e\u0301" * 500 + "\u200b\u202e",
    "/start <x>",
    "<" * 4000,
)


async def test_whatever_people_write_no_answer_is_refused(office: Office, double: TelegramDouble, engine: str) -> None:
    people = [double.person(f"<b>{number}</b> & co") for number in range(len(HOSTILE))]
    answers = await asyncio.gather(*(office.ask(person, text) for person, text in zip(people, HOSTILE, strict=True)))
    assert all(answer.text for answer in answers)
    assert double.refusals == []


async def test_what_is_sent_besides_words_gets_a_helpful_answer(
    office: Office, double: TelegramDouble, engine: str
) -> None:
    for kind in ("photo", "sticker", "location", "voice", "document", "contact"):
        person = double.person()
        await double.attach(person, kind)
        (answer,) = await double.until(1, person, seconds=SECONDS)
        assert answer.text
    assert double.refusals == []


async def until_reached(store: Store, person: int, *, reached: bool) -> None:
    """Wait until that is what is known of ``person``."""
    key = store.vault.person(Address(channel="telegram", account="main", user=str(person)))
    async with asyncio.timeout(SECONDS):
        while ((await read_standing(store, key)).unreachable_at is None) is not reached:
            await asyncio.sleep(0.05)


async def test_who_blocks_the_bot_is_left_in_peace_until_they_come_back(
    office: Office, double: TelegramDouble, store: Store, engine: str
) -> None:
    person = double.person()
    await office.ask(person, QUESTION)
    double.acquaint(person).closed[double.bot.id] = "bot was blocked by the user"  # before anybody is told
    await office.say(person, "diện tích Quảng Ngãi")
    await until_reached(store, person.id, reached=False)
    await double.unblock(person)
    assert FIGURE in (await office.ask(person, QUESTION)).text
    await until_reached(store, person.id, reached=True)
    # what was asked, and that an answer is coming, met the same closed door: one knock more than could be known
    double.violations[:] = [one for one in double.violations if one.rule != "T55"]
    await double.block(person)
    await until_reached(store, person.id, reached=False)
    await double.unblock(person)
    assert FIGURE in (await office.ask(person, QUESTION)).text
    await until_reached(store, person.id, reached=True)


async def test_a_chat_that_must_wait_holds_up_nobody_else(office: Office, double: TelegramDouble, engine: str) -> None:
    slow, others = double.person(), [double.person() for _ in range(5)]
    double.acquaint(slow)
    double.plan(Fault(method="sendMessage", chat_id=slow.id, retry_after=4))
    await office.say(slow, QUESTION)
    await double.wait_for(lambda: bool(double.refusals))
    asked_at = double.now()
    await asyncio.gather(*(office.ask(person, QUESTION) for person in others))
    assert double.shown(slow) == [], "nobody waited for the one who has to wait"
    (answer,) = await double.until(1, slow, seconds=SECONDS)
    assert FIGURE in answer.text
    sent = next(sent for sent in double.sent if sent.chat_id == slow.id)
    assert sent.at - asked_at >= 3.5
    assert len(double.refusals) == 1


async def test_two_bots_answer_at_once_each_its_own_people(office: Office, double: TelegramDouble, engine: str) -> None:
    person = double.person()
    answers = await asyncio.gather(
        *(office.ask(person, QUESTION, bot=bot) for bot in double.bots),
        *(office.ask(double.person(), QUESTION, bot=bot) for bot in double.bots),
    )
    assert all(FIGURE in answer.text for answer in answers)
    for bot in double.bots:
        assert len(double.shown(person, bot=bot)) == 1
    assert double.refusals == []


async def test_pressed_buttons_of_a_bot_that_fetches_stop_spinning(
    office: Office, double: TelegramDouble, engine: str
) -> None:
    bot, person = double.bots[1], double.person()
    menu = await office.ask(person, "xã An Phú thuộc tỉnh nào", bot=bot)
    await office.press(person, menu, labels(menu)[0], bot=bot)
    await until(lambda: len(double.shown(person, bot=bot)) == 2)
    assert double.refusals == []


async def test_a_desk_is_heard_when_it_means_the_bot_and_no_other_group_ever(
    office: Office, double: TelegramDouble, desk: Chat, store: Store, engine: str
) -> None:
    name, officer = double.bot.username, double.person("Cán bộ đầu mối 01")
    other = double.group(ELSEWHERE, bots=[double.bot])
    await double.join(other, officer, bot=double.bot)
    for text in (f"/start@{name}", f"@{name} {QUESTION}", f"{QUESTION} @{name}", f"/help@{name}"):
        await office.say(officer, text, chat=other)
    assert FIGURE in (await office.ask(officer, f"@{name} {QUESTION}", chat=desk)).text
    assert FIGURE in (await office.ask(officer, f"/{'dan_so'}@{name} Quảng Ngãi", chat=desk)).text
    menu = await office.ask(officer, f"@{name} xã An Phú thuộc tỉnh nào", chat=desk)
    before = len(double.shown(desk))
    await office.press(officer, menu, labels(menu)[0])
    await until(lambda: len(double.shown(desk)) > before)
    assert await office.say(officer, "chuyện riêng của chúng tôi", chat=desk) is None, "privacy mode"
    assert double.shown(other) == []
    assert {action.chat_id for action in double.actions} == {desk.id}
    assert double.shown(officer) == [], "what is asked in the group is answered in the group"
    await double.settled()
    await until_sent(store, seconds=SECONDS)
    assert await count(store, select(func.count()).select_from(inbox)) == 4
    assert await count(store, select(func.count()).select_from(outbox)) == 4
    assert double.refusals == []


async def test_an_update_whose_answer_was_lost_comes_again_and_is_answered_once(
    office: Office, double: TelegramDouble, engine: str
) -> None:
    person = double.person()
    double.mishear(2)
    assert FIGURE in (await office.ask(person, QUESTION)).text
    await double.settled(seconds=SECONDS)
    other = await office.ask(person, "diện tích Quảng Ngãi")
    assert [message.id for message in double.shown(person)][-1] == other.id
    assert len(double.shown(person)) == 2
    assert double.refusals == []
