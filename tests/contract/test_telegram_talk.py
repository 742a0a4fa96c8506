"""A whole talk: Telegram posts, we store, handle and send, and the person sees it – all but the processes is real."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import aiohttp
import pytest

from bot.core.messages import Choice, Reply
from bot.dispatch import Dispatcher
from bot.handler import Context, Outcome
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.tables import inbox
from gateway.channel import Presence, Wire
from gateway.channels.telegram import CHANNEL
from gateway.metrics import Metrics
from gateway.sender import Sender
from gateway.site import new_app, open_site
from gateway.webhooks import Webhooks
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.limits import Limits
from simulator.telegram.world import Chat, Message, Person
from tests.conftest import NOW
from tests.support.mind import mind
from tests.support.rows import rows
from tests.support.talk import content
from tests.support.telegram import SECRET, account_of

PAGES = 3


async def leaf(context: Context) -> Outcome:
    """Answers with the first of some pages; the value of a button is longer than Telegram lets it carry."""
    question, _, page = (context.choice or f"{context.message.text}:0").rpartition(":")
    number = int(page)
    others = [other for other in (number - 1, number + 1) if 0 <= other < PAGES]
    choices = tuple(Choice(label=f"Trang {other}", value=f"lookup:{question}:{other}") for other in others)
    text = f"{question} – trang {number}"
    return Outcome(replies=(Reply(text=text, choices=choices, turns=context.choice is not None),))


@dataclass
class Talk:
    """One bot of ours before the double. The clock of our side moves on with every step."""

    store: Store
    double: TelegramDouble
    sender: Sender
    now: datetime = NOW

    async def settle(self) -> None:
        """Until every update was stored, handled and answered."""
        await self.double.wait_for(lambda: not self.double.pending)
        self.now += timedelta(seconds=2)
        dispatcher = Dispatcher(mind(self.store, leaf, clock=lambda: self.now))
        while await dispatcher.take():
            await dispatcher.finish()
        while await self.sender.take():
            await self.sender.finish()

    async def say(self, person: Person, text: str, *, chat: Chat | None = None) -> list[Message]:
        await self.double.say(person, text, chat=chat)
        await self.settle()
        return self.double.shown(chat or person)

    async def press(self, person: Person, message: Message, label: str) -> list[Message]:
        (data,) = (button["callback_data"] for button in message.buttons if button["text"] == label)
        await self.double.press(person, message, data)
        await self.settle()
        return self.double.shown(person)


@pytest.fixture
async def talk(store: Store) -> AsyncIterator[Talk]:
    async with contextlib.AsyncExitStack() as stack:
        double = await stack.enter_async_context(running_telegram(limits=Limits(per_chat_second=1000)))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        desk = double.group("Bàn trực")
        account = account_of(double, desks=[str(desk.id)])
        presence = Presence(channel=CHANNEL, account=account)
        wire = Wire(store=store, session=session, clock=lambda: running.now)
        sender = Sender(presence, wire, content(), metrics=Metrics(), jitter=Random(1))
        running = Talk(store=store, double=double, sender=sender)
        app = new_app()
        presences = {("telegram", account.account): presence}
        Webhooks(store, Intake(store), presences, metrics=Metrics(), clock=lambda: running.now).add_routes(app)
        url = await stack.enter_async_context(open_site(app, host="127.0.0.1", port=0))
        double.hook(f"{url}/hooks/telegram/{account.account}", secret=SECRET)
        yield running


async def test_pages_are_turned_in_the_message_that_was_sent_first(talk: Talk):
    anna = talk.double.person("Anna")
    question = "dân số các xã, phường, đặc khu của tỉnh Quảng Ngãi năm 2025"
    (first,) = await talk.say(anna, question)
    assert first.text == f"{question} – trang 0"
    for label, text in (("Trang 1", "trang 1"), ("Trang 2", "trang 2"), ("Trang 1", "trang 1")):
        (shown,) = await talk.press(anna, talk.double.shown(anna)[0], label)
        assert (shown.id, shown.text) == (first.id, f"{question} – {text}")
    assert [violation.rule for violation in talk.double.violations] == []


async def test_what_is_no_text_is_answered_and_an_edited_question_is_answered_anew(talk: Talk):
    anna = talk.double.person("Anna")
    await talk.say(anna, "dân số Huế")
    question = next(message for message in talk.double.chat_of(anna).messages.values() if not message.by_bot)
    await talk.double.edit(question, "dân số Hà Nội")
    await talk.settle()
    await talk.double.attach(anna, "location")
    await talk.settle()
    texts = [message.text for message in talk.double.shown(anna)]
    assert texts[:2] == ["dân số Huế – trang 0", "dân số Hà Nội – trang 0"]
    assert texts[2].startswith("Kênh này chưa đọc được vị trí trên bản đồ.")
    assert talk.double.violations == []


async def test_in_a_group_only_a_desk_is_answered_and_that_in_the_group(talk: Talk):
    anna = talk.double.person("Anna")
    (desk,) = talk.double.state.groups.values()
    other = talk.double.group("Nhóm khác")
    assert await talk.say(anna, "/start", chat=other) == []
    (answer,) = await talk.say(anna, "/help", chat=desk)
    assert "NGỪNG" in answer.text
    assert talk.double.shown(anna) == []
    assert len(await rows(talk.store, inbox, "id")) == 1


async def test_an_update_that_comes_twice_is_answered_once(talk: Talk):
    anna = talk.double.person("Anna")
    talk.double.mishear(2)
    assert len(await talk.say(anna, "dân số Huế")) == 1
