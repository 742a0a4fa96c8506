"""Who asks while a notice is under way is answered first: with what a contract or a package leaves, the notice waits."""

from datetime import timedelta
from random import Random

import aiohttp
import pytest

from bot.core.delivery import Lane
from bot.core.messages import Address, InboundMessage, Reply
from bot.store import outbox
from bot.store.intake import Intake
from bot.store.outbox import Draft
from gateway.channel import Presence, Wire
from gateway.channels.kannel import CHANNEL as KANNEL
from gateway.channels.kannel import KannelAccount
from gateway.channels.zalo import CHANNEL as ZALO
from gateway.metrics import Metrics
from gateway.sender import Sender
from simulator.kannel import sendsms
from simulator.zalo.clock import Timeline
from tests.conftest import NOW
from tests.support.official import official
from tests.support.talk import content

RATE = 10


async def queue(store, place, *, lane, text, at):
    message = InboundMessage(address=place, external_id=f"{place.user}:{lane}", text="xin chào", received_at=at)
    await Intake(store).accept([message])
    draft = Draft(
        person=store.vault.person(place),
        channel=place.channel,
        account=place.account,
        lane=lane,
        reply=Reply(text=text),
        language="vi",
        origin="test",
        dedupe_key=f"{place.user}:{lane}",
    )
    await store.write(lambda connection: outbox.enqueue(connection, draft, now=at))


def sender_of(channel, account, wire):
    presence = Presence(channel=channel, account=account)
    return Sender(presence, wire, content(), metrics=Metrics(), jitter=Random(1))


async def work(sender, clock, *, steps, step):
    for _ in range(steps):
        while await sender.take():
            await sender.finish()
        clock.turn(step)


@pytest.fixture
async def kannel():
    async with sendsms.running_sendsms() as running:
        yield running


async def test_by_sms_whoever_asks_gets_the_next_parts_of_the_contract(store, kannel):
    clock = Timeline(NOW, speed=0)
    account = KannelAccount(
        channel="kannel",
        account="8179",
        sendsms_url=kannel.url,
        username=sendsms.USERNAME,
        password=sendsms.PASSWORD,
        token="a-token-of-ours",  # noqa: S106 – it opens nothing
        rate=RATE,
    )
    async with aiohttp.ClientSession() as session:
        sender = sender_of(KANNEL, account, Wire(store=store, session=session, clock=clock))
        for number in range(40):
            place = Address(channel="kannel", account="8179", user=f"+8490000{number:04}")
            await queue(store, place, lane=Lane.BROADCAST, text="Thong bao", at=clock())
        await work(sender, clock, steps=1, step=timedelta(seconds=1.1))
        assert [sms.text for sms in kannel.arrived] == ["Thong bao"] * RATE
        for number in range(15):
            place = Address(channel="kannel", account="8179", user=f"+8491000{number:04}")
            await queue(store, place, lane=Lane.ANSWER, text="Tra loi", at=clock())
        await work(sender, clock, steps=5, step=timedelta(seconds=1.1))
    texts = [sms.text for sms in kannel.arrived]
    assert texts[RATE : 2 * RATE] == ["Tra loi"] * RATE
    assert sorted(texts[2 * RATE : 3 * RATE]) == ["Thong bao"] * 5 + ["Tra loi"] * 5, "what is left of a second"
    assert texts[3 * RATE :] == ["Thong bao"] * 25


async def test_on_a_package_of_zalo_answers_take_all_the_calls_and_the_notice_waits(store):
    async with official(store) as oa:
        await oa.log_in()
        sender = sender_of(ZALO, oa.account, oa.wire)
        readers = [f"72936481057382{number:05}" for number in range(90)]
        askers = [f"72936481057383{number:05}" for number in range(60)]
        for user in (*readers, *askers):
            await oa.wrote(user, ago=timedelta(hours=1))
        place = {"channel": "zalo", "account": oa.account.account}
        for user in readers:
            await queue(store, Address(**place, user=user), lane=Lane.BROADCAST, text="Thông báo", at=oa.zalo.clock())
        await work(sender, oa.zalo.clock, steps=30, step=timedelta(seconds=2))
        before = len(oa.zalo.sent)
        assert 0 < before <= 60, "what a notice may take of a minute"
        for user in askers:
            await queue(store, Address(**place, user=user), lane=Lane.ANSWER, text="Trả lời", at=oa.zalo.clock())
        await work(sender, oa.zalo.clock, steps=120, step=timedelta(seconds=2))
        later = oa.zalo.sent[before:]
        answered = [sent.at for sent in later if sent.to in askers]
        told = [sent.at for sent in later if sent.to in readers]
        assert (len(answered), before + len(told)) == (60, 90)
        assert max(answered) - min(answered) > timedelta(seconds=5), "they need more than is left of the minute"
        assert max(answered) <= min(told), "no call for the notice while somebody waits for an answer"
        assert oa.zalo.world.densest(seconds=60) <= 100
        assert oa.broken_rules() == []
