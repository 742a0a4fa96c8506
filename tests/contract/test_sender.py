"""The sender, with a real store and a channel that answers as it is told."""

from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import select

from bot.core.delivery import DeliveryState, Lane
from bot.core.messages import Receipt
from bot.store import dead, receipts
from bot.store.engine import Store
from bot.store.tables import outbox as outbox_table
from bot.store.tables import outbox_parts
from gateway.errors import MisconfiguredError, OutcomeUnknownError, RefusedError, ThrottledError, UnreachableError
from gateway.retry import ATTEMPTS, TRIES
from tests.conftest import NOW
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Provider

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Provider())


async def test_a_message_is_sent_once_and_keeps_the_id_of_its_provider(desk: Desk):
    await desk.queue("một")
    await desk.work(desk.sender())
    await desk.work(desk.sender())
    assert desk.provider.arrived == [("an", "một")]
    assert await desk.states() == ["sent"]
    async with desk.store.read() as connection:
        assert await connection.scalar(select(outbox_parts.c.provider_id)) == "id-1:0"


async def test_answers_of_everybody_go_before_any_notice(desk: Desk):
    await desk.queue("thông báo", user="binh", lane=Lane.BROADCAST)
    await desk.queue("trả lời", user="an")
    sender = desk.sender(rate=1)
    await desk.work(sender)
    assert desk.provider.arrived == [("an", "trả lời")]
    desk.now += timedelta(seconds=1)
    await desk.work(sender)
    assert desk.provider.arrived[1:] == [("binh", "thông báo")]


async def test_the_pace_of_an_account_is_never_exceeded(desk: Desk):
    for number in range(10):
        await desk.queue(f"số {number}", user=f"u{number}")
    sender = desk.sender(rate=3)
    for second in range(3):
        await desk.work(sender)
        assert len(desk.provider.arrived) == 3 * (second + 1)
        desk.now += timedelta(seconds=1)


async def test_messages_of_one_person_arrive_in_order(desk: Desk):
    await desk.queue(*(f"số {number}" for number in range(20)))
    await desk.work(desk.sender())
    assert desk.provider.arrived == [("an", f"số {number}") for number in range(20)]


async def test_a_provider_that_asks_to_wait_is_left_in_peace_for_as_long(desk: Desk):
    await desk.queue("một")
    desk.provider.answers = [ThrottledError("slow down", after=30)]
    sender = desk.sender()
    await desk.work(sender)
    desk.now += timedelta(seconds=29)
    await desk.work(sender)
    assert desk.provider.calls == 1
    desk.now += timedelta(seconds=2)
    await desk.work(sender)
    assert desk.provider.arrived == [("an", "một")]


@pytest.mark.parametrize(
    "error", [UnreachableError("down"), MisconfiguredError("key")], ids=["unreachable", "misconfigured"]
)
async def test_what_may_get_better_is_tried_again_with_growing_pauses(desk: Desk, error: Exception):
    await desk.queue("một")
    desk.provider.answers = [error] * 3
    sender = desk.sender()
    for calls, pause in ((1, 0.1), (1, 1.0), (2, 2.0), (3, 4.0)):
        await desk.work(sender)
        assert desk.provider.calls == calls
        desk.now += timedelta(seconds=pause)
    await desk.work(sender)
    assert desk.provider.arrived == [("an", "một")]


async def test_after_its_last_attempt_a_message_is_dead_with_its_reason(desk: Desk):
    await desk.queue("một", lane=Lane.REMINDER)
    desk.provider.answers = [UnreachableError("down")] * ATTEMPTS
    sender = desk.sender()
    for _ in range(ATTEMPTS):
        await desk.work(sender)
        desk.now += DAY
    assert await desk.states() == ["dead"]
    async with desk.store.read() as connection:
        reason = await connection.scalar(select(outbox_table.c.error).where(outbox_table.c.state == "dead"))
    assert reason == "unreachable: down"


