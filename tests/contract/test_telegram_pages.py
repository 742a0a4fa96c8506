"""Turning pages in place, pictures, buttons whose value is too long – before a strict Bot API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
import pytest_asyncio

from bot.core.errors import StoreUnavailableError
from bot.core.messages import Choice, Picture
from bot.store import long_choices
from bot.store.engine import Store
from bot.store.tables import long_choices as long_choices_table
from bot.store.tables import uploads as uploads_table
from gateway.channel import Part, Wire
from gateway.drawer import DrawingError
from gateway.errors import OptedOutError, OutcomeUnknownError, SendError
from gateway.telegram import calls
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.fault import Fault
from simulator.telegram.limits import Limits
from simulator.telegram.world import Person
from tests.support.engines import SQLITE_ONLY
from tests.support.rows import NOW, rows
from tests.support.telegram import account_of, address_of, png, send

pytestmark = SQLITE_ONLY
ROOMY = Limits(per_chat_second=1000, per_group_minute=1000)
FIRST = Part(text="Trang 1", choices=(Choice(label="Trang tiếp", value="rows:next:a:1::q"),))
SECOND = Part(text="Trang 2", choices=(Choice(label="Trang trước", value="rows:back:a:0::q"),))
CHART = Part(
    text="Dân số các tỉnh <năm 2025>",
    image=Picture(reference="7KQ2M-0", text="Biểu đồ"),
    choices=(Choice(label="Xem số liệu", value="dataset:a"),),
)
LONG = "lookup:" + "dân số xã Tịnh Khê " * 5


@pytest_asyncio.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with running_telegram(limits=ROOMY, bots=2) as running:
        yield running


@pytest_asyncio.fixture
async def wire(store: Store) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        yield Wire(store=store, session=session, clock=lambda: NOW, picture=drawn(png()))


@pytest.fixture
def anna(double: TelegramDouble) -> Person:
    person = double.person("Anna")
    for bot in double.bots:
        double.acquaint(person, bot=bot)
    return person


def drawn(body: bytes | None) -> Callable[[str], Awaitable[bytes | None]]:
    async def picture(_reference: str) -> bytes | None:
        return body

    return picture


async def test_another_page_takes_the_place_of_the_page_before(
    double: TelegramDouble, wire: Wire, anna: Person
) -> None:
    account = account_of(double)
    number = await send(FIRST, anna, account, wire)
    for page in (SECOND, FIRST, SECOND):
        assert await send(replace(page, replaces=number), anna, account, wire) == number
    (shown,) = double.shown(anna)
    assert (shown.text, [button["text"] for button in shown.buttons]) == ("Trang 2", ["Trang trước"])
    await send(Part(text="Hết", replaces=number), anna, account, wire)
    assert double.shown(anna)[0].buttons == []
    assert double.violations == []


async def test_a_page_that_stands_there_already_counts_as_sent(
    double: TelegramDouble, wire: Wire, anna: Person
) -> None:
    number = await send(FIRST, anna, account_of(double), wire)
    assert await send(replace(FIRST, replaces=number), anna, account_of(double), wire) == number
    assert len(double.shown(anna)) == 1


async def test_a_page_whose_answer_was_lost_is_not_sent_twice(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    number = await send(FIRST, anna, account_of(double), wire)
    double.plan(Fault(method="editMessageText", reset=True, taken=True))
    with pytest.raises(OutcomeUnknownError):
        await send(replace(SECOND, replaces=number), anna, account_of(double), wire)
    assert await send(replace(SECOND, replaces=number), anna, account_of(double), wire) == number
    assert [message.text for message in double.shown(anna)] == ["Trang 2"]


@pytest.mark.parametrize("gone", ["deleted", "a picture", "somebody else's", "never there", "no number"])
async def test_a_page_that_cannot_be_changed_is_followed_by_a_new_one(
    double: TelegramDouble, wire: Wire, anna: Person, gone: str
) -> None:
    account = account_of(double)
    number = await send(CHART if gone == "a picture" else FIRST, anna, account, wire)
    if gone == "deleted":
        double.last(anna).deleted = True
    if gone == "somebody else's":
        await double.say(anna, "dân số")
        number = str(double.last(anna).id)
    number = {"never there": "999", "no number": "x"}.get(gone, number)
    new = await send(replace(SECOND, replaces=number), anna, account, wire)
    assert new != number
    assert double.last(anna).text == "Trang 2"
    assert str(double.last(anna).id) == new


async def test_whoever_blocked_us_meanwhile_gets_no_page(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    number = await send(FIRST, anna, account_of(double), wire)
    await double.block(anna)
    with pytest.raises(OptedOutError):
        await send(replace(SECOND, replaces=number), anna, account_of(double), wire)
    assert double.calls.count("sendmessage") == 1


async def test_a_chart_is_uploaded_once_and_shown_with_its_words(
    double: TelegramDouble, wire: Wire, anna: Person, store: Store
) -> None:
    account = account_of(double)
    numbers = [await send(CHART, anna, account, wire) for _ in range(3)]
    shown = double.shown(anna)
    assert [str(message.id) for message in shown] == numbers
    assert {(message.text, len(message.buttons)) for message in shown} == {(CHART.text, 1)}
    assert len({message.content["photo"][0]["file_id"] for message in shown}) == 1
    assert [action.action for action in double.actions] == ["upload_photo"]
    assert len(double.state.pictures) == 1
    assert double.refusals == double.violations == []
    ((until,),) = await rows(store, uploads_table, "until")
    assert until == NOW + calls.KEEP_UPLOADS


async def test_each_bot_uploads_for_itself(double: TelegramDouble, wire: Wire, anna: Person) -> None:
    for bot in double.bots:
        await send(CHART, anna, account_of(double, bot), wire)
    assert len(double.state.pictures) == 2
    assert double.refusals == []


async def test_a_picture_that_telegram_has_forgotten_is_uploaded_again(
    double: TelegramDouble, wire: Wire, anna: Person
) -> None:
    await send(CHART, anna, account_of(double), wire)
    double.state.pictures.clear()
    for _ in range(2):
        await send(CHART, anna, account_of(double), wire)
    assert ["photo" in message.content for message in double.shown(anna)] == [True] * 3
    assert len(double.state.pictures) == 1


async def unavailable(_reference: str) -> bytes:
    raise StoreUnavailableError("away")


async def undrawable(_reference: str) -> bytes:
    raise DrawingError("too many charts are being drawn")


WITHOUT: dict[str, Callable[[str], Awaitable[bytes | None]]] = {
    "there is none": drawn(None),
    "the database is away": unavailable,
    "it cannot be drawn now": undrawable,
    "telegram cannot read it": drawn(b"no picture"),
    "telegram does not take its shape": drawn(png(2100, 100)),
}


@pytest.mark.parametrize("picture", WITHOUT.values(), ids=WITHOUT)
async def test_without_its_picture_an_answer_is_sent_as_words(
    double: TelegramDouble, wire: Wire, anna: Person, picture: Callable[[str], Awaitable[bytes | None]]
) -> None:
    number = await send(CHART, anna, account_of(double), replace(wire, picture=picture))
    (shown,) = double.shown(anna)
    assert (str(shown.id), shown.text, len(shown.buttons)) == (number, CHART.text, 1)
    assert "photo" not in shown.content


async def test_words_that_are_too_many_for_a_picture_stand_alone_and_whole(
    double: TelegramDouble, wire: Wire, anna: Person
) -> None:
    await send(replace(CHART, text="a" * 1500), anna, account_of(double), wire)
    (shown,) = double.shown(anna)
    assert ("photo" in shown.content, len(shown.text)) == (False, 1500)
    assert double.actions == []


@pytest.mark.parametrize("fault", [Fault(reset=True), Fault(reset=True, taken=True), Fault(status=502)])
async def test_a_picture_that_may_have_been_sent_is_not_followed_by_its_words(
    double: TelegramDouble, wire: Wire, anna: Person, fault: Fault
) -> None:
    double.plan(replace(fault, method="sendPhoto"))
    with pytest.raises(SendError):
        await send(CHART, anna, account_of(double), wire)
    assert len(double.shown(anna)) == int(fault.taken)


@pytest.mark.parametrize("fault", [Fault(reset=True), Fault(status=502), Fault(hang=30)])
async def test_a_notice_of_what_is_coming_that_fails_stops_nothing(
    double: TelegramDouble, wire: Wire, anna: Person, fault: Fault
) -> None:
    double.plan(replace(fault, method="sendChatAction"))
    assert await send(CHART, anna, account_of(double), wire)


async def test_whoever_blocked_us_gets_no_picture_and_no_words(
    double: TelegramDouble, wire: Wire, anna: Person
) -> None:
    await send(CHART, anna, account_of(double), wire)
    await double.block(anna)
    with pytest.raises(OptedOutError):
        await send(CHART, anna, account_of(double), wire)
    assert double.calls.count("sendmessage") == 0


async def test_a_long_value_is_carried_by_a_short_button_and_found_again(
    double: TelegramDouble, wire: Wire, anna: Person, store: Store
) -> None:
    part = Part(text="a", choices=(Choice(label="Quay lại", value=LONG), Choice(label="1", value="dataset:1")))
    await send(part, anna, account_of(double), wire)
    long, short = (button["callback_data"] for button in double.shown(anna)[0].buttons)
    assert short == "dataset:1"
    assert len(long.encode()) <= 64
    owner = store.vault.person(address_of(account_of(double), anna))
    assert await long_choices.expand(store, owner, long, now=NOW + timedelta(days=1)) == LONG
    assert double.refusals == []


async def test_short_values_are_kept_nowhere(double: TelegramDouble, wire: Wire, anna: Person, store: Store) -> None:
    await asyncio.gather(*(send(FIRST, anna, account_of(double), wire) for _ in range(3)))
    assert await rows(store, long_choices_table, "digest") == []
