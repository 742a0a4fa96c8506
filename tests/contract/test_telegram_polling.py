"""Updates that are fetched (getUpdates): stored before they are confirmed, each once, whatever goes wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.core.errors import StoreUnavailableError
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox, quarantine
from gateway.channel import Hook, Parsed, Presence, Take, Wire
from gateway.channels.telegram import CHANNEL
from gateway.errors import MisconfiguredError, ThrottledError, UnreachableError
from gateway.listening import taking
from gateway.metrics import Metrics
from gateway.telegram.polling import listen
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.fault import Fault
from tests.support.bots import telegram_account, until
from tests.support.rows import rows

SECONDS = 20
SPEED = 100.0
"""A long poll of 25 s lasts a quarter of a second."""


@pytest.fixture
async def double() -> AsyncIterator[TelegramDouble]:
    async with running_telegram(speed=SPEED) as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def wire(store: Store) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        yield Wire(store=store, session=session, clock=lambda: datetime.now(UTC))


@contextlib.asynccontextmanager
async def polling(double: TelegramDouble, wire: Wire, take: Take | None = None, **more: Any) -> AsyncIterator[None]:
    """Fetch as long as the block lasts."""
    account = telegram_account(double, mode="polling", **more)
    presence = Presence(channel=CHANNEL, account=account)
    taken = take or taking(presence, wire, Intake(wire.store), Metrics())
    task = asyncio.create_task(listen(account, wire, taken))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_confirmed(double: TelegramDouble) -> None:
    await until(lambda: not double.pending)


async def stored(store: Store) -> list[str]:
    return [str(row[0]) for row in await rows(store, inbox, "external_id")]


async def test_what_people_write_is_stored_once_and_in_order(double: TelegramDouble, wire: Wire):
    people = [double.person() for _ in range(5)]
    sent = [str(await double.say(people[number % 5], f"dân số {number}")) for number in range(250)]
    async with polling(double, wire):
        await until_confirmed(double)
    found = await rows(wire.store, inbox, "external_id", "person", "id")
    assert sorted(row[0] for row in found) == sorted(sent)
    for person in {row[1] for row in found}:
        mine = [row[0] for row in sorted(found, key=lambda row: row[2]) if row[1] == person]
        assert mine == sorted(mine)


async def test_nothing_is_confirmed_that_could_not_be_stored(double: TelegramDouble, wire: Wire):
    async def take(hook: Hook) -> Parsed:
        raise StoreUnavailableError("locked")

    for number in range(3):
        await double.say(double.person(), f"dân số {number}")
    with pytest.raises(StoreUnavailableError):
        await listen(telegram_account(double, mode="polling"), wire, take)
    assert double.pending == 3
    async with polling(double, wire):
        await until_confirmed(double)
    assert len(await stored(wire.store)) == 3


async def test_what_was_stored_but_not_confirmed_comes_again_and_is_no_second_message(
    double: TelegramDouble, wire: Wire
):
    sent = str(await double.say(double.person(), "dân số"))
    presence = Presence(channel=CHANNEL, account=telegram_account(double, mode="polling"))
    usual, seen = taking(presence, wire, Intake(wire.store), Metrics()), asyncio.Event()

    async def take(hook: Hook) -> Parsed:
        await usual(hook)
        seen.set()
        await asyncio.Event().wait()  # the process is killed before it can confirm
        raise AssertionError

    async with polling(double, wire, take), asyncio.timeout(SECONDS):
        await seen.wait()
    assert double.pending == 1
    async with polling(double, wire):
        await until_confirmed(double)
    assert await stored(wire.store) == [sent]


async def test_an_update_that_makes_no_sense_is_set_aside_and_stops_nobody(double: TelegramDouble, wire: Wire):
    person = double.person()
    now = double.now()
    double.mailbox().add("message", {"chat": "nobody"}, queue=("chat", 0), now=now)
    double.mailbox().add("message", {"chat": {"id": {}}, "text": "x"}, queue=("chat", 0), now=now)
    sent = str(await double.say(person, "dân số"))
    async with polling(double, wire):
        await until_confirmed(double)
    assert await stored(wire.store) == [sent]
    assert len(await rows(wire.store, quarantine, "id")) == 2


async def test_whoever_writes_is_shown_that_an_answer_is_coming(double: TelegramDouble, wire: Wire):
    person = double.person()
    async with polling(double, wire):
        await double.say(person, "dân số")
        await until(lambda: double.actions)
    assert [(action.chat_id, action.action) for action in double.actions] == [(person.id, "typing")]


async def test_a_pressed_button_stops_spinning(double: TelegramDouble, wire: Wire):
    person = double.person()
    chat = double.acquaint(person)
    under = {"inline_keyboard": [[{"text": "Xã An Phú", "callback_data": "look_up:a"}]]}
    message = chat.add(double.bot.as_json(), 0, {"text": "Chọn:", "reply_markup": under})
    async with polling(double, wire):
        await double.press(person, message, "look_up:a")
        await until(lambda: not double.unanswered)
        await until_confirmed(double)
    assert len(await stored(wire.store)) == 1


async def test_courtesies_that_fail_cost_nobody_an_answer(double: TelegramDouble, wire: Wire):
    double.plan(Fault(method="sendChatAction", hang=60.0), Fault(method="sendChatAction", status=502), times=3)
    for number in range(20):
        await double.say(double.person(), f"dân số {number}")
    async with polling(double, wire):
        await until_confirmed(double)
    assert len(await stored(wire.store)) == 20


TROUBLE = [
    (Fault(method="getUpdates", status=502), UnreachableError, "HTTP 502"),
    (Fault(method="getUpdates", status=200, body="[]"), UnreachableError, "trouble"),
    (Fault(method="getUpdates", reset=True), UnreachableError, "reached"),
    (Fault(method="getUpdates", retry_after=7, everywhere=True), ThrottledError, "wait"),
]


@pytest.mark.parametrize(("fault", "kind", "words"), TROUBLE, ids=["a page", "a list", "a broken answer", "too often"])
async def test_trouble_is_named_and_nothing_is_lost(
    double: TelegramDouble, wire: Wire, fault: Fault, kind: type[Exception], words: str
):
    await double.say(double.person(), "dân số")
    double.plan(fault)
    with pytest.raises(kind, match=words):
        async with asyncio.timeout(SECONDS):
            await listen(telegram_account(double, mode="polling"), wire, _refuse)
    assert double.pending == 1


async def _refuse(_hook: Hook) -> Parsed:
    raise AssertionError("nothing was given")


async def test_a_webhook_that_is_set_is_named_with_the_command_that_deletes_it(wire: Wire):
    async with running_telegram() as double:
        double.hook("http://127.0.0.1:9/hooks/telegram/main")
        with pytest.raises(MisconfiguredError, match="tracuu telegram delete-webhook main"):
            await listen(telegram_account(double, mode="polling"), wire, _refuse)


async def test_a_token_that_telegram_does_not_know_is_named_without_saying_it(wire: Wire):
    token = "7000000009:AAE-a-token-that-was-revoked"  # noqa: S105 – it opens nothing
    async with running_telegram() as double:
        with pytest.raises(MisconfiguredError, match="does not know the token of main") as caught:
            await listen(telegram_account(double, mode="polling", token=token), wire, _refuse)
    assert token not in repr(caught.value)
    assert caught.value.__cause__ is None


async def test_an_account_that_is_posted_to_fetches_nothing(double: TelegramDouble, wire: Wire):
    async with asyncio.timeout(SECONDS):
        await listen(telegram_account(double), wire, _refuse)
    assert double.calls == []


async def test_ids_that_begin_anew_after_a_silence_are_taken(double: TelegramDouble, wire: Wire):
    person = double.person()
    async with polling(double, wire):
        await double.say(person, "dân số")
        await until_confirmed(double)
        polls = double.calls.count("getupdates")
        await until(lambda: double.calls.count("getupdates") >= polls + 2)
        lower = double.mailbox()
        lower._ids = iter(range(5, 100))
        await double.say(person, "diện tích")
        await until_confirmed(double)
    assert len(await stored(wire.store)) == 2