async def test_what_is_refused_ends_and_holds_nobody_up(desk: Desk):
    await desk.queue("một", "hai")
    desk.provider.answers = [RefusedError("too rude")]
    await desk.work(desk.sender())
    assert await desk.states() == ["dead", "sent"]
    assert desk.provider.arrived == [("an", "hai")]


UNKNOWN = {
    "an answer is repeated once": (Lane.ANSWER, False, 2, "parked"),
    "a reminder is repeated once": (Lane.REMINDER, False, 2, "parked"),
    "a paid notice is left to the operator": (Lane.BROADCAST, False, 1, "parked"),
    "a provider that drops repeated keys is asked on": (Lane.BROADCAST, True, TRIES, "parked"),
}


@pytest.mark.parametrize(("lane", "keyed", "calls", "state"), UNKNOWN.values(), ids=UNKNOWN)
async def test_an_unknown_result_follows_its_rule(desk: Desk, lane: Lane, keyed: bool, calls: int, state: str):
    await desk.queue("một", lane=lane)
    desk.provider.answers = [OutcomeUnknownError("time-out")] * 50
    sender = desk.sender(keyed=keyed)
    for _ in range(TRIES + 2):
        await desk.work(sender)
        desk.now += DAY
    assert desk.provider.calls == calls
    assert await desk.states() == [state]


async def test_a_message_of_several_parts_goes_on_where_it_stopped(desk: Desk):
    await desk.queue("một hai ba bốn năm sáu")
    desk.provider.answers = [None, UnreachableError("down")]
    sender = desk.sender(limit=9, pages=3)
    await desk.work(sender)
    assert desk.provider.arrived == [("an", "một hai")]
    desk.now += DAY
    await desk.work(desk.sender(limit=9, pages=3))
    assert desk.provider.arrived == [("an", "một hai"), ("an", "ba bốn"), ("an", "năm sáu")]
    assert await desk.states() == ["sent"]


@pytest.mark.parametrize(("lane", "tries"), [(Lane.ANSWER, 2), (Lane.BROADCAST, 1)], ids=["answer", "bulk"])
async def test_a_part_of_unknown_result_keeps_those_behind_it_from_nobody(desk: Desk, lane: Lane, tries: int):
    await desk.queue("một hai ba bốn năm sáu", lane=lane)
    desk.provider.answers = [OutcomeUnknownError("time-out")] * tries + [UnreachableError("away")]
    sender = desk.sender(limit=9, pages=3)
    for _ in range(6):
        await desk.work(sender)
        desk.now += MINUTE
    assert desk.provider.arrived == [("an", "ba bốn"), ("an", "năm sáu")]
    assert (await desk.states(), desk.provider.calls) == (["parked"], tries + 3)
    assert await dead.replay_outbox(desk.store, 1, now=desk.now)
    await desk.work(sender)
    assert desk.provider.arrived[2:] == [("an", "một hai")]
    assert await desk.states() == ["sent"]


async def test_a_channel_that_breaks_counts_as_unknown_and_the_rest_goes_on(desk: Desk):
    await desk.queue("một")
    await desk.queue("hai", user="binh")
    desk.provider.answers = [ZeroDivisionError("a bug")]
    sender = desk.sender()
    await desk.work(sender)
    desk.now += DAY
    await desk.work(sender)
    assert sorted(desk.provider.arrived) == [("an", "một"), ("binh", "hai")]


async def test_a_receipt_that_came_before_our_own_record_is_joined(desk: Desk):
    await desk.queue("một")
    early = Receipt(channel=CHANNEL, account=ACCOUNT, provider_id="id-1:0", state=DeliveryState.DELIVERED, at=NOW)
    await receipts.accept(desk.store, [early])
    await desk.work(desk.sender())
    async with desk.store.read() as connection:
        assert await connection.scalar(select(outbox_parts.c.state)) == DeliveryState.DELIVERED
