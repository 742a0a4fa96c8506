"""The sender with the real channel before the double: the package's calls are kept in every minute (Z7, Z60 to Z62)."""

from datetime import timedelta
from random import Random

import pytest

from bot.core.delivery import Lane
from bot.core.messages import InboundMessage, Reply
from bot.store import outbox
from bot.store.intake import Intake
from bot.store.outbox import Draft
from bot.store.tables import outbox as table
from gateway.channel import Presence
from gateway.channels.zalo import CHANNEL
from gateway.metrics import Metrics
from gateway.sender import Sender
from simulator.zalo import troubles as trouble
from simulator.zalo.double import CS
from simulator.zalo.world import OA_ID
from tests.support.official import PICTURE, address, official
from tests.support.rows import rows
from tests.support.talk import content

STEP = timedelta(seconds=2)
HOUR = timedelta(hours=1)


@pytest.fixture
async def oa(store):
    async with official(store) as ours:
        await ours.log_in()
        yield ours


def sender(oa, **settings):
    presence = Presence(channel=CHANNEL, account=oa.with_settings(**settings))
    return Sender(presence, oa.wire, content(), metrics=Metrics(), jitter=Random(1))


async def queue(oa, user, *, lane, image=None):
    now = oa.zalo.clock()
    message = InboundMessage(address=address(user), external_id=f"{user}-{lane}", text="xin chào", received_at=now)
    await Intake(oa.store).accept([message])
    draft = Draft(
        person=oa.store.vault.person(address(user)),
        channel="zalo",
        account=OA_ID,
        lane=lane,
        reply=Reply(text=f"tin cho {user}", image=image),
        language="vi",
        origin="test",
        dedupe_key=f"{user}:{lane}",
    )
    await oa.store.write(lambda connection: outbox.enqueue(connection, draft, now=now))


async def work(oa, one, *, steps):
    for _ in range(steps):
        while await one.take():
            await one.finish()
        oa.zalo.clock.turn(STEP)


async def states(oa):
    return [state for (state,) in await rows(oa.store, table, "state")]


async def test_answers_with_charts_and_a_broadcast_together_keep_to_the_package(oa):
    people = [f"72936481057382{number:05}" for number in range(220)]
    for number, user in enumerate(people):
        await oa.wrote(user, ago=HOUR)
        bulk = number < 140
        lane = Lane.BROADCAST if bulk else Lane.ANSWER
        await queue(oa, user, lane=lane, image=None if bulk or number % 2 else PICTURE)
    await work(oa, sender(oa), steps=130)
    assert len(oa.zalo.sent) == 220
    assert oa.zalo.world.densest(seconds=60) <= 100
    assert oa.broken_rules() == []
    broadcast = [sent.at for sent in oa.zalo.sent if sent.to in people[:140]]
    busiest = max(sum(first <= other < first + timedelta(minutes=1) for other in broadcast) for first in broadcast)
    assert busiest <= 60, "somebody who asks must find room beside a broadcast"


async def test_over_the_rate_nothing_is_lost_and_the_next_minute_goes_on(oa):
    for number in range(3):
        await oa.wrote(f"u{number}")
        await queue(oa, f"u{number}", lane=Lane.ANSWER)
    oa.zalo.plan(CS, trouble.failing(-32))
    await work(oa, sender(oa), steps=40)
    assert (len(oa.zalo.sent), set(await states(oa))) == (3, {"sent"})


async def test_people_of_whom_nothing_is_known_cost_no_more_calls_than_the_package_has(oa):
    people = [f"72936481057382{number:05}" for number in range(150)]
    for user in people:
        oa.zalo.interact(user, ago=HOUR)
        await queue(oa, user, lane=Lane.BROADCAST)
    await work(oa, sender(oa), steps=200)
    assert sorted(sent.to for sent in oa.zalo.sent) == people
    assert oa.zalo.world.densest(seconds=60) <= 60, "the share of a broadcast, whatever it has to ask"


async def test_what_zalo_fails_to_send_keeps_to_the_package_and_arrives_when_that_is_over(oa):
    people = [f"72936481057382{number:05}" for number in range(150)]
    for number, user in enumerate(people):
        await oa.wrote(user, ago=HOUR)
        await queue(oa, user, lane=Lane.INCIDENT if number < 5 else Lane.BROADCAST)
    oa.zalo.plan(CS, trouble.failing(-200), times=500)
    await work(oa, sender(oa), steps=600)
    assert sorted(sent.to for sent in oa.zalo.sent) == people
    assert oa.zalo.world.densest(seconds=60) <= 100
    assert oa.broken_rules() == []


async def test_a_token_that_needs_a_person_keeps_everything_waiting(oa):
    await oa.wrote()
    await queue(oa, "u", lane=Lane.ANSWER)
    oa.zalo.interact("u")
    oa.zalo.plan("/v4/oa/access_token", trouble.lost())
    oa.zalo.revoke_access()
    one = sender(oa)
    await work(oa, one, steps=5)
    assert (oa.refreshes(), await states(oa)) == (1, ["queued"])
    await oa.log_in()
    oa.zalo.clock.turn(timedelta(minutes=1))
    await work(oa, one, steps=60)  # who takes an account over waits for what another may have sent
    assert (oa.refreshes(), await states(oa)) == (1, ["sent"])


async def test_a_notice_outside_the_window_ends_with_its_reason(oa):
    await oa.wrote("u", ago=8 * 24 * HOUR)
    await queue(oa, "u", lane=Lane.BROADCAST)
    await work(oa, sender(oa, paid=True), steps=3)
    ((state, reason),) = await rows(oa.store, table, "state", "error")
    assert (state, len(oa.zalo.calls)) == ("dead", 0)
    assert "7 days" in reason
