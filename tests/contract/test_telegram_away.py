"""Telegram is away for six hours: what must arrive arrives after it, once; answers that are stale become one apology."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import aiohttp
import pytest

from bot.core.delivery import Lane
from bot.core.messages import Address, InboundMessage, Reply
from bot.store import outbox
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.outbox import Draft
from gateway.channel import Presence, Wire
from gateway.channels.telegram import CHANNEL
from gateway.metrics import Metrics
from gateway.sender import Sender
from simulator.telegram.double import TelegramDouble, running_telegram
from simulator.telegram.fault import Fault
from simulator.telegram.world import Person
from tests.conftest import NOW
from tests.support.bots import telegram_account
from tests.support.talk import content

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
APOLOGY = content().say("vi", "sending.late")


@dataclass
class Hands:
    """The one clock of both sides."""

    passed: timedelta = timedelta(0)

    def seconds(self) -> float:
        return self.passed / SECOND


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def double(hands: Hands) -> AsyncIterator[TelegramDouble]:
    async with running_telegram(clock=hands.seconds) as running:
        yield running
        assert running.violations == []


@pytest.fixture
async def wire(store: Store, hands: Hands) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        yield Wire(store=store, session=session, clock=lambda: NOW + hands.passed)


async def queue(wire: Wire, person: Person, text: str, lane: Lane) -> None:
    """Put a message for ``person`` into the outbox."""
    address, now = Address(channel="telegram", account="main", user=str(person.id)), wire.clock()
    hello = InboundMessage(address=address, external_id=f"{person.id}", received_at=now, text="xin chào")
    await Intake(wire.store).accept([hello])
    draft = Draft(
        person=wire.store.vault.person(address),
        channel="telegram",
        account="main",
        lane=lane,
        reply=Reply(text=text),
        language="vi",
        origin="test",
        dedupe_key=f"{person.id}:{text}",
    )
    await wire.store.write(lambda connection: outbox.enqueue(connection, draft, now=now))


async def pass_time(hands: Hands, sender: Sender, length: timedelta, step: timedelta) -> None:
    """Let ``sender`` work now and then. A clock that has leapt is distrusted for a moment, so each look has a second."""
    end = hands.passed + length
    while hands.passed < end:
        for passes in (2 * SECOND, step):
            while await sender.take():
                await sender.finish()
            hands.passed += passes


async def test_six_hours_without_telegram_lose_nothing_that_must_arrive_and_double_nothing(
    double: TelegramDouble, wire: Wire, hands: Hands
):
    presence = Presence(channel=CHANNEL, account=telegram_account(double))
    sender = Sender(presence, wire, content(), metrics=Metrics(), jitter=Random(1), accounts=())
    officer, people = double.person(), [double.person() for _ in range(6)]
    for person in (officer, *people):
        double.acquaint(person)
    double.plan(Fault(status=502), times=10_000)
    for hour, person in enumerate(people):
        for lane in (Lane.INCIDENT, Lane.REMINDER, Lane.BROADCAST):
            await queue(wire, officer, f"{lane.name} {hour}", lane)
        await queue(wire, officer, f"câu {hour}", Lane.ANSWER)
        await queue(wire, person, f"câu {hour}", Lane.ANSWER)
        await pass_time(hands, sender, HOUR, 4 * MINUTE)
    assert double.shown() == []
    double.state.faults.planned.clear()
    await pass_time(hands, sender, 2 * HOUR, MINUTE)
    got = [message.text for message in double.shown(officer)]
    expected = [f"{lane} {hour}" for lane in ("INCIDENT", "REMINDER", "BROADCAST") for hour in range(6)]
    assert sorted(text for text in got if text != APOLOGY) == sorted(expected)
    assert got.count(APOLOGY) == 1
    assert [[message.text for message in double.shown(person)] for person in people] == [[APOLOGY]] * len(people)
    assert double.fullest(1.0) <= 30
    assert double.fullest(1.0, chat=double.acquaint(officer)) <= 1
