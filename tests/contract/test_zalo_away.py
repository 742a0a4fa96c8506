"""Zalo is away for six hours: what must arrive arrives after it, once; answers that are stale become one apology."""

from datetime import timedelta
from random import Random

from bot.core.delivery import Lane
from bot.core.messages import InboundMessage, Reply
from bot.store import outbox
from bot.store.engine import Store
from bot.store.intake import Intake
from bot.store.outbox import Draft
from gateway.channel import Presence
from gateway.channels.zalo import CHANNEL
from gateway.metrics import Metrics
from gateway.sender import Sender
from simulator.zalo.world import OA_ID
from tests.support.official import Official, address, official
from tests.support.talk import content

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FIRST = "72936481057382001"
"""To whom something was under way when connections began to break."""
APOLOGY = content().say("vi", "sending.late")


async def queue(oa: Official, user: str, text: str, lane: Lane) -> None:
    """Put a message for ``user`` into the outbox."""
    now = oa.zalo.clock()
    await Intake(oa.store).accept([InboundMessage(address=address(user), external_id=user, text="HD", received_at=now)])
    draft = Draft(
        person=oa.store.vault.person(address(user)),
        channel="zalo",
        account=OA_ID,
        lane=lane,
        reply=Reply(text=text),
        language="vi",
        origin="test",
        dedupe_key=f"{user}:{text}",
    )
    await oa.store.write(lambda connection: outbox.enqueue(connection, draft, now=now))


async def pass_time(oa: Official, sender: Sender, length: timedelta) -> None:
    """Let ``sender`` work now and then. Who cannot know who sent while a clock leapt waits for a whole window."""
    end = oa.zalo.clock() + length
    while oa.zalo.clock() < end:
        for passes in (*[2 * SECOND] * 40, 8 * MINUTE):
            while await sender.take():
                await sender.finish()
            oa.zalo.clock.turn(passes)


async def test_six_hours_without_zalo_lose_nothing_that_must_arrive_and_double_nothing(store: Store):
    async with official(store) as oa:
        await oa.log_in()
        sender = Sender(
            Presence(channel=CHANNEL, account=oa.account), oa.wire, content(), metrics=Metrics(), jitter=Random(1)
        )
        officer, people = "72936481057382000", [f"7293648105738210{hour}" for hour in range(6)]
        for user in (FIRST, officer, *people):
            await oa.wrote(user)
        oa.zalo.world.away = True
        await queue(oa, FIRST, "câu đầu", Lane.ANSWER)
        await pass_time(oa, sender, 2 * MINUTE)
        for hour, user in enumerate(people):
            for lane in (Lane.INCIDENT, Lane.REMINDER, Lane.BROADCAST):
                await queue(oa, officer, f"{lane.name} {hour}", lane)
            await queue(oa, officer, f"câu {hour}", Lane.ANSWER)
            await queue(oa, user, f"câu {hour}", Lane.ANSWER)
            await pass_time(oa, sender, HOUR)
        assert oa.zalo.sent == []
        oa.zalo.world.away = False
        await pass_time(oa, sender, 2 * HOUR)
        got = oa.zalo.texts(officer)
        expected = [f"{lane} {hour}" for lane in ("INCIDENT", "REMINDER", "BROADCAST") for hour in range(6)]
        assert sorted(text for text in got if text != APOLOGY) == sorted(expected)
        assert got.count(APOLOGY) == 1
        assert [oa.zalo.texts(user) for user in people] == [[APOLOGY]] * len(people)
        assert oa.zalo.texts(FIRST) == ["câu đầu"], "what may have left is ended as it was begun"
        assert oa.zalo.world.densest(seconds=60) <= oa.zalo.oa.rate
        assert oa.broken_rules() == []
