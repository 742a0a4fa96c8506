"""What must reach somebody climbs from address to address until one of them is confirmed."""

from datetime import timedelta

import aiohttp
import pytest

from bot.core.delivery import DeliveryState, OutboxState
from bot.core.reach import LadderState
from bot.store import dead
from bot.store.engine import Store
from bot.store.fact import read_fact
from bot.store.ladder import read_ladder
from bot.store.reaching import UNCONFIRMED, Accounts, Looked
from bot.store.tables import outbox, outbox_heads
from gateway.errors import RefusedError, UnreachableError
from tests.support.climb import AN, KEY, OURS, SECOND, THIRD, WITHIN, climbed, look, must_reach, report, send
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Provider
from tests.support.rows import rows

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.READ])
async def test_what_is_confirmed_at_the_first_address_goes_to_no_other(desk: Desk, state):
    await must_reach(desk, SECOND)
    await send(desk)
    await report(desk, 1, state)
    assert await look(desk) == Looked(reached=1)
    desk.now += HOUR
    assert await look(desk) == Looked()
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an"]
    assert await climbed(desk) == (LadderState.REACHED, [ACCOUNT])


async def test_what_nothing_confirms_goes_on_when_its_time_is_over_and_not_before(desk: Desk):
    await must_reach(desk, SECOND, THIRD)
    await send(desk)
    desk.now += WITHIN - timedelta(seconds=1)
    assert await look(desk) == Looked()
    desk.now += timedelta(seconds=1)
    assert await look(desk) == Looked(went_on=1)
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an", SECOND.user]
    assert await desk.states() == ["sent", "sent"], "what is on its way is not called back"


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.EXPIRED])
async def test_what_is_reported_lost_goes_on_at_once(desk: Desk, state):
    await must_reach(desk, SECOND)
    await send(desk)
    await report(desk, 1, state)
    assert await look(desk) == Looked(went_on=1)
    await send(desk)
    assert desk.provider.arrived[-1][0] == SECOND.user


async def test_the_ladder_says_which_addresses_it_took_when_and_what_became_of_it(desk: Desk):
    await must_reach(desk, SECOND)
    begun = desk.now
    await send(desk)
    await report(desk, 1, DeliveryState.FAILED)
    desk.now += MINUTE
    await look(desk)
    await send(desk)
    desk.now += MINUTE
    await report(desk, 2, DeliveryState.READ)
    await look(desk)
    ladder = await read_ladder(desk.store, KEY)
    assert (ladder.state, ladder.begun_at, ladder.ended_at) == (LadderState.REACHED, begun, desk.now)
    assert [(step.address, step.queued_at, step.ended_at, step.state, step.delivery) for step in ladder.steps] == [
        (AN, begun, begun, OutboxState.SENT, DeliveryState.FAILED),
        (SECOND, begun + MINUTE, begun + MINUTE, OutboxState.SENT, DeliveryState.READ),
    ]


async def test_a_late_delivery_at_the_first_address_cancels_what_has_not_left_for_the_second(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    desk.now += WITHIN
    await look(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    assert await look(desk) == Looked(reached=1)
    await send(desk)
    assert [user for user, _ in desk.provider.arrived] == ["an"]
    assert await rows(desk.store, outbox, "state", "error") == [
        ("sent", None),
        ("expired", "it has reached the person elsewhere"),
    ]


async def test_a_late_delivery_ends_the_climb_where_the_second_has_left(desk: Desk):
    await must_reach(desk, SECOND, THIRD)
    await send(desk)
    desk.now += WITHIN
    await look(desk)
    await send(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    await look(desk)
    desk.now += HOUR
    assert await look(desk) == Looked()
    assert await climbed(desk) == (LadderState.REACHED, [ACCOUNT, "second"])


async def test_delivered_after_failed_ends_the_climb(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    await report(desk, 1, DeliveryState.FAILED)
    await look(desk)
    await report(desk, 1, DeliveryState.DELIVERED)
    assert await look(desk) == Looked(reached=1)
    await send(desk)
    assert len(desk.provider.arrived) == 1


async def test_a_receipt_before_its_part_is_recorded_confirms_as_well(desk: Desk):
    await must_reach(desk, SECOND)
    await report(desk, 1, DeliveryState.DELIVERED)
    await send(desk)
    assert await look(desk) == Looked(reached=1)


async def test_where_no_address_is_left_it_ends_as_unconfirmed_with_its_reason_and_is_counted(desk: Desk):
    await must_reach(desk, SECOND)
    for _ in range(2):
        await send(desk)
        desk.now += WITHIN
        last = await look(desk)
    reason = "nothing confirmed it in time, and no way is left"
    assert last == Looked(unconfirmed=(reason,))
    ladder = await read_ladder(desk.store, KEY)
    assert (ladder.state, ladder.reason) == (LadderState.UNCONFIRMED, reason)
    assert await read_fact(desk.store, UNCONFIRMED) == "1"
    assert await look(desk) == Looked(), "it is told once"


async def test_what_is_refused_for_good_goes_on_and_is_no_dead_letter(desk: Desk):
    await must_reach(desk, SECOND)
    desk.provider.answers = [RefusedError("too long")]
    await send(desk)
    assert await look(desk) == Looked(went_on=1)
    await send(desk)
    assert desk.provider.arrived == [(SECOND.user, "sắp đến hạn")]
    assert await dead.list_dead(desk.store) == []


async def test_what_could_not_be_sent_for_so_long_goes_on_and_waits_here_where_there_is_no_other_way(desk: Desk):
    await must_reach(desk, SECOND)
    desk.provider.answers = [UnreachableError("away")]
    await desk.work(desk.sender(accounts=OURS))
    desk.now += WITHIN
    assert await look(desk) == Looked(went_on=1)
    desk.provider.answers = [UnreachableError("away")]
    await send(desk)
    desk.now += WITHIN
    assert await look(desk) == Looked(), "its provider may come back"
    assert await desk.states() == ["elsewhere", "queued"]
    await send(desk)
    assert desk.provider.arrived == [(SECOND.user, "sắp đến hạn")]


async def test_what_a_sender_has_in_its_hands_does_not_go_on(desk: Desk):
    await must_reach(desk, SECOND)
    desk.provider.answers = [UnreachableError("away")]
    await desk.work(desk.sender())
    desk.now += WITHIN
    held = outbox_heads.update().values(lease_owner="x", lease_until=desk.now + MINUTE)
    await desk.store.write(lambda connection: connection.execute(held))
    assert await look(desk) == Looked()


async def test_an_account_that_we_no_longer_have_does_not_hold_it(desk: Desk):
    await must_reach(desk, SECOND)
    desk.now += WITHIN
    assert await look(desk, accounts=Accounts(ours={(CHANNEL, "second")})) == Looked(went_on=1)


async def test_where_nothing_is_ever_reported_to_be_accepted_is_to_arrive(desk: Desk):
    await must_reach(desk, SECOND)
    await send(desk)
    desk.now += WITHIN
    assert await look(desk, accounts=Accounts(ours=OURS, trusted={(CHANNEL, ACCOUNT)})) == Looked(reached=1)
